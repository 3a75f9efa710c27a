/** Errors for values that cannot be written: what is wrong, and in which field. */

/** An error's field path so far, and its description of the value. */
interface Wrong {
  readonly path: string;
  readonly problem: string;
}

const wrongs = new WeakMap<object, Wrong>();

/** The error for a value that does not have the field's type. */
export function createTypeError(value: unknown, type: string): Error {
  return create(TypeError, value, type);
}

/** The error for a number that does not fit into its field. */
export function createRangeError(value: unknown, type: string): Error {
  return create(RangeError, value, type);
}

/** Adds a field name to the path of an error; errors of other classes stay unchanged. */
export function inField(name: string, error: unknown): unknown {
  if (!(error instanceof TypeError || error instanceof RangeError) || name === "") return error;
  const { path = "", problem = error.message } = wrongs.get(error) ?? {};
  const whole = path === "" || path.startsWith("[") ? name + path : `${name}.${path}`;
  const message = `Cannot write "${whole}": ${problem}`;
  const options = { cause: error.cause ?? error };
  const kind = error instanceof RangeError ? RangeError : TypeError;
  return remember(new kind(message, options), whole, problem);
}

/** Writes each value of a list; errors name the index. @throws {TypeError} when it is not a list */
export function writeEach<T>(values: readonly T[], write: (value: T, index: number) => void): void {
  let at = 0;
  try {
    for (const { length } = values; at < length; at++) write(values[at] as T, at);
  } catch (error) {
    throw inField(`[${at}]`, error);
  }
}

/** The length of a list. @throws {TypeError} when it is not a list */
export function lengthOf(values: readonly unknown[]): number {
  if (Array.isArray(values) || ArrayBuffer.isView(values)) return values.length;
  throw createTypeError(values, "list");
}

/** @throws {TypeError} when a record without `which` has a field of the union */
export function requireNone(record: object, members: readonly string[]): void {
  for (const name of members) {
    if ((record as Record<string, unknown>)[name] === undefined) continue;
    const message = `it is a union member, so which: "${name}" is required`;
    throw remember(new TypeError(`Cannot write "${name}": ${message}`), name, message);
  }
}

function create(
  kind: TypeErrorConstructor | RangeErrorConstructor,
  value: unknown,
  type: string,
): Error {
  const shown = show(value);
  const message = `Cannot write ${shown}: it is not a valid ${type}`;
  return remember(new kind(message), "", `${shown} is not a valid ${type}`);
}

function remember<T extends Error>(error: T, path: string, problem: string): T {
  wrongs.set(error, { path, problem });
  return error;
}

/** Describes a value for an error message, without a guest's bytes. */
function show(value: unknown): string {
  if (typeof value === "string") return "a text";
  if (typeof value === "function") return "a function";
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}
