/**
 * Takes everything away from a worker's scope that guest code has no need of, before any is loaded.
 *
 * A component cannot name what a scope has. This is for the case that one breaks out of its memory and runs script. What
 * stays is a list: the language, and what the linker and WASI are written with. So what browsers will have tomorrow is gone, too. Of the language, what runs text as code is
 * taken, and what threads share. `import()` is syntax and cannot be taken; the content security policy with which
 * the script of cells is served lets it reach nothing.
 */
import { Exception } from "#base";

const LANGUAGE =
  "AggregateError Array ArrayBuffer AsyncDisposableStack BigInt BigInt64Array BigUint64Array Boolean DataView " +
  "DisposableStack Error EvalError FinalizationRegistry Float16Array Float32Array Float64Array Infinity " +
  "Int16Array Int32Array Int8Array Iterator JSON Map Math NaN Number Object Promise Proxy RangeError ReferenceError " +
  "Reflect RegExp Set String SuppressedError Symbol SyntaxError TypeError URIError Uint16Array Uint32Array Uint8Array " +
  "Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly decodeURI decodeURIComponent encodeURI encodeURIComponent " +
  "globalThis isFinite isNaN parseFloat parseInt undefined";
/** Texts, waiting, events that are already there. */
const PLATFORM =
  "AbortController AbortSignal DOMException Event EventTarget PromiseRejectionEvent TextDecoder TextEncoder " +
  "addEventListener clearInterval clearTimeout constructor dispatchEvent queueMicrotask removeEventListener self " +
  "setInterval setTimeout";
const HARMLESS: ReadonlySet<PropertyKey> = new Set<PropertyKey>([
  ...LANGUAGE.split(" "),
  ...PLATFORM.split(" "),
  Symbol.toStringTag,
]);

/** Where a scope that is held keeps the one it was made of. */
const WHOLE: unique symbol = Symbol("whole scope");

/** The part of a worker's scope that stays in use after the rest of it is sealed. */
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

/** The same powers in an object that is unreachable from the scope, and survives its sealing. */
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
 * Seals the scope, or the one that the held scope was made of; cannot be undone.
 *
 * @throws {Exception} `failed` when something cannot be taken: no guest may run here.
 */
export function sealScope(scope: object): void {
  const whole = WHOLE in scope ? (scope[WHOLE] as object) : scope;
  for (let at: object | null = whole; hasOwnNames(at); at = Reflect.getPrototypeOf(at)) {
    for (const name of Reflect.ownKeys(at)) if (!HARMLESS.has(name)) take(at, name);
  }
  // Consoles keep what is logged to them, and a guest could log without end.
  Reflect.defineProperty(whole, "console", { value: createMuteConsole() });
  // They would take text, too.
  for (const name of ["setTimeout", "setInterval"]) acceptFunctions(whole, name);
  for (const sample of [() => 0, async () => 0, function* () {}, async function* () {}]) {
    forbidCode(sample);
  }
}

/** The end of the chain is the language's own: every object has it. */
function hasOwnNames(at: object | null): at is object {
  return at !== null && at !== Object.prototype;
}

function take(from: object, name: PropertyKey): void {
  if (Reflect.deleteProperty(from, name)) return;
  if (Reflect.defineProperty(from, name, { value: undefined, writable: false })) return;
  // A number that cannot be changed, as some scopes have, leads nowhere.
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

/** Every function leads to what makes functions of its kind from text. */
function forbidCode(sample: object): void {
  const prototype = Reflect.getPrototypeOf(sample) ?? sample;
  Reflect.defineProperty(prototype, "constructor", { value: refuseText, configurable: false });
}

function refuseText(): never {
  throw new EvalError("No code is made from text here");
}

function createMuteConsole(): object {
  return Object.freeze({ debug: ignore, error: ignore, info: ignore, log: ignore, warn: ignore });
}

function ignore(): void {}
