/** Ends a component: it broke a rule that the specification punishes with a trap. */
import { toMessage } from "#base";

/**
 * An error that code of the component cannot catch, as it can those that scripts throw.
 *
 * Engines mark the errors of their own traps so; one of them is provoked, and given this message.
 */
export function createTrap(message: string, cause?: unknown): Error {
  const error = define(provokeTrap(), "message", message);
  return cause === undefined ? error : define(error, "cause", cause);
}

export function trap(message: string): never {
  throw createTrap(message);
}

/**
 * What came out of core code, as what ends the component: the engine's traps are that already; an exception that nothing
 * caught, and whatever else, becomes one, so that no caller in between goes on.
 */
export function toTrap(reason: unknown, where?: string): Error {
  const error = makeTrap(reason);
  // The innermost instance is the first to see it.
  return where === undefined || Object.hasOwn(error, WHERE) ? error : define(error, WHERE, where);
}

function define(error: Error, name: string, value: unknown): Error {
  return Object.defineProperty(error, name, { value });
}

/** What a trap keeps: the component within another one that it came from. */
const WHERE = "trappedIn";

/** Which of several components trapped: what it exports first. `undefined` for the outermost one. */
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
