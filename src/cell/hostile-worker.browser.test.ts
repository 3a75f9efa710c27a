/**
 * A cell's worker that runs only an attacker's script. It sends garbage to each of its ports, and writes garbage to the
 * memory it shares; its host must survive, and another cell must go on.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { MODES, NO_FILES, startBench } from "./bench.testing.ts";
import type { Bench } from "./bench.testing.ts";
import type { Cell } from "./cell.ts";
import { command, ECHO, RETURNS_OK, STREAM_IMPORTS } from "./guests.testing.ts";
import { startCell } from "./start-cell.ts";

/** Finds all ports and memories in its messages, and floods them until it is terminated. */
const HOSTILE = `
  const ends = [self];
  const memories = [];
  const find = (value, seen = new Set()) => {
    if (typeof value !== "object" || value === null || seen.has(value)) return;
    seen.add(value);
    if (value instanceof MessagePort) { value.start(); ends.push(value); return; }
    if (value instanceof SharedArrayBuffer) { memories.push(new Int32Array(value)); return; }
    if (ArrayBuffer.isView(value)) return find(value.buffer, seen);
    for (const key of Object.keys(value)) find(value[key], seen);
    if (value instanceof Map) for (const item of value.values()) find(item, seen);
  };
  const deep = {};
  let inner = deep;
  for (let i = 0; i < 500; i++) inner = inner.value = {};
  const junk = (at) => [
    null, undefined, true, 0, -1, 2 ** 40, Number.NaN, 1e308, "", "ended", "cut", "unwanted", "x".repeat(10_000),
    [], {}, new Map([["__proto__", 1]]), new Date(0), /x/, new Error("x"), deep, Array(10_000).fill(0),
    new Uint8Array(0), new Uint8Array(1), new Uint8Array(70_000), new Uint8Array(8).fill(255),
    new Float64Array(9), new ArrayBuffer(8), new Blob(["x"]),
    { answer: at, value: { type: "exited" } }, { answer: at, value: { type: "trapped", message: {} } },
    { answer: at, value: new Int32Array(0) }, { answer: at, kind: "__proto__", message: {} }, { answer: -1 },
    { answer: at, value: { type: "exited", code: "0" } }, { answer: "constructor" },
    { call: at, question: null }, { call: at, question: { type: "read", path: "__proto__", offset: -1 } },
    { call: at, question: { path: "x".repeat(100_000), offset: 2 ** 60, lengthBytes: 2 ** 60 } },
    { call: at, question: { type: "write", slot: -1, bytes: "x" } }, { call: at, question: { type: "read", slot: 2 ** 50 } },
    JSON.parse('{"__proto__": {"polluted": 1}, "constructor": {"prototype": {"polluted": 1}}}'),
    { type: "attach" }, { type: "ready" }, { type: "constructor" }, { type: "toString", port: 1 },
    { id: 0, type: "SET", path: ["__proto__", "polluted"], value: 1 }, { id: 0, type: "APPLY", path: ["constructor"] },
  ];
  let turn = 0;
  const told = new BroadcastChannel("hostile");
  const flood = () => {
    turn++;
    told.postMessage({ turn, ends: ends.length, memories: memories.length });
    for (const end of ends) for (const item of junk(turn % 7)) end.postMessage(item);
    for (const words of memories) {
      for (let i = 0; i < words.length; i++) words[i] = Math.imul(i + turn, 2654435761) >> (turn % 31);
      for (let i = 0; i < Math.min(words.length, 64); i++) Atomics.notify(words, i);
    }
    setTimeout(flood, 5);
  };
  addEventListener("message", (event) => {
    const before = ends.length + memories.length;
    find(event.data);
    for (const port of event.ports) find(port);
    if (ends.length + memories.length > before && turn === 0) flood();
  });
`;

const PRISTINE = ["Object", "Array", "Promise", "Map"].map((name) => describeRealm(name));

/** The property names of a built-in and of its prototype. */
function describeRealm(name: string): string {
  const builtIn = (globalThis as unknown as Record<string, { readonly prototype: object }>)[name];
  const own = [builtIn, builtIn?.prototype].map((object) => Reflect.ownKeys(object ?? {}));
  return own.flat().map(String).join();
}

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  let bench: Bench;
  let beside: Cell;
  beforeAll(async () => {
    bench = startBench(mode);
    beside = await bench.start(await command(ECHO, STREAM_IMPORTS));
  });
  afterAll(async () => {
    await beside[Symbol.asyncDispose]();
  });

  test("a worker that sends garbage to all its ports ends nothing but its own cell", async () => {
    const errors: unknown[] = [];
    const note = (event: Event): void => void errors.push(event);
    addEventListener("unhandledrejection", note);
    addEventListener("error", note);
    let seen: { turn: number; ends: number; memories: number } | undefined;
    using told = new DisposableStack();
    const channel = told.adopt(new BroadcastChannel("hostile"), (open) => open.close());
    channel.addEventListener("message", ({ data }) => (seen = data));
    const component = await bench.compile(await command(RETURNS_OK));
    const address = URL.createObjectURL(new Blob([HOSTILE], { type: "text/javascript" }));
    const cell = startCell(
      {
        name: "hostile",
        component,
        args: [],
        env: [],
        tree: NO_FILES,
        mounts: [{ path: "x", tree: NO_FILES }],
      },
      {
        mode,
        monotonicMs: () => performance.now(),
        spawn: () => new Worker(address, { type: "module" }),
      },
    );
    // Its pipes are used as those of any cell.
    const reading = [cell.stdout, cell.stderr, cell.rpc.source].map(async (source) => {
      let count = 0;
      for (let bytes; (bytes = await source.read(65_536)) !== undefined;) count += bytes.length;
      return count;
    });
    const settled = Promise.allSettled([
      ...reading,
      cell.stdin.write(new Uint8Array(200_000)),
      cell.rpc.sink.write(new Uint8Array(200_000)),
    ]);
    // Garbage goes to the worker's own scope and to the ports and memories that it was sent.
    await expect.poll(() => (seen?.ends ?? 0) + (seen?.memories ?? 0)).toBeGreaterThan(2);
    for (let i = 0; i < 200; i++) {
      await beside.rpc.sink.write(Uint8Array.of(1, 2, 3));
      for (let missing = 3; missing > 0;) {
        missing -= (await beside.rpc.source.read(missing))?.length ?? Number.NaN;
      }
    }
    await expect.poll(() => seen?.turn).toBeGreaterThan(3);
    await cell[Symbol.asyncDispose]();
    // A worker is free to report any status.
    expect(["exited", "trapped", "killed"]).toContain((await cell.exited).type);
    await settled;
    expect(({} as { readonly polluted?: unknown }).polluted).toBeUndefined();
    expect(["Object", "Array", "Promise", "Map"].map(describeRealm)).toEqual(PRISTINE);
    removeEventListener("unhandledrejection", note);
    removeEventListener("error", note);
    expect(errors).toEqual([]);
  });
});
