/**
 * Where the linker accepts what the reference refuses, or the other way round, and why nothing depends on it.
 *
 * The linker instantiates one component, and writes no types for anyone: it links by identity, and leaves core code to
 * the engine. Everything that the reference checks beyond that is for tools that generate bindings, or for authors, who
 * have those tools.
 */

export interface Difference {
  readonly name: string;
  readonly why: string;
  /** Matches the message that the script expects, or that the linker gives. */
  readonly words: RegExp;
}

export const DIFFERENCES: readonly Difference[] = [
  {
    name: "names of types in exports",
    why: "types are compared by what they are, and resources by identity; a type without a public name is no other one",
    words: /not valid to be used as (ex|im)port|does not have a name in this context/,
  },
  {
    name: "annotations of functions",
    why: "a host's functions are found by their whole names and compared by type, so a [method] that is none is not found",
    words:
      /is not a func$|is not a function$|should (return|have|take)|function should return|does not match expected resource name|resource name is not known|name `\[(method|static)\]a\.a` conflicts/,
  },
  {
    name: "core modules and their types",
    why: "the engine compiles each module, and checks each import when it is instantiated; a missing one is told then",
    words:
      /^core instance \d+ has no export|is not a tag$|core type index|core function with an incorrect signature|lowered (parameter|result) types|wrong signature for a destructor|duplicate import name|name `\w*` already defined|memory size must|expected: \(func\)|expected global|expected table|mismatch in (table|memory|the shared)|missing module instantiation|does not export an item|leading byte|type index out of bounds|type mismatch in (import `::|export `g)|missing expected (import `::|export `[xf]`)/,
  },
  {
    name: "attributes of imports and exports",
    why: "they tell tools what a name stands for, and change nothing that is linked",
    words: /implements[`']|must be an interface|only instances|is not valid with|not a valid name/,
  },
  {
    name: "names of parameters",
    why: "values are passed by position",
    words: /expected parameter named/,
  },
  {
    name: "what no host provides",
    why: "a cell imports functions and resources; modules and components would come without a way to count what they take",
    words: /which no host provides|is not an instance of functions and types/,
  },
  {
    name: "core types of WebAssembly 3.0",
    why: "a component that declares garbage-collected types needs a heap that nobody counts",
    words: /core type that is neither a function nor a module/,
  },
  {
    name: "calls between a component and those within it",
    why: "the specification's text allows them both ways (`may_enter_from`), and its tests say that they trap for now",
    words: /wasm trap: cannot enter component instance/,
  },
  {
    name: "types that reach outward",
    why: "a resource that a component within finds in the one around is that instance's, by identity",
    words: /transitively refers to resources|resource types are not the same/,
  },
];

/** The difference that explains a failure; `undefined` when none does. */
export function findDifference(failure: string): Difference | undefined {
  const [, words = failure] = /^(?:was not refused|did not trap): (.*)$/s.exec(failure) ?? [];
  return DIFFERENCES.find((difference) => difference.words.test(words));
}
