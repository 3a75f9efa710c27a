/**
 * The host's side of files that several cells share: each cell has a session with handles of its own, and its calls are
 * carried out by the same descriptors that a cell uses for files of its own.
 *
 * Calls of a cell are untrusted: arguments are checked here, before a descriptor gets them.
 */
import { createSequence, Exception, readField } from "#base";
import type { FileSession, FileSessionOptions } from "#base";
import type { Files } from "#vfs";
import { append, Descriptor } from "./descriptor.ts";
import type { DirectoryEntryStream } from "./directory-entry-stream.ts";
import { encodeAnswer, ROOT_HANDLE, unpack } from "./file-calls.ts";
import type { FileAnswer, FileCall } from "./file-calls.ts";
import { trap } from "./trap.ts";

/** The most that a cell may read at once; also bounds the answer. */
const READ_LIMIT_BYTES = 256n * 1024n;
/** Calls that a cell may have in flight: more than one that waits for answers and writes ahead needs. */
const WAITING_LIMIT = 64;
/** Entries of a directory in one answer. */
const ENTRIES = 512;
const ROOT_FLAGS = { read: true, mutateDirectory: true };
/** The host waits by promises only. */
const WAITS = {
  turn: () => undefined,
  until: () => undefined,
  settled: <T>(value: T): T => value,
};

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === "string";
const isCount: Check = (value) => typeof value === "bigint" && value >= 0n && value < 2n ** 64n;
const isHandle: Check = (value) => Number.isSafeInteger(value);
const isFlags: Check = (value) =>
  typeof value === "object" &&
  value !== null &&
  Object.values(value).every((flag) => typeof flag === "boolean");
const isTime: Check = (value) => {
  const tag = readField(value, "tag");
  const moment = readField(value, "val");
  if (tag === "no-change" || tag === "now") return true;
  const nanoseconds = readField(moment, "nanoseconds");
  return (
    tag === "timestamp" &&
    isCount(readField(moment, "seconds")) &&
    Number.isInteger(nanoseconds) &&
    (nanoseconds as number) >= 0 &&
    (nanoseconds as number) < 1e9
  );
};

/** Checks of each call's arguments, by the name of the descriptor's method. */
const ARGUMENTS: ReadonlyMap<string, readonly Check[]> = new Map([
  ["read", [isCount, isCount]],
  ["write", [isCount]],
  ["append", []],
  ["setSize", [isCount]],
  ["setTimes", [isTime, isTime]],
  ["setTimesAt", [isFlags, isText, isTime, isTime]],
  ["stat", []],
  ["statAt", [isFlags, isText]],
  ["openAt", [isFlags, isText, isFlags, isFlags]],
  ["readDirectory", []],
  ["readEntries", []],
  ["readlinkAt", [isText]],
  ["createDirectoryAt", [isText]],
  ["symlinkAt", [isText, isText]],
  ["linkAt", [isFlags, isText, isHandle, isText]],
  ["renameAt", [isText, isHandle, isText]],
  ["unlinkFileAt", [isText]],
  ["removeDirectoryAt", [isText]],
  ["isSameObject", [isHandle]],
  ["metadataHash", []],
  ["metadataHashAt", [isFlags, isText]],
]);
/** Calls that change nothing. */
const READING: ReadonlySet<string> = new Set([
  "read",
  "stat",
  "statAt",
  "readDirectory",
  "readEntries",
  "readlinkAt",
  "isSameObject",
  "metadataHash",
  "metadataHashAt",
]);
/** The index of the argument that is another descriptor's handle. */
const OTHER: ReadonlyMap<string, number> = new Map([
  ["linkAt", 2],
  ["renameAt", 1],
  ["isSameObject", 0],
]);

/** Makes a change of files, as soon as they may be changed. */
export type ChangeFiles = <T>(change: () => Promise<T>) => Promise<T>;

