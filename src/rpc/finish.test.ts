import { describe, expect, test } from "vitest";
import { serve } from "#capnp";
import { Executor } from "#schema";
import type { MessageBuilder } from "#capnp/wire";
import { connect } from "./connection.ts";
import { createMemoryTransports } from "./memory-transport.ts";
import { connectRawPeer, PEER_ID, space, turn } from "./raw-peer.testing.ts";
import type { Transport } from "./transport.ts";
import { buildBootstrap, buildCall, buildFinish } from "./build-message.ts";
import * as wire from "./wire.ts";

const FAIL = 13;
const CANCELED = 15;
const MAKE_COUNTER = 6;

function call(id: number, methodId: number, noPipelining: boolean): MessageBuilder {
  const target = { type: "import", id: 0 } as const;
  const payload = buildCall(space, id, target, {
    interfaceId: PEER_ID,
    methodId,
    noPipelining,
  });
  payload.content.initStruct(1, 1);
  return payload.message;
}

describe("a call without pipelining", () => {
  test("is over with its Return, which says so, when the results hold no capability", async () => {
    await using peer = connectRawPeer();
    peer.send(buildBootstrap(space, 0));
    for (const methodId of [CANCELED, FAIL]) {
      peer.send(call(1, methodId, true));
      await turn();
      const returned = wire.readReturn(
        peer.received.at(-1)?.root.struct().pointer(0).struct() ?? expect.fail(),
      );
      expect(returned).toMatchObject({ answerId: 1, noFinishNeeded: true });
    }
    expect(peer.connection.tableSizes.answers).toBe(1);
  });

  test("may be finished all the same, once", async () => {
    await using peer = connectRawPeer();
    peer.send(buildBootstrap(space, 0));
    peer.send(call(1, CANCELED, true));
    await turn();
    peer.send(buildFinish(space, 1, true));
    await turn();
    expect(peer.connection.failure).toBeUndefined();
    peer.send(buildFinish(space, 1, true));
    await turn();
    expect(peer.takeAbort().message).toContain("Question 1 is not open");
  });

  test("is remembered for a late Finish, as long as others may be open", async () => {
    await using peer = connectRawPeer({ openCalls: 4 });
    peer.send(buildBootstrap(space, 0));
    for (let id = 1; id <= 6; id++) {
      peer.send(call(id, CANCELED, true));
      await turn();
    }
    peer.send(buildFinish(space, 3, true));
    await turn();
    expect(peer.connection.failure).toBeUndefined();
    peer.send(buildFinish(space, 2, true));
    await turn();
    expect(peer.takeAbort().message).toContain("Question 2 is not open");
  });

  test("needs a Finish when the results hold a capability", async () => {
    await using peer = connectRawPeer();
    peer.send(buildBootstrap(space, 0));
    peer.send(call(1, MAKE_COUNTER, true));
    await turn();
    expect(peer.connection.tableSizes.answers).toBe(2);
    peer.send(buildFinish(space, 1, true));
    await turn();
    expect(peer.connection.tableSizes.answers).toBe(1);
  });

  test("takes two messages between two vats of ours", async () => {
    const sent: number[] = [];
    const count = (transport: Transport): Transport => ({
      ...transport,
      send(frames) {
        sent.push(...frames.map(({ length }) => length));
        return transport.send(frames);
      },
    });
    const [near, far] = createMemoryTransports();
    using bootstrap = serve(Executor, {
      echo: (message) => ({ response: message }),
      runBytes: () => ({}),
    });
    using client = connect(count(near));
    using server = connect(count(far), { bootstrap });
    using root = client.bootstrap(Executor);
    // The Finish of the bootstrap is sent with the second.
    for (const text of ["first", "second"]) await root.echo(text);
    await turn();
    sent.length = 0;
    await root.echo("third");
    await turn();
    expect(sent).toHaveLength(2);
    expect(server.tableSizes.answers).toBe(0);
  });
});
