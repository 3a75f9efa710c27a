/** Glue that is hostile, in a real cell worker: what it finds when it looks around, and what it tries. */
import { decodeText, readAll } from "#base";
import { afterAll, describe, expect, test } from "vitest";
import type { Artefact } from "./artefact.ts";
import { CELL_SCRIPT, MODES, NO_FILES, startBench } from "./bench.testing.ts";
import type { CellMode } from "./mode.ts";
import { toWorkerAddress } from "./worker-script.ts";

const bench = startBench();
afterAll(() => bench[Symbol.dispose]());

/** An artefact whose glue runs the given function body; `print` writes to standard output. What is before it is run earlier. */
function glueOf(body: string, mode: CellMode = "jspi", before = ""): Artefact {
  const glue = `${before}
  export async function instantiate(getCoreModule, imports) {
    const out = imports["wasi:cli/stdout"].getStdout();
    const print = (text) => out.blockingWriteAndFlush(new TextEncoder().encode(text + "\\n"));
    return { run: { async run() { ${body} } } };
  }`;
  const address = toWorkerAddress(CELL_SCRIPT, glue);
  return { key: "hostile", mode, address, modules: new Map(), imports: [], run: "run" };
}

async function printed(body: string, mode?: CellMode, before?: string): Promise<string[]> {
  await using cell = bench.startArtefact(glueOf(body, mode, before), { tree: NO_FILES });
  const text = decodeText(await readAll(cell.stdout, 100_000));
  expect(await cell.exited).toEqual({ type: "exited", code: 0 });
  return text.split("\n").slice(0, -1);
}

/** What a browser's scope has that a guest may know: everything else fails the test, so what is new is looked at. */
const KNOWN = new Set(
  `AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array
  Boolean DOMException DataView DisposableStack Error EvalError Event EventTarget FinalizationRegistry Float16Array
  Float32Array Float64Array Infinity Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object
  PERSISTENT Promise PromiseRejectionEvent Proxy RangeError ReferenceError Reflect RegExp Set String SuppressedError
  Symbol Symbol(Symbol.toStringTag) SyntaxError TEMPORARY TextDecoder TextEncoder TypeError URIError Uint16Array
  Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly addEventListener clearInterval
  clearTimeout console constructor decodeURI decodeURIComponent dispatchEvent encodeURI encodeURIComponent globalThis
  isFinite isNaN parseFloat parseInt queueMicrotask removeEventListener self setInterval setTimeout
  undefined`.split(/\s+/),
);
const LIST_NAMES = `const names = new Set();
  for (let at = globalThis; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) names.add(String(name));
  }`;

describe.each(MODES)("in a cell that waits by %s,", (mode) => {
  test("glue finds nothing that is not known to be harmless", async () => {
    const names = await printed(`${LIST_NAMES} await print([...names].join(" "));`, mode);
    const found = names.join(" ").split(" ");
    expect(found.filter((name) => !KNOWN.has(name))).toEqual([]);
    // Nor earlier, when it is loaded.
    const early = await printed(`await print([...names].join(" "));`, mode, LIST_NAMES);
    expect(early).toEqual(names);
    expect(found).toContain("WebAssembly");
    // A worker that is not sealed has much more.
    const source = `${LIST_NAMES} postMessage([...names]);`;
    using open = startScript(source);
    expect((await open.message).length).toBeGreaterThan(2 * found.length);
  });
});

function startScript(source: string): Disposable & { readonly message: Promise<unknown[]> } {
  const worker = new Worker(URL.createObjectURL(new Blob([source])));
  const message = new Promise<unknown[]>((resolve) => {
    worker.addEventListener("message", ({ data }) => resolve(data), { once: true });
  });
  return { message, [Symbol.dispose]: () => worker.terminate() };
}

/** What each trick gives, or how it fails, one line for each. */
async function tryAll(tricks: readonly string[]): Promise<Record<string, string>> {
  const body = `for (const trick of [${tricks.map((trick) => `async () => (${trick})`).join(",")}]) {
    let outcome;
    try { outcome = "got " + String(await trick()); } catch (error) { outcome = error.name; }
    await print(outcome.replaceAll("\\n", " "));
  }`;
  const lines = await printed(body);
  return Object.fromEntries(tricks.map((trick, at) => [trick, lines[at] ?? ""]));
}

