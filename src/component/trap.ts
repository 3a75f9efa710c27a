/** Traps: errors that end a component because it broke a rule of the specification. */
import { toMessage } from "#base";

/**
 * Creates an error that code of the component cannot catch, unlike those that scripts throw.
 *
 * Engines mark the errors of their own traps as uncatchable, so one of those is provoked, and given this message.
 */
export function createTrap(message: string, cause?: unknown): Error {
  const error = define(provokeTrap(), "message", message);
  return cause === undefined ? error : define(error, "cause", cause);
}

export function trap(message: string): never {
  throw createTrap(message);
}

/**
 * Converts an error that came out of core code to one that ends the component. The engine's traps stay as they are;
 * uncaught exceptions and all other values become traps, so that no caller in between continues.
 */
export function toTrap(reason: unknown, where?: string): Error {
  const error = makeTrap(reason);
  // The innermost instance sees the error first, and its name is kept.
  return where === undefined || Object.hasOwn(error, WHERE) ? error : define(error, WHERE, where);
}

function define(error: Error, name: string, value: unknown): Error {
  return Object.defineProperty(error, name, { value });
}

/** The property of a trap that names the nested component that it came from. */
const WHERE = "trappedIn";

/** The nested component that trapped, by the name of its first export; `undefined` for the outermost one. */
export function findTrapped(error: unknown): string | undefined {
  if (!(error instanceof Error) || !Object.hasOwn(error, WHERE)) return undefined;
  const where: unknown = Reflect.get(error, WHERE);
  return typeof where === "string" ? where : undefined;
}

function makeTrap(reason: unknown): Error {
  if (reason instanceof WebAssembly.RuntimeError) return reason;
  return createTrap(describe(reason), reason);
}

function describe(reason: unknown): string {
  const { Exception } = WebAssembly as unknown as Readonly<Record<"Exception", new () => object>>;
  return reason instanceof Exception
    ? "it threw an exception that nothing caught"
    : toMessage(reason);
}

/** `(module (func unreachable) (start 0))` */
const UNREACHABLE: Uint8Array<ArrayBuffer> = Uint8Array.from(
  atob("AGFzbQEAAAABBAFgAAADAgEACAEACgUBAwAACw=="),
  (letter) => letter.charCodeAt(0),
);

function provokeTrap(): Error {
  const module = new WebAssembly.Module(UNREACHABLE);
  try {
    return new WebAssembly.Instance(module) as never;
  } catch (error) {
    return error as Error;
  }
}
