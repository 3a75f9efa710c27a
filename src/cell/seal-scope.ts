/**
 * Removes everything from a worker's scope that guest code does not need, before guest code is loaded.
 *
 * A component cannot name anything in the scope; this is a defence against one that breaks out of its memory and runs
 * script. An allowlist stays: the language, and what the linker and the WASI host use, so that later additions to browsers
 * are removed as well. Of the language, evaluation of text and memory shared between threads are removed. `import()` is
 * syntax and cannot be removed; the content security policy of the script of cells lets it reach nothing.
 */
import { Exception } from "#base";

const LANGUAGE =
  "AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView " +
  "DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Infinity " +
  "Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError " +
  "Reflect RegExp Set String SuppressedError Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array " +
  "Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly decodeURI decodeURIComponent encodeURI encodeURIComponent " +
  "globalThis isFinite isNaN parseFloat parseInt undefined";
/** Text encoding, timers, and events. */
const PLATFORM =
  "AbortController AbortSignal DOMException Event EventTarget PromiseRejectionEvent TextDecoder TextEncoder " +
  "addEventListener clearInterval clearTimeout constructor dispatchEvent queueMicrotask removeEventListener self " +
  "setInterval setTimeout";
const HARMLESS: ReadonlySet<PropertyKey> = new Set<PropertyKey>([
  ...LANGUAGE.split(" "),
  ...PLATFORM.split(" "),
  Symbol.toStringTag,
]);

/** Key under which a held scope refers to the original one. */
const WHOLE: unique symbol = Symbol("whole scope");

/** The part of a worker's scope that the cell uses after the scope is sealed. */
interface HeldScope {
  readonly Date: { now(): number };
  readonly performance: { now(): number };
  readonly crypto: { getRandomValues(bytes: Uint8Array<ArrayBuffer>): unknown };
  postMessage(message: unknown, transfer?: Transferable[]): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: object,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: object,
  ): void;
  setTimeout(callback: () => void, ms: number): number;
  clearTimeout(timer: number): void;
}

/** Copies these powers to an object that cannot be reached from the scope, and that works after the scope is sealed. */
export function holdScope(scope: HeldScope): HeldScope {
  const { Date, performance, crypto } = scope;
  const held: HeldScope & { readonly [WHOLE]: object } = {
    [WHOLE]: scope,
    Date: { now: Date.now.bind(Date) },
    performance: { now: performance.now.bind(performance) },
    crypto: { getRandomValues: crypto.getRandomValues.bind(crypto) },
    postMessage: scope.postMessage.bind(scope),
    addEventListener: scope.addEventListener.bind(scope),
    removeEventListener: scope.removeEventListener.bind(scope),
    setTimeout: scope.setTimeout.bind(scope),
    clearTimeout: scope.clearTimeout.bind(scope),
  };
  return held;
}

/**
 * Seals a scope, or the scope behind a held one. This cannot be undone.
 *
 * @throws {Exception} `failed` when a property cannot be removed: no guest may run here.
 */
export function sealScope(scope: object): void {
  const whole = WHOLE in scope ? (scope[WHOLE] as object) : scope;
  for (let at: object | null = whole; hasOwnNames(at); at = Reflect.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) if (!HARMLESS.has(name)) take(at, name);
  }
  // Consoles keep their messages in memory, and a guest could log without end.
  Reflect.defineProperty(whole, "console", { value: createMuteConsole() });
  // Both would otherwise evaluate a text.
  for (const name of ["setTimeout", "setInterval"]) acceptFunctions(whole, name);
  for (const sample of [() => 0, async () => 0, function* () {}, async function* () {}]) {
    forbidCode(sample);
  }
}

/** `Object.prototype`, the end of every prototype chain, belongs to the language and stays. */
function hasOwnNames(at: object | null): at is object {
  return at !== null && at !== Object.prototype;
}

function take(from: object, name: PropertyKey): void {
  if (Reflect.deleteProperty(from, name)) return;
  if (Reflect.defineProperty(from, name, { value: undefined, writable: false })) return;
  // A fixed primitive value, such as the constants of some scopes, gives no power.
  const value: unknown = Reflect.getOwnPropertyDescriptor(from, name)?.value;
  if (value !== undefined && Object(value) !== value) return;
  throw new Exception("failed", `Cannot take "${String(name)}" away from the worker of a cell`);
}

function acceptFunctions(whole: object, name: string): void {
  const original: unknown = Reflect.get(whole, name);
  if (typeof original !== "function") return;
  const value = (callback: unknown, ...rest: unknown[]): unknown => {
    if (typeof callback !== "function") refuseText();
    return Reflect.apply(original, whole, [callback, ...rest]);
  };
  for (let at: object | null = whole; hasOwnNames(at); at = Reflect.getPrototypeOf(at)) {
    Reflect.deleteProperty(at, name);
  }
  Reflect.defineProperty(whole, name, { value });
}

/** Blocks the constructor of a kind of functions, which every function leads to and which evaluates text. */
function forbidCode(sample: object): void {
  const prototype = Reflect.getPrototypeOf(sample) ?? sample;
  Reflect.defineProperty(prototype, "constructor", { value: refuseText, configurable: false });
}

function refuseText(): never {
  throw new EvalError("Text is not evaluated as code here");
}

function createMuteConsole(): object {
  return Object.freeze({ debug: ignore, error: ignore, info: ignore, log: ignore, warn: ignore });
}

function ignore(): void {}
