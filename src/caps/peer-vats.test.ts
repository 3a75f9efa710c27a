import { expect, test, vi } from "vitest";
import { createDuplexPair } from "#base";
import { cast, serve } from "#capnp";
import { Executor } from "#schema";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { createPeerVats } from "./peer-vats.ts";
import type { PeerVats } from "./peer-vats.ts";
import { createRevoker } from "./revoker.ts";

interface Opened {
  readonly vats: PeerVats;
  /** How many connections the peer has. */
  readonly open: () => number;
}

/** Vats of a peer that echoes. */
function openVats(): Opened {
  const connections = new Set<Connection>();
  const vats = createPeerVats(
    {
      streams: {
        async dial() {
          const [near, far] = createDuplexPair(64 * 1024);
          const connection = connect(createStreamTransport(far), {
            bootstrap: serve(Executor, {
              echo: (message) => ({ response: message }),
              runBytes: () => Promise.reject(new Error("nothing is run")),
            }),
          });
          connections.add(connection);
          const forget = (): void => void connections.delete(connection);
          void connection.closed.then(forget, forget);
          return near;
        },
        listen: () => Promise.reject(new Error("nobody listens")),
      },
      connectPeer: (duplex) => connect(createStreamTransport(duplex)),
    },
    createRevoker("test").lifetime,
  );
  return { vats, open: () => connections.size };
}

test("a capability that is held keeps its vat, whether or not it was called", async () => {
  vi.useFakeTimers();
  const { vats } = openVats();
  using echo = cast(await vats.dial(Uint8Array.of(1), "echo"), Executor);
  await vi.advanceTimersByTimeAsync(25_000);
  expect((await echo.echo("x")).response).toBe("x");
  await vi.advanceTimersByTimeAsync(25_000);
  expect((await echo.echo("y")).response).toBe("y");
  vi.useRealTimers();
});

test("a program that dials for each call has at most two connections", async () => {
  const { vats, open } = openVats();
  const most: number[] = [];
  for (let call = 0; call < 20; call++) {
    using client = await vats.dial(Uint8Array.of(1), "echo");
    using echo = cast(client, Executor);
    expect((await echo.echo(`${call}`)).response).toBe(`${call}`);
    most.push(open());
  }
  expect(Math.max(...most)).toBeLessThanOrEqual(2);
});
