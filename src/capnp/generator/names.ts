/** Names of a schema that would mean something else in TypeScript get an underscore, which no name of a schema has. */

/** What every object has, what a promise has. */
const MEMBERS = new Set(
  "then catch finally constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable".split(
    " ",
  ),
);

/** Words that cannot name a variable, and what generated methods call their last parameters. */
const WORDS = new Set(
  "arguments async await break case catch class const continue debugger default delete do else enum eval export extends false finally for function if implements import in instanceof interface let new null package private protected public return static super switch this throw true try typeof undefined var void while with yield options context params".split(
    " ",
  ),
);

/** Global types that generated code speaks of. */
const TYPES = new Set(["Omit", "Promise", "Uint8Array"]);

/** The name of a field or a method. @throws {Error} when the language of schemas does not know such names */
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

/** The name, with as many underscores as make it one that is not taken yet. */
export function toFreeName(name: string, taken: Iterable<string>): string {
  const all = taken instanceof Set ? (taken as ReadonlySet<string>) : new Set(taken);
  let free = name;
  while (all.has(free)) free += "_";
  return free;
}
