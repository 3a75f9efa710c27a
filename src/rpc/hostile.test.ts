import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { MessageBuilder } from "#capnp/wire";
import type { MessageReader, StructReader } from "#capnp/wire";
import { Peer } from "./interop/generated/interop.ts";
import { connectRawPeer, EMPTY, PEER_ID, space, turn } from "./raw-peer.testing.ts";
import type { Target } from "./wire.ts";
import {
  buildAbort,
  buildBootstrap,
  buildCall,
  buildDisembargo,
  buildFinish,
  buildRelease,
  buildResolve,
  writeDescriptor,
} from "./build-message.ts";
import * as tags from "./message-tags.ts";
import * as wire from "./wire.ts";

const ROOT: Target = { type: "import", id: 0 };
const NOWHERE: Target = { type: "import", id: 99 };
const NEVER = 14;
const PROMISE_COUNTER = 16;
const MAKE_COUNTER = 6;
const CANCELED = 15;

function call(
  id: number,
  target: Target,
  method = CANCELED,
  given?: wire.Descriptor,
): MessageBuilder {
  const payload = buildCall(space, id, target, {
    interfaceId: PEER_ID,
    methodId: method,
    noPipelining: false,
  });
  payload.content.initStruct(1, 1);
  if (given !== undefined) {
    writeDescriptor(payload.table.initStructList(1, 1, 1).struct(0), given);
  }
  return payload.message;
}

const bootstrap = (id: number): MessageBuilder => buildBootstrap(space, id);
const finish = (id: number): MessageBuilder => buildFinish(space, id, true);
const release = (id: number, count: number): MessageBuilder => buildRelease(space, id, count);
const disembargo = (target: Target): MessageBuilder =>
  buildDisembargo(space, target, "senderLoopback", 0);
const ahead = (questionId: number, ...path: number[]): Target => ({
  type: "answer",
  questionId,
  path,
});

/** A Return: 2 canceled, 3 resultsSentElsewhere, 4 takeFromOtherQuestion, 5 acceptFromThirdParty. */
function answer(kind: number, taken = 0): MessageBuilder {
  return raw(tags.RETURN, [kind * 2 ** 48, taken]);
}

/** A message with this tag, and a struct with these data words. */
function raw(tag: number, words: readonly number[] = [0, 0, 0]): MessageBuilder {
  const message = new MessageBuilder();
  const root = message.root.initStruct(1, 1);
  root.setUint16(0, tag);
  const body = root.pointer(0).initStruct(words.length, 1);
  words.forEach((word, at) => body.setUint64(at * 8, BigInt(word)));
  return message;
}

describe("connect() ends the connection and says why when a peer sends", () => {
  test.each<[string, readonly (MessageBuilder | Uint8Array)[], RegExp]>([
    ["a Return for no question", [raw(tags.RETURN, [7, 0])], /question 7/],
    ["a Finish for no question", [finish(7)], /Question 7 is not open/],
    ["a Finish twice", [bootstrap(3), finish(3), finish(3)], /Question 3 is not open/],
    ["a question's id twice", [bootstrap(3), bootstrap(3)], /Question 3 is open already/],
    ["a call's id twice", [bootstrap(0), call(1, ROOT, NEVER), call(1, ROOT)], /open already/],
    ["a call to no export", [call(1, NOWHERE)], /no export 99/],
    [
      "a call to an export it has released",
      [bootstrap(0), release(0, 1), call(1, ROOT)],
      /export 0/,
    ],
    ["a pipelined call on an unknown question", [call(1, ahead(5, 0))], /Question 5 is not open/],
    [
      "a pipelined call on a finished question",
      [bootstrap(0), finish(0), call(1, ahead(0))],
      /not open/,
    ],
    ["a Release of no export", [release(4, 1)], /Export 4 was released more often/],
    ["too large a Release", [bootstrap(0), release(0, 2)], /Export 0 was released more often/],
    ["a Disembargo to no export", [disembargo(NOWHERE)], /no export 99/],
    ["a Disembargo of an unknown question", [disembargo(ahead(9))], /Question 9 is not open/],
    ["a Disembargo to what is not its own", [bootstrap(0), disembargo(ROOT)], /never led back/],
    [
      "the echo of no Disembargo",
      [buildDisembargo(space, ROOT, "receiverLoopback", 3)],
      /no embargo 3/,
    ],
    [
      "a capability that this side never exported",
      [bootstrap(0), call(1, ROOT, NEVER, { type: "receiverHosted", id: 44 })],
      /no export 44/,
    ],
    [
      "a promise that turns out to be what was never exported",
      [buildResolve(space, 1, { type: "receiverHosted", id: 45 })],
      /no export 45/,
    ],
    [
      "Unimplemented for a message of level 1",
      [raw(tags.UNIMPLEMENTED)],
      /does not know a message of level 1/,
    ],
    ["a call for a third party", [bootstrap(0), callForThirdParty()], /Call of a kind/],
    [
      "a pipeline operation of an unknown kind",
      [bootstrap(0), callWithBadOperation()],
      /pipeline operation/,
    ],
    ["a path that leads through a capability", [bootstrap(0), call(1, ahead(0, 3, 9), 0)], /./],
  ])("%s", async (_what, messages, reason) => {
    await using peer = connectRawPeer();
    for (const message of messages) peer.send(message);
    const closed = await Promise.race([peer.connection.closed, turns(20)]);
    expect(closed).toBeInstanceOf(Exception);
    expect(peer.takeAbort().message).toMatch(reason);
    expect(peer.connection.failure?.kind).toBe("disconnected");
    expect(peer.connection.tableSizes).toEqual(EMPTY);
    // Neither side sends anything.
    peer.send(bootstrap(0));
    await turn();
    expect(peer.received).toEqual([]);
  });
});

