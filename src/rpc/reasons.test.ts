/** Both sides, and every pending call, learn why a connection ended. */
import { describe, expect, test } from "vitest";
import { createDuplexPair, Exception } from "#base";
import { serve } from "#capnp";
import { MessageReader } from "#capnp/wire";
import { connect } from "./connection.ts";
import { Peer } from "./interop/generated/interop.ts";
import { servePeer } from "./interop/serve-peer.ts";
import { createPortTransport } from "./port-transport.ts";
import { EMPTY, space, turn } from "./raw-peer.testing.ts";
import { createStreamTransport } from "./stream-transport.ts";
import type { Transport } from "./transport.ts";
import { buildAbort, buildBootstrap, buildFinish } from "./build-message.ts";
import * as tags from "./message-tags.ts";
import * as wire from "./wire.ts";

const LIMIT_BYTES = 1024 * 1024;

const CARRIERS: readonly (readonly [string, () => [near: Transport, far: Transport]])[] = [
  [
    "a stream",
    () => {
      const [near, far] = createDuplexPair(64 * 1024);
      return [createStreamTransport(near), createStreamTransport(far, LIMIT_BYTES)];
    },
  ],
  [
    "a port",
    () => {
      const { port1, port2 } = new MessageChannel();
      return [createPortTransport(port1), createPortTransport(port2, LIMIT_BYTES)];
    },
  ],
];

describe.each(CARRIERS)("over %s, the reason of the end is known to both when", (_name, open) => {
  test("a message is over the limit", async () => {
    const [near, far] = open();
    using root = serve(Peer, servePeer().peer);
    using client = connect(near);
    using server = connect(far, { bootstrap: root });
    using peer = client.bootstrap(Peer);
    await peer.canceled();
    const words = /Message of 200\d{4} bytes is over the limit of 1048576 bytes/;
    const reason = { kind: "failed", message: expect.stringMatching(words) };
    const ended = { kind: "disconnected", message: expect.stringMatching(words) };
    const before = expect(peer.neverReturn(null)).rejects.toMatchObject(ended);
    await expect(
      peer.echoAll({ data: new Uint8Array(2_000_000) }).then(() => undefined),
    ).rejects.toMatchObject(ended);
    await before;
    await expect(peer.canceled()).rejects.toMatchObject(ended);
    expect(await client.closed).toMatchObject(reason);
    expect(await server.closed).toMatchObject(reason);
    expect([client.tableSizes, server.tableSizes]).toEqual([EMPTY, EMPTY]);
  });

  test("a message has too many segments", async () => {
    const [near, far] = open();
    const server = connect(far);
    const heard: MessageReader[] = [];
    const closed = Promise.withResolvers<unknown>();
    near.start({
      onFrame: (frame) => void heard.push(MessageReader.fromFrame(frame)),
      onClosed: closed.resolve,
    });
    const frame = new Uint8Array(4 + 513 * 4 + 4);
    frame[0] = 0;
    frame[1] = 2;
    void near.send([frame]);
    const message = "Message of 513 segments is over the limit of 512";
    expect(await server.closed).toMatchObject({ kind: "failed", message });
    expect(await closed.promise).toBeUndefined();
    const last = heard.at(-1)?.root.struct();
    expect(last?.uint16(0)).toBe(tags.ABORT);
    expect(last && wire.readException(last.pointer(0)).message).toBe(message);
  });
});

describe("over a stream,", () => {
  test("an Abort is read though a write has failed before", async () => {
    const [near, far] = createDuplexPair(1024);
    const client = connect(createStreamTransport(near));
    using peer = client.bootstrap(Peer);
    const words = "Peer ended the connection: Out of patience";
    const outcome = expect(
      peer.echoAll({ data: new Uint8Array(100_000) }).then(() => undefined),
    ).rejects.toMatchObject({ kind: "disconnected", message: words });
    await turn();
    // The peer stopped reading, which the pending write notices first.
    far.source[Symbol.dispose]();
    await turn();
    const abort = buildAbort(space, new Exception("overloaded", "Out of patience"));
    await far.sink.write(abort.toFrame().slice());
    far.sink.close();
    await outcome;
    expect(await client.closed).toMatchObject({ kind: "overloaded", message: "Out of patience" });
  });

  test("an Abort arrives though much was under way to a peer that reads slowly", async () => {
    const [near, far] = createDuplexPair(1024);
    using root = serve(Peer, { ...servePeer().peer, liveCounters: () => ({ count: 1 }) });
    const server = connect(createStreamTransport(near), { bootstrap: root });
    const heard: number[] = [];
    const bootstrap = buildBootstrap(space, 0).toFrame().slice();
    await far.sink.write(bootstrap);
    // Bytes that the peer does not read fill the pipe, so the Abort comes in the middle of a message.
    using peer = server.bootstrap(Peer);
    const call = peer.echoAll({ data: new Uint8Array(20_000) });
    await turn();
    await far.sink.write(buildFinish(space, 99, true).toFrame().slice());
    await turn();
    const slow = createStreamTransport(far);
    const closed = Promise.withResolvers<unknown>();
    slow.start({
      onFrame: (frame) => void heard.push(MessageReader.fromFrame(frame).root.struct().uint16(0)),
      onClosed: closed.resolve,
    });
    expect(await closed.promise).toBeUndefined();
    expect(heard.at(-1)).toBe(tags.ABORT);
    await expect(call.then(() => undefined)).rejects.toMatchObject({ kind: "disconnected" });
  });

  test("a peer that reads no more and says nothing is gone after a while", async () => {
    const [near, far] = createDuplexPair(1024);
    const client = connect(createStreamTransport(near));
    using peer = client.bootstrap(Peer);
    far.source[Symbol.dispose]();
    await expect(peer.canceled()).rejects.toMatchObject({ kind: "disconnected" });
    expect(await client.closed).toMatchObject({ kind: "disconnected" });
    far[Symbol.dispose]();
  });
});

describe("over a port,", () => {
  test.each([
    ["its far end closes without a word", (port: MessagePort, _stop: () => void) => port.close()],
    ["somebody knows that its far end is gone", (_port: MessagePort, stop: () => void) => stop()],
  ])("calls fail when %s", async (_what, leave) => {
    const { port1, port2 } = new MessageChannel();
    const stop = new AbortController();
    const client = connect(createPortTransport(port1, undefined, stop.signal));
    using peer = client.bootstrap(Peer);
    const outcome = expect(peer.canceled()).rejects.toMatchObject({
      kind: "disconnected",
      message: "Peer disappeared without closing the connection",
    });
    await turn();
    leave(port2, () => stop.abort());
    await outcome;
    expect(client.failure?.kind).toBe("disconnected");
    port2.close();
  });

  test("calls fail when what the far end was sent is no message", async () => {
    const { port1, port2 } = new MessageChannel();
    using root = serve(Peer, servePeer().peer);
    const server = connect(createPortTransport(port2), { bootstrap: root });
    const client = connect(createPortTransport(port1));
    using peer = client.bootstrap(Peer);
    await peer.canceled();
    const words = "Peer sent something other than a message";
    const outcome = expect(peer.neverReturn(null)).rejects.toMatchObject({
      kind: "disconnected",
      message: `Peer ended the connection: ${words}`,
    });
    await turn();
    port1.postMessage("hello");
    await outcome;
    expect(await server.closed).toMatchObject({ kind: "failed", message: words });
    expect(await client.closed).toMatchObject({ kind: "failed", message: words });
  });
});
