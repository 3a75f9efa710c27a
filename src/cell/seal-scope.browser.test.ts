/** A script in a cell's sealed worker, as if the guest had broken out: what it finds in the scope, and what it tries. */
import { describe, expect, test } from "vitest";
import { CELL_SCRIPT, NO_FILES, startBench } from "./bench.testing.ts";
import { sleeps } from "./guests.testing.ts";
import { startCell } from "./start-cell.ts";

/** URL of a script that serves a cell, with other script before and after it is sealed. */
function toAddress(before: string, after: string): string {
  return URL.createObjectURL(
    new Blob([before, "\n", CELL_SCRIPT, "\n", after], { type: "text/javascript" }),
  );
}

/** The lines that a function body prints in a sealed worker. `before` runs before the worker is sealed. */
async function printed(body: string, before = ""): Promise<string[]> {
  const post = `const post = postMessage.bind(globalThis);
    const print = (text) => post({ text });`;
  const address = toAddress(
    `${post}\n${before}`,
    `(async () => { ${body} })().then(() => post("done"), (error) => post({ text: String(error) }));`,
  );
  const worker = new Worker(address, { type: "module" });
  const lines: string[] = [];
  await new Promise<void>((resolve, reject) => {
    worker.addEventListener("error", (event) => reject(new Error(event.message)));
    worker.addEventListener("message", ({ data }: MessageEvent<"done" | { text: string }>) => {
      if (data === "done") resolve();
      else lines.push(data.text);
    });
  });
  worker.terminate();
  return lines;
}

/** Harmless names of a browser's scope. Any other name fails the test, so that additions to browsers are reviewed. */
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

describe("in the worker of a cell,", () => {
  test("a script finds nothing that is not known to be harmless", async () => {
    const names = await printed(`${LIST_NAMES} print([...names].join(" "));`);
    const found = names.join(" ").split(" ");
    expect(found.filter((name) => !KNOWN.has(name))).toEqual([]);
    expect(found).toContain("WebAssembly");
    // An unsealed worker has many more names.
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

/** The result of each trick, or the name of its error. */
async function tryAll(tricks: readonly string[]): Promise<Record<string, string>> {
  const body = `for (const trick of [${tricks.map((trick) => `async () => (${trick})`).join(",")}]) {
    let outcome;
    try { outcome = "got " + String(await trick()); } catch (error) { outcome = error.name; }
    print(outcome.replaceAll("\\n", " "));
  }`;
  const lines = await printed(body);
  return Object.fromEntries(tricks.map((trick, at) => [trick, lines[at] ?? ""]));
}

function all(tricks: readonly string[], outcome: string): Record<string, string> {
  return Object.fromEntries(tricks.map((trick) => [trick, outcome]));
}

test("a script makes no code from text", async () => {
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

test("a script reaches nobody by what was taken, nor by what led to it", async () => {
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

test("a script does not get back what was taken", async () => {
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
    print(typeof memory.buffer);
    print(typeof globalThis.Atomics);
    print(typeof globalThis.Worker);`);
  expect(lines).toEqual(["object", "undefined", "undefined"]);
});

test.each([
  ["a promise", `setTimeout(() => void Promise.reject(new Error("left behind")), 50)`],
  ["a timer", `setTimeout(() => { throw new Error("left behind"); }, 50)`],
])("startCell() turns an error of %s that nobody handles into a status", async (_, script) => {
  const bench = startBench();
  const component = await bench.compile(await sleeps(60_000));
  await using cell = startCell(
    { name: "guest", component, args: [], env: [], tree: NO_FILES },
    {
      mode: "jspi",
      monotonicMs: () => performance.now(),
      spawn: () => new Worker(toAddress("", script), { type: "module" }),
    },
  );
  expect(await cell.exited).toEqual({
    type: "trapped",
    message: expect.stringContaining("left behind"),
  });
});

test.each([
  `"exited"`,
  `{ type: "exited", code: "0" }`,
  `{ type: "exited" }`,
  `{ type: "trapped", message: { length: 1 } }`,
  `Object.assign(Object.create({ type: "exited", code: 0 }), {})`,
])("startCell() does not believe a worker that says it has ended as %s", async (value) => {
  const bench = startBench();
  const component = await bench.compile(await sleeps(60_000));
  const script = `postMessage({ answer: 0, value: ${value} });`;
  await using cell = startCell(
    { name: "guest", component, args: [], env: [], tree: NO_FILES },
    {
      mode: "jspi",
      monotonicMs: () => performance.now(),
      spawn: () => new Worker(toAddress(script, ""), { type: "module" }),
    },
  );
  expect(await cell.exited).toEqual({
    type: "trapped",
    message: 'Cell "guest" failed: Worker did not report its exit status',
  });
});