function all(tricks: readonly string[], outcome: string): Record<string, string> {
  return Object.fromEntries(tricks.map((trick) => [trick, outcome]));
}

test("glue makes no code from text", async () => {
  const makers = [
    `(() => 0).constructor("return 1")()`,
    `(async () => 0).constructor("return 1")()`,
    `(function* () {}).constructor("yield 1")()`,
    `(async function* () {}).constructor("yield 1")()`,
    `Reflect.construct(Object.getPrototypeOf(async () => 0).constructor, ["return 1"])()`,
    `setTimeout("globalThis.made = 1")`,
    `setInterval("globalThis.made = 1")`,
  ];
  const named = [
    `eval("1")`,
    `(0, eval)("1")`,
    `Function("return 1")()`,
    `new Function("return 1")()`,
  ];
  const outcomes = await tryAll([...makers, ...named, `globalThis.made`]);
  expect(outcomes).toEqual({
    ...all(makers, "EvalError"),
    ...all(named, "ReferenceError"),
    [`globalThis.made`]: "got undefined",
  });
});

test("glue reaches nobody by what was taken, nor by what led to it", async () => {
  const tricks = [
    `fetch("/")`,
    `new WebSocket("ws://127.0.0.1:1")`,
    `new Worker("data:text/javascript,")`,
    `new BroadcastChannel("a").postMessage(1)`,
    `new MessageChannel().port1`,
    `postMessage("hello")`,
    `globalThis.postMessage.call(globalThis, "hello")`,
    `close()`,
    `importScripts("data:text/javascript,")`,
    `navigator.storage.getDirectory()`,
    `caches.keys()`,
    `indexedDB.databases()`,
    `URL.createObjectURL(new Blob([]))`,
    `new Request("/")`,
    `new SharedArrayBuffer(8)`,
    `Atomics.wait(new Int32Array(8), 0, 0)`,
    `performance.now()`,
    `new Date()`,
    `crypto.subtle`,
  ];
  const outcomes = await tryAll(tricks);
  for (const [trick, outcome] of Object.entries(outcomes)) {
    expect([trick, outcome]).toEqual([trick, expect.stringMatching(/^(Reference|Type)Error$/)]);
  }
});

test("glue does not get back what was taken", async () => {
  const tricks = [
    `Object.getPrototypeOf(Object.getPrototypeOf(globalThis)).fetch`,
    `Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Object.getPrototypeOf(globalThis)), "navigator")`,
    `globalThis.constructor.prototype.postMessage`,
    `self.fetch`,
    `(delete globalThis.console, globalThis.console.log.call, typeof globalThis.console.log("x"))`,
  ];
  const outcomes = await tryAll(tricks);
  expect(Object.values(outcomes)).toEqual([
    "got undefined",
    "got undefined",
    "got undefined",
    "got undefined",
    "TypeError",
  ]);
});

test("memory that threads would share does not tell the time", async () => {
  const lines = await printed(`
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    await print(typeof memory.buffer);
    await print(typeof globalThis.Atomics);
    await print(typeof globalThis.Worker);`);
  expect(lines).toEqual(["object", "undefined", "undefined"]);
});

test("startCell() turns an error that nobody handles into a status", async () => {
  await using cell = bench.startArtefact(
    glueOf(`void Promise.reject(new Error("left behind")); await new Promise(() => {});`),
  );
  expect(await cell.exited).toEqual({
    type: "trapped",
    message: 'Cell "guest" trapped: left behind; tell its author',
  });
  await using other = bench.startArtefact(
    glueOf(`setTimeout(() => { throw new Error("out of turn"); }); await new Promise(() => {});`),
  );
  expect(await other.exited).toEqual({
    type: "trapped",
    message: expect.stringContaining("out of turn"),
  });
});

test("startCell() tells of glue that does not even load", async () => {
  await using cell = bench.startArtefact({
    ...glueOf(""),
    address: toWorkerAddress(CELL_SCRIPT, "export const instantiate = ;"),
  });
  expect(await cell.exited).toMatchObject({ type: "trapped" });
});