/** Serves the handles and calls of one cell on borrowed files, until it is disposed. */
export function openFileSession(
  files: Files,
  { openFiles, signal, monotonicMs, onUsed }: FileSessionOptions,
  changeFiles: ChangeFiles = (change) => change(),
): FileSession {
  const host = { files, waits: WAITS, openLimit: Infinity };
  const handles = new Map<number, Descriptor>();
  /** Directories that are being listed. */
  const lists = new Map<number, DirectoryEntryStream>();
  let nextHandle = ROOT_HANDLE;
  let waiting = 0;
  const inTurn = createSequence();

  const enter = (descriptor: Descriptor): number => {
    handles.set(nextHandle, descriptor);
    return nextHandle++;
  };
  const drop = (handle: number): void => {
    handles.get(handle)?.[Symbol.dispose]();
    lists.get(handle)?.[Symbol.dispose]();
    handles.delete(handle);
    lists.delete(handle);
  };
  const requireRoom = (): void => {
    if (handles.size + lists.size < openFiles) return;
    trap(`wasi:filesystem: more than ${openFiles} files and streams of files are open`);
  };
  const require = (handle: unknown): Descriptor => {
    const found = handles.get(handle as number);
    if (found === undefined) throw new TypeError("A cell used a handle of a file that is not open");
    return found;
  };
  const open = (descriptor: Descriptor, args: readonly unknown[]): FileAnswer => {
    requireRoom();
    const opened = descriptor.openAt(...(args as Parameters<Descriptor["openAt"]>));
    const value = { handle: enter(opened), type: opened.getType(), flags: opened.getFlags() };
    return { type: "value", value };
  };
  const list = (descriptor: Descriptor): FileAnswer => {
    requireRoom();
    const stream = descriptor.readDirectory();
    const { entries, isEnd } = takeEntries(stream);
    if (isEnd) {
      stream[Symbol.dispose]();
      return { type: "value", value: { entries } };
    }
    lists.set(nextHandle, stream);
    return { type: "value", value: { entries, handle: nextHandle++ } };
  };
  const listOn = (handle: number): FileAnswer => {
    const stream = lists.get(handle);
    if (stream === undefined) throw new TypeError("A cell used a handle of no open directory");
    return { type: "value", value: takeEntries(stream) };
  };
  const carryOut = async (
    { call, handle, args: packed }: FileCall,
    body: Uint8Array,
  ): Promise<FileAnswer> => {
    const args = packed.map(unpack);
    const checks = ARGUMENTS.get(call);
    if (checks?.length !== args.length || !checks.every((check, at) => check(args[at]))) {
      throw new TypeError("A cell made an invalid call on a file");
    }
    if (call === "readEntries") return listOn(handle);
    const descriptor = require(handle);
    if (call === "openAt") return open(descriptor, args);
    if (call === "readDirectory") return list(descriptor);
    if (call === "read") return read(descriptor, args);
    if (call === "append") return { type: "value", value: await append(descriptor, body) };
    if (call === "write") args.unshift(body);
    const other = OTHER.get(call);
    if (other !== undefined) args[other] = require(args[other]);
    const method = descriptor[call as "stat"] as (...values: readonly unknown[]) => unknown;
    return { type: "value", value: await method.apply(descriptor, args) };
  };
  const settle = async (call: FileCall, body: Uint8Array): Promise<Uint8Array> => {
    if (!READING.has(call.call)) return await changeFiles(() => settleNow(call, body));
    return await settleNow(call, body);
  };
  const settleNow = async (call: FileCall, body: Uint8Array): Promise<Uint8Array> => {
    signal.throwIfAborted();
    const before = monotonicMs();
    for (const handle of call.dropped) drop(handle);
    try {
      return encodeAnswer(await carryOut(call, body));
    } catch (reason) {
      if (typeof reason === "string") return encodeAnswer({ type: "refusal", code: reason });
      throw reason;
    } finally {
      onUsed(monotonicMs() - before);
    }
  };
  enter(new Descriptor(host, files.root, ROOT_FLAGS));
  const close = (): void => {
    for (const handle of [...handles.keys(), ...lists.keys()]) drop(handle);
  };
  return {
    async answer(call, body) {
      if (waiting >= WAITING_LIMIT) {
        throw new Exception("overloaded", "A cell has too many calls on files in flight");
      }
      waiting++;
      const turn = inTurn(() => settle(toCall(call), body));
      try {
        return await turn;
      } finally {
        waiting--;
      }
    },
    // Calls in flight keep their files until they are done.
    [Symbol.dispose]: () => void inTurn(close),
  };
}

function toCall(question: unknown): FileCall {
  const [call, handle, args, dropped] = ["call", "handle", "args", "dropped"].map((name) =>
    readField(question, name),
  );
  if (typeof call !== "string" || !Array.isArray(args) || !Array.isArray(dropped)) {
    throw new TypeError("A cell made an invalid call on a file");
  }
  return { type: "file", call, handle: handle as number, args, dropped: dropped as number[] };
}

/** The next entries, and whether the directory has no more. */
function takeEntries(stream: DirectoryEntryStream): {
  readonly entries: Readonly<Record<string, string>>;
  readonly isEnd: boolean;
} {
  const entries: Record<string, string> = {};
  // A file may be named like a property that every object has, so each key begins with a colon.
  for (let count = 0; count < ENTRIES; count++) {
    const entry = stream.readDirectoryEntry();
    if (entry === undefined) return { entries, isEnd: true };
    entries[`:${entry.name}`] = entry.type;
  }
  return { entries, isEnd: false };
}

async function read(descriptor: Descriptor, args: readonly unknown[]): Promise<FileAnswer> {
  const [length, offset] = args as [bigint, bigint];
  const limited = length < READ_LIMIT_BYTES ? length : READ_LIMIT_BYTES;
  const [bytes, isEnd] = await descriptor.read(limited, offset);
  return { type: "bytes", bytes, isEnd };
}
