import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { MessageBuilder, MessageReader, MessageSpace } from "#capnp/wire";
import {
  buildAbort,
  buildBootstrap,
  buildCall,
  buildDisembargo,
  buildFinish,
  buildRelease,
  buildResolve,
  buildResults,
  buildReturn,
  buildUnimplemented,
  setNoFinishNeeded,
  writeDescriptors,
} from "./build-message.ts";
import * as tags from "./message-tags.ts";
import { readMessage } from "./wire.ts";
import type { Descriptor, Message } from "./wire.ts";

const space = new MessageSpace();
const READ: readonly (readonly [message: MessageBuilder, as: object])[] = [
  [buildBootstrap(space, 7), { type: "bootstrap", questionId: 7 }],
  [buildFinish(space, 7, true), { type: "finish", questionId: 7, releaseResultCaps: true }],
  [buildFinish(space, 8, false), { type: "finish", questionId: 8, releaseResultCaps: false }],
  [buildRelease(space, 3, 2), { type: "release", id: 3, count: 2 }],
  [
    buildResolve(space, 4, { type: "senderHosted", id: 5 }),
    { type: "resolve", promiseId: 4, to: { type: "senderHosted", id: 5 } },
  ],
  [
    buildResolve(space, 4, new Exception("overloaded", "No room")),
    { type: "resolve", promiseId: 4, to: { kind: "overloaded", message: "No room" } },
  ],
  [
    buildDisembargo(space, { type: "answer", questionId: 2, path: [1, 0] }, "senderLoopback", 9),
    { type: "disembargo", id: 9, target: { type: "answer", questionId: 2, path: [1, 0] } },
  ],
  [
    buildDisembargo(space, { type: "import", id: 2 }, "receiverLoopback", 9),
    { type: "disembargo", id: 9, target: undefined },
  ],
  [
    buildAbort(space, new Exception("disconnected", "Bye")),
    { type: "abort", reason: { kind: "disconnected", message: "Bye" } },
  ],
  [
    buildReturn(space, 6, { type: "takeFromOtherQuestion", questionId: 5 }),
    { type: "return", answerId: 6, outcome: { type: "takeFromOtherQuestion", questionId: 5 } },
  ],
  [
    buildReturn(space, 6, { type: "canceled" }, true),
    {
      type: "return",
      noFinishNeeded: true,
      releaseParamCaps: false,
      outcome: { type: "canceled" },
    },
  ],
];

describe("readMessage() reads what is built:", () => {
  test.each(READ.map(([message, as]) => [JSON.stringify(as), message, as] as const))(
    "%s",
    (_name, message, as) => {
      expect(read(message)).toMatchObject(as);
    },
  );

  test("a Call with its payload", () => {
    const target = { type: "import", id: 3 } as const;
    const method = { interfaceId: 0xcb8707ff6dc46ee0n, methodId: 2, noPipelining: true };
    const call = buildCall(space, 1, target, method);
    call.content.setText("hello");
    const given: Descriptor[] = [{ type: "receiverHosted", id: 1 }, { type: "none" }];
    writeDescriptors(call.table, given.length, (index) => given[index] ?? { type: "none" });
    const message = read(call.message);
    expect(message).toMatchObject({
      type: "call",
      questionId: 1,
      target,
      interfaceId: 0xcb8707ff6dc46ee0n,
      methodId: 2,
      noPromisePipelining: true,
      onlyPromisePipeline: false,
      sendResultsTo: "caller",
      payload: { capabilities: given },
    });
    expect(message.type === "call" && message.payload.content.text()).toBe("hello");
  });

  test("a Return of results that needs no Finish", () => {
    const results = buildResults(space, 4);
    results.content.setText("done");
    setNoFinishNeeded(results.message);
    const message = read(results.message);
    expect(message).toMatchObject({ type: "return", answerId: 4, noFinishNeeded: true });
    const outcome = message.type === "return" ? message.outcome : undefined;
    expect(outcome?.type === "results" && outcome.payload.content.text()).toBe("done");
  });

  test("an Unimplemented, which tells of nothing but a Resolve", () => {
    const resolve = buildResolve(space, 4, { type: "senderPromise", id: 5 });
    const refused = { promiseId: 4, to: { type: "senderPromise", id: 5 } };
    expect(read(buildUnimplemented(space, toReader(resolve).root))).toMatchObject({
      type: "unimplemented",
      refused,
    });
    const finish = toReader(buildFinish(space, 1, true)).root;
    expect(read(buildUnimplemented(space, finish))).toEqual({
      type: "unimplemented",
      refused: undefined,
    });
  });

  test("a refused Resolve to an exception as an exception, not as a capability", () => {
    // An `overloaded` exception: its number lies where a descriptor has its id.
    const resolve = buildResolve(space, 4, new Exception("overloaded", "No room"));
    const message = read(buildUnimplemented(space, toReader(resolve).root));
    expect(message).toMatchObject({ refused: { to: { kind: "overloaded" } } });
  });

  test("a message of a higher level as unknown", () => {
    const message = new MessageBuilder();
    message.root.initStruct(1, 1).setUint16(0, tags.DISEMBARGO + 1);
    expect(read(message)).toEqual({ type: "unknown" });
  });
});

function read(message: MessageBuilder): Message {
  return readMessage(toReader(message).root);
}

function toReader(message: MessageBuilder): MessageReader {
  return MessageReader.fromFrame(message.toFrame());
}
