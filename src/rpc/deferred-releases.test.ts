import { describe, expect, test } from "vitest";
import { ElementSize, NULL_CAPABILITY } from "#capnp/wire";
import { Peer } from "./interop/generated/interop.ts";
import { connectRawPeer, space } from "./raw-peer.testing.ts";
import type { RawPeer } from "./raw-peer.testing.ts";
import { buildFinish, buildResults, writeDescriptor } from "./build-message.ts";
import type { PayloadBuilder } from "./build-message.ts";
import * as tags from "./message-tags.ts";
import * as wire from "./wire.ts";

describe("the Finish of an answered call", () => {
  test("releases what was pipelined on and is released", async () => {
    await using peer = connectRawPeer();
    const client = peer.connection.bootstrap(Peer);
    answerBootstrap(peer, 0, 4);
    await expect.poll(() => peer.connection.tableSizes.questions).toBe(0);
    client[Symbol.dispose]();
    await expect.poll(() => takeReleases(peer)).toEqual(["finish 0 and all"]);
    expect(peer.connection.tableSizes.imports).toBe(0);
  });

  test("leaves alone what is still held, which is released later", async () => {
    await using peer = connectRawPeer();
    using client = peer.connection.bootstrap(Peer);
    answerBootstrap(peer, 0, 4);
    await expect.poll(() => takeReleases(peer)).toEqual(["finish 0"]);
    client[Symbol.dispose]();
    await expect.poll(() => takeReleases(peer)).toEqual(["release 4 1"]);
  });

  test("releases all or none: what else was let go of is released on its own", async () => {
    await using peer = connectRawPeer();
    using client = peer.connection.bootstrap(Peer);
    const call = client.echoCounters([]);
    answerBootstrap(peer, 0, 4);
    answer(peer, 1, [5, 6, 5]);
    const { counters } = await call;
    counters[0]?.[Symbol.dispose]();
    counters[2]?.[Symbol.dispose]();
    await expect.poll(() => takeReleases(peer)).toEqual(["finish 0", "finish 1", "release 5 2"]);
    counters[1]?.[Symbol.dispose]();
    await expect.poll(() => takeReleases(peer)).toEqual(["release 6 1"]);
  });

  test("leaves other counts of the same capability to a Release", async () => {
    await using peer = connectRawPeer();
    const client = peer.connection.bootstrap(Peer);
    const again = peer.connection.bootstrap(Peer);
    answerBootstrap(peer, 0, 4);
    await expect.poll(() => takeReleases(peer)).toEqual(["finish 0"]);
    answerBootstrap(peer, 1, 4);
    await expect.poll(() => peer.connection.tableSizes.questions).toBe(0);
    client[Symbol.dispose]();
    again[Symbol.dispose]();
    await expect.poll(() => takeReleases(peer)).toEqual(["finish 1 and all", "release 4 1"]);
  });

  test("leaves before its id is used again, and after calls on what it releases", async () => {
    await using peer = connectRawPeer();
    using client = peer.connection.bootstrap(Peer);
    answerBootstrap(peer, 0, 4);
    await expect.poll(() => takeReleases(peer)).toEqual(["finish 0"]);
    const first = client.makeCounter();
    const { counter } = first;
    answer(peer, 0, [5]);
    await expect.poll(() => peer.connection.tableSizes.questions).toBe(0);
    peer.received.length = 0;
    // In one turn: a call on the result, its release, and a call that needs an id.
    const outcomes = [counter.add(1n), client.canceled()].map((call) =>
      expect(call).rejects.toMatchObject({ kind: "disconnected" }),
    );
    counter[Symbol.dispose]();
    await expect.poll(() => peer.received.length).toBe(3);
    const [add, canceled] = peer.received.map((message) =>
      wire.readCall(message.root.struct().pointer(0).struct()),
    );
    expect([add?.target, add?.questionId]).toEqual([{ type: "import", id: 5 }, 1]);
    expect([canceled?.target, canceled?.questionId]).toEqual([{ type: "import", id: 4 }, 2]);
    expect(takeReleases(peer)).toEqual(["finish 0 and all"]);
    peer.connection[Symbol.dispose]();
    await Promise.all(outcomes);
  });

  test("is not sent after an Abort", async () => {
    await using peer = connectRawPeer();
    using client = peer.connection.bootstrap(Peer);
    expect(client).toBeDefined();
    answerBootstrap(peer, 0, 4);
    peer.send(buildFinish(space, 99, true));
    await peer.connection.closed;
    await expect.poll(() => peer.received.length).toBe(2);
    expect(peer.takeTags()).toEqual([tags.BOOTSTRAP, tags.ABORT]);
  });
});

/** Returns a capability as the vat's bootstrap. */
function answerBootstrap(peer: RawPeer, questionId: number, id: number): void {
  const results = buildResults(space, questionId);
  results.content.setCapability(NULL_CAPABILITY);
  send(peer, results, [id]);
}

/** Returns a struct of one capability, or of a list of several. */
function answer(peer: RawPeer, questionId: number, ids: readonly number[]): void {
  const results = buildResults(space, questionId);
  const field = results.content.initStruct(0, 1).pointer(0);
  if (ids.length === 1) {
    field.setCapability(NULL_CAPABILITY);
  } else {
    const list = field.initList(ElementSize.pointer, ids.length);
    for (const at of ids.keys()) list.pointer(at).setCapability(NULL_CAPABILITY);
  }
  send(peer, results, ids);
}

function send(peer: RawPeer, results: PayloadBuilder, ids: readonly number[]): void {
  const table = results.table.initStructList(ids.length, 1, 1);
  ids.forEach((id, at) => writeDescriptor(table.struct(at), { type: "senderHosted", id }));
  peer.send(results.message);
}

/** The Finish and Release messages since the last call. */
function takeReleases({ received }: RawPeer): string[] {
  const found: string[] = [];
  for (const message of received.splice(0)) {
    const root = message.root.struct();
    const body = root.pointer(0).struct();
    if (root.uint16(0) === tags.FINISH) {
      found.push(`finish ${body.uint32(0)}${body.bool(32, true) ? " and all" : ""}`);
    } else if (root.uint16(0) === tags.RELEASE) {
      found.push(`release ${body.uint32(0)} ${body.uint32(4)}`);
    }
  }
  return found;
}