function callForThirdParty(): MessageBuilder {
  // The question's id, and the kind of `sendResultsTo`.
  return raw(tags.CALL, [1 + 2 * 2 ** 48, 0, 0]);
}

function callWithBadOperation(): Uint8Array {
  const frame = call(1, ahead(0, 1)).toFrame().slice();
  // The operation: get pointer field 1. There is no kind 7.
  const at = frame.findIndex(
    (_, index) => index % 8 === 0 && frame.subarray(index, index + 8).join() === "1,0,1,0,0,0,0,0",
  );
  frame[at] = 7;
  return frame;
}

async function turns(count: number): Promise<string> {
  for (let i = 0; i < count; i++) await turn();
  return "still open";
}

describe("connect() answers with Unimplemented and goes on when a peer sends", () => {
  test.each<[string, MessageBuilder, number]>([
    ["obsoleteSave", raw(7), 7],
    ["obsoleteDelete", raw(9), 9],
    ["provide", raw(10), 10],
    ["accept", raw(11), 11],
    ["join", raw(12), 12],
    ["a message of a kind to come", raw(999), 999],
    // The embargo's id, and the kind of its context.
    ["a Disembargo of accept", raw(tags.DISEMBARGO, [5 + 2 * 2 ** 32]), 13],
    ["a Disembargo of provide", raw(tags.DISEMBARGO, [5 + 3 * 2 ** 32]), 13],
  ])("%s", async (_what, message, tag) => {
    await using peer = connectRawPeer();
    peer.send(bootstrap(0));
    peer.send(message);
    peer.send(call(1, ROOT));
    await turn();
    const [returned, refusal, answer] = peer.received.splice(0).map(({ root }) => root.struct());
    expect(returned?.uint16(0)).toBe(tags.RETURN);
    expect(refusal?.uint16(0)).toBe(tags.UNIMPLEMENTED);
    expect(refusal?.pointer(0).struct().uint16(0)).toBe(tag);
    expect(answer?.uint16(0)).toBe(tags.RETURN);
    expect(peer.connection.failure).toBeUndefined();
  });
});

describe("connect() ends the connection when a peer answers its questions with", () => {
  test.each<[string, readonly MessageBuilder[], RegExp]>([
    ["results that went elsewhere, unasked", [answer(3)], /not requested/],
    ["the results of no question", [answer(4, 7)], /Question 7 has no results/],
    ["results at a third party", [answer(5)], /not requested/],
    ["a kind to come", [answer(6)], /not requested/],
    ["two Returns", [answer(2), answer(2)], /question 0/],
    ["nothing but its end", [buildAbort(space, new Exception("failed", "No more"))], /No more/],
  ])("%s", async (_what, messages, reason) => {
    await using peer = connectRawPeer();
    using client = peer.connection.bootstrap(Peer);
    const outcome = expect(client.canceled()).rejects.toMatchObject({ kind: expect.any(String) });
    using counter = client.makeCounter().counter;
    for (const message of messages) peer.send(message);
    const closed = await Promise.race([peer.connection.closed, turns(20)]);
    expect(closed).toBeInstanceOf(Exception);
    expect(String(closed)).toMatch(reason);
    await outcome;
    await expect(counter.add(1n)).rejects.toThrow();
    using again = peer.connection.bootstrap(Peer);
    await expect(again.canceled()).rejects.toMatchObject({ kind: "disconnected" });
  });
});

