/** The host's side of shared files, tested with arbitrary calls of workers. */
import { decodeText, encodeText } from "#base";
import { Files } from "#vfs";
import { expect, test } from "vitest";
import { decodeAnswer } from "./file-calls.ts";
import type { FileAnswer } from "./file-calls.ts";
import { openFileSession } from "./serve-files.ts";

const EMPTY = { entries: new Map(), read: () => Promise.reject(new Error("nothing")) };
const NONE = new Uint8Array(0);

function open(openFiles = 8): {
  files: Files;
  ask: (call: unknown, body?: Uint8Array) => Promise<FileAnswer>;
  call: (
    call: string,
    handle: number,
    args: readonly unknown[],
    body?: Uint8Array,
  ) => Promise<FileAnswer>;
  end: () => void;
} {
  const given = { tree: EMPTY, mounts: [], nowNs: () => 7n };
  const files = new Files({ ...given, writable: true, hasTmp: false });
  const session = openFileSession(files, {
    openFiles,
    signal: new AbortController().signal,
    monotonicMs: () => 0,
    onUsed: () => undefined,
  });
  const ask = async (question: unknown, body: Uint8Array = NONE): Promise<FileAnswer> =>
    decodeAnswer(await session.answer(question, body));
  return {
    files,
    ask,
    call: (name, handle, args, body) =>
      ask({ type: "file", call: name, handle, args, dropped: [] }, body),
    end: () => session[Symbol.dispose](),
  };
}

const CREATE = [{}, "new", { create: true }, { read: true, write: true }];

test("a file is opened, written, read and listed", async () => {
  const { call } = open();
  expect(await call("openAt", 0, CREATE)).toMatchObject({ type: "value", value: { handle: 1 } });
  expect(await call("write", 1, [["0"]], encodeText("text"))).toEqual({ type: "value", value: 4n });
  expect(await call("append", 1, [], encodeText("+more"))).toEqual({ type: "value", value: 5n });
  const read = await call("read", 1, [["100"], ["2"]]);
  expect(read.type === "bytes" && decodeText(read.bytes)).toBe("xt+more");
  expect(await call("stat", 1, [])).toMatchObject({ value: { size: 9n, type: "regular-file" } });
  expect(await call("readDirectory", 0, [])).toMatchObject({
    value: { entries: { ":new": "regular-file" } },
  });
  expect(await call("openAt", 0, [{}, "none", {}, {}])).toEqual({
    type: "refusal",
    code: "no-entry",
  });
  expect(await call("isSameObject", 1, [0])).toEqual({ type: "value", value: false });
});

test.for<readonly [string, unknown]>([
  ["nothing", undefined],
  ["a text", "stat"],
  ["a call without arguments", { call: "stat", handle: 0, dropped: [] }],
  ["an unknown call", { call: "constructor", handle: 0, args: [], dropped: [] }],
  [
    "a call that descriptors have, and cells not",
    { call: "advise", handle: 0, args: [], dropped: [] },
  ],
  ["a method of every object", { call: "toString", handle: 0, args: [], dropped: [] }],
  ["a handle that is not there", { call: "stat", handle: 7, args: [], dropped: [] }],
  ["a handle that is a text", { call: "stat", handle: "0", args: [], dropped: [] }],
  ["too many arguments", { call: "stat", handle: 0, args: [1], dropped: [] }],
  ["a path that is none", { call: "statAt", handle: 0, args: [{}, { toString: 1 }], dropped: [] }],
  ["flags that are none", { call: "statAt", handle: 0, args: [{ a: 1 }, "x"], dropped: [] }],
  ["a size that is a text", { call: "setSize", handle: 0, args: ["5"], dropped: [] }],
  ["a size below nothing", { call: "setSize", handle: 0, args: [["-1"]], dropped: [] }],
  ["a number that is none", { call: "setSize", handle: 0, args: [["x"]], dropped: [] }],
  [
    "a time that is none",
    { call: "setTimes", handle: 0, args: [{ tag: "x" }, { tag: "now" }], dropped: [] },
  ],
  ...[-1, 1e9, 0.5].map((nanoseconds): readonly [string, unknown] => [
    `a time of ${nanoseconds} nanoseconds`,
    {
      call: "setTimes",
      handle: 0,
      args: [{ tag: "timestamp", val: { seconds: ["5"], nanoseconds } }, { tag: "now" }],
      dropped: [],
    },
  ]),
])("%s is an error, and the session goes on", async ([, question]) => {
  const { ask, call } = open();
  await expect(ask(question)).rejects.toThrow();
  expect(await call("stat", 0, [])).toMatchObject({ type: "value" });
});

test("handles are bounded, and what is dropped makes room", async () => {
  const { ask, call, files } = open(3);
  await call("openAt", 0, CREATE);
  await call("openAt", 0, CREATE);
  await expect(call("openAt", 0, CREATE)).rejects.toThrow("more than 3 files");
  const again = { call: "openAt", handle: 0, args: CREATE, dropped: [1, 2, 99] };
  expect(await ask(again)).toMatchObject({ value: { handle: 3 } });
  // The root is held, too.
  expect(files.held).toBe(2);
});

test("what a session has open is closed with it", async () => {
  const { call, files, end } = open();
  await call("openAt", 0, CREATE);
  await call("write", 1, [["0"]], new Uint8Array(1000));
  await call("unlinkFileAt", 0, ["new"]);
  expect(files.quota.bytes.left).toBeLessThan(files.quota.bytes.limit);
  end();
  await Promise.resolve();
  await Promise.resolve();
  expect(files.held).toBe(0);
  expect(files.quota.bytes.left).toBe(files.quota.bytes.limit);
});

test("a large directory comes in parts, and is closed at its end", async () => {
  const { ask, call, files } = open(4);
  for (let at = 0; at < 1200; at++) files.createDirectory(files.root, `${at}`);
  const names: string[] = [];
  const first = await call("readDirectory", 0, []);
  const { entries, handle } = (first as { value: { entries: object; handle: number } }).value;
  names.push(...Object.keys(entries));
  for (let isEnd = false; !isEnd;) {
    const next = (await call("readEntries", handle, [])) as {
      value: { entries: object; isEnd: boolean };
    };
    names.push(...Object.keys(next.value.entries));
    ({ isEnd } = next.value);
  }
  expect(new Set(names).size).toBe(1200);
  await ask({ call: "stat", handle: 0, args: [], dropped: [handle] });
  await expect(call("readEntries", handle, [])).rejects.toThrow("no open directory");
  await expect(call("stat", handle, [])).rejects.toThrow("not open");
});

test("a worker that does not wait for its answers gets no more", async () => {
  const { call } = open();
  const all = Array.from({ length: 100 }, () => call("stat", 0, []));
  const outcomes = await Promise.allSettled(all);
  expect(outcomes.filter(({ status }) => status === "rejected")).toHaveLength(36);
  expect(await call("stat", 0, [])).toMatchObject({ type: "value" });
});
