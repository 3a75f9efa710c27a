/** Definitions that refer to something missing, or of another kind. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { Exception } from "#base";
import { binary, func, ID, importOf, instantiate, items, text, U8, u32 } from "./binary.testing.ts";
import { failureOf, linkBinary } from "./link.testing.ts";
import { refusalOf, survey } from "./survey.testing.ts";

describe("carryOut() refuses what leads nowhere:", () => {
  const CORE = `(core module $m (memory (export "memory") 1) (func (export "f")))`;
  test.for([
    ["a function", items(ID.export, [0, ...text("a"), 1, 0, 0])],
    ["a type", items(ID.export, [0, ...text("a"), 3, 0, 0])],
    ["a component", items(ID.export, [0, ...text("a"), 4, 0, 0])],
    ["an instance", items(ID.export, [0, ...text("a"), 5, 0, 0])],
    ["a core module", items(ID.export, [0, ...text("a"), 0, 0x11, 0, 0])],
    ["a value", items(ID.export, [0, ...text("a"), 2, 0, 0])],
    ["a sort that there is not", items(ID.export, [0, ...text("a"), 9, 0, 0])],
    ["a type of 2 ** 32 - 1", items(ID.type, [0x6b, ...u32(2 ** 32 - 1)])],
    ["a type that is itself", items(ID.type, [0x6b, 0])],
    ["a type that comes later", items(ID.type, [0x6b, 1], U8)],
    ["the type of a function as a value's", items(ID.type, func([]), [0x6b, 0])],
    ["a value as a resource", items(ID.type, U8, [0x69, 0])],
    [
      "a value as an instance's type",
      [...items(ID.type, U8), ...items(ID.import, importOf("a", 5, 0))],
    ],
    [
      "a value as a function's type",
      [...items(ID.type, U8), ...items(ID.import, importOf("a", 1, 0))],
    ],
    ["an instance to instantiate", items(ID.instance, instantiate(0))],
    ["a module to instantiate", items(ID.coreInstance, [0, 0, 0])],
    ["an alias of an instance", items(ID.alias, [1, 0, 0, ...text("a")])],
    ["an alias of a core instance", items(ID.alias, [0, 0, 1, 0, ...text("a")])],
    ["an alias of what is far outward", items(ID.alias, [3, 2, ...u32(2 ** 32 - 1), 0])],
    ["an alias outward of a function", items(ID.alias, [1, 2, 0, 0])],
    ["a function to lower", items(ID.canon, [1, 0, 0, 0])],
    ["a function to lift", [...items(ID.type, func([])), ...items(ID.canon, [0, 0, 0, 0, 0])]],
    ["a resource to drop", items(ID.canon, [3, 0])],
    ["a value to drop", [...items(ID.type, U8), ...items(ID.canon, [3, 0])]],
    ["a destructor", items(ID.type, [0x3f, 0x7f, 1, 0])],
  ] as const)("%s", ([, sections]) => {
    refusalOf(binary(sections));
  });

  test.for([
    ["a memory that is a function", `(alias core export $i "f" (core memory $x))`],
    ["a function that is a memory", `(alias core export $i "memory" (core func $x))`],
    ["a table that is a memory", `(alias core export $i "memory" (core table $x))`],
    ["a function that it inherits", `(alias core export $i "toString" (core func $x))`],
    ["a function named __proto__", `(alias core export $i "__proto__" (core func $x))`],
    ["a function named constructor", `(alias core export $i "constructor" (core func $x))`],
  ] as const)("%s, once a core module is instantiated", async ([, alias]) => {
    const bytes = await parse(`(component ${CORE} (core instance $i (instantiate $m)) ${alias})`);
    survey(bytes);
    const failure = await failureOf(() => linkBinary(bytes, {}));
    expect(failure).toBeInstanceOf(Exception);
    expect(failure.message).toMatch(/a core instance has no core/);
  });
});
