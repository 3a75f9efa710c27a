/** Appends an underscore to schema names with a meaning in TypeScript. Schema names never contain underscores. */

/** Members of every object, and of promises. */
const MEMBERS = new Set(
  "then catch finally constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable".split(
    " ",
  ),
);

/** Words that cannot name a variable, and names of generated parameters. */
const WORDS = new Set(
  "arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield options context params".split(
    " ",
  ),
);

/** Global types that generated code uses. */
const TYPES = new Set(["Omit", "Promise", "Uint8Array"]);

/** The name of a field or a method. @throws {Error} when it is not a valid schema name */
export function toMemberName(name: string): string {
  if (!/^[a-z][a-zA-Z0-9]*$/.test(name)) throw new Error(`Schema has a member "${name}"`);
  return MEMBERS.has(name) ? `${name}_` : name;
}

/** The name of a parameter or a constant. */
export function toVariableName(name: string): string {
  return WORDS.has(name) ? `${name}_` : name;
}

export function toTypeName(name: string): string {
  return TYPES.has(name) ? `${name}_` : name;
}

/** The name, with underscores appended until it is not taken. */
export function toFreeName(name: string, taken: Iterable<string>): string {
  const all = taken instanceof Set ? (taken as ReadonlySet<string>) : new Set(taken);
  let free = name;
  while (all.has(free)) free += "_";
  return free;
}