describe("connect() bounds what a peer may cost:", () => {
  test("calls that never return", async () => {
    await using peer = connectRawPeer({ openCalls: 100 });
    peer.send(bootstrap(0));
    for (let id = 1; id <= 100; id++) peer.send(call(id, ROOT, NEVER));
    const closed = await Promise.race([peer.connection.closed, turns(20)]);
    expect(closed).toMatchObject({ kind: "overloaded" });
    expect(peer.takeAbort()).toMatchObject({
      kind: "overloaded",
      message: "More than 100 calls are open",
    });
  });

  test("bootstraps and answers that it never says it is done with", async () => {
    await using peer = connectRawPeer({ openCalls: 100 });
    for (let id = 0; id <= 100; id++) peer.send(bootstrap(id));
    expect(await Promise.race([peer.connection.closed, turns(20)])).toMatchObject({
      kind: "overloaded",
    });
  });

  test("bytes of open calls and their answers", async () => {
    await using peer = connectRawPeer({ openCallBytes: 100_000 });
    peer.send(bootstrap(0));
    for (let id = 1; id < 20; id++) {
      const payload = buildCall(space, id, ROOT, {
        interfaceId: PEER_ID,
        methodId: NEVER,
        noPipelining: false,
      });
      payload.content.initStruct(0, 2).pointer(1).setData(new Uint8Array(10_000));
      peer.send(payload.message);
    }
    expect(await Promise.race([peer.connection.closed, turns(20)])).toMatchObject({
      kind: "overloaded",
    });
  });

  test("calls that are done with are forgotten, however many", async () => {
    await using peer = connectRawPeer({ openCalls: 10, openCallBytes: 20_000 });
    peer.send(bootstrap(0));
    for (let round = 0; round < 300; round++) {
      const payload = buildCall(space, 1, ROOT, {
        interfaceId: PEER_ID,
        methodId: CANCELED,
        noPipelining: false,
      });
      payload.content.initStruct(0, 1).pointer(0).setData(new Uint8Array(10_000));
      peer.send(payload.message);
      await turn();
      peer.send(finish(1));
    }
    await turn();
    expect(peer.connection.failure).toBeUndefined();
    expect(peer.takeTags()).toHaveLength(301);
  });

  test("capabilities that it holds: calls fail, the connection goes on", async () => {
    await using peer = connectRawPeer({ exports: 10 });
    peer.send(bootstrap(0));
    for (let id = 1; id <= 30; id++) peer.send(call(id, ROOT, MAKE_COUNTER));
    await turn();
    expect(peer.connection.tableSizes.exports).toBe(10);
    const last = wire.readReturn(body(peer.received.at(-1)));
    expect(last.outcome).toMatchObject({ type: "exception", exception: { kind: "overloaded" } });
    for (let id = 1; id <= 9; id++) peer.send(release(id, 1));
    await turn();
    expect(peer.connection.tableSizes.exports).toBe(1);
    peer.send(call(31, ROOT, MAKE_COUNTER));
    await turn();
    expect(peer.connection.tableSizes.exports).toBe(2);
    expect(peer.connection.failure).toBeUndefined();
  });

  test("Disembargoes that wait for one promise", async () => {
    await using peer = connectRawPeer({ openCalls: 100 });
    peer.send(bootstrap(0));
    peer.send(call(1, ROOT, PROMISE_COUNTER));
    await turn();
    for (let i = 0; i < 101; i++) peer.send(disembargo(ahead(1, 0)));
    expect(await Promise.race([peer.connection.closed, turns(20)])).toMatchObject({
      kind: "overloaded",
    });
  });

  test("ten thousand messages that are no use to it", async () => {
    await using peer = connectRawPeer();
    peer.send(bootstrap(0));
    const useless = raw(10).toFrame().slice();
    for (let i = 0; i < 100; i++) {
      for (let k = 0; k < 100; k++) peer.send(useless);
      await turn();
      expect(peer.takeTags()).toHaveLength(i === 0 ? 101 : 100);
    }
    expect(peer.connection.failure).toBeUndefined();
  });
});

function body(message: MessageReader | undefined): StructReader {
  if (message === undefined) throw new Error("There is no message");
  return message.root.struct().pointer(0).struct();
}
