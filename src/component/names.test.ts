/** Names of members of JavaScript objects and functions, wherever a component can use names. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import { failureOf, funcOf, link } from "./link.testing.ts";
import { parseComponent } from "./parse-component.ts";
import { surveyComponent } from "./survey.ts";

const NAMES = ["constructor", "then", "to-string", "value-of", "has-own-property", "arguments"];
const CORE_NAMES = ["__proto__", "constructor", "then", "toString", "prototype", "", "a b"];

/** A component whose `run` calls the host function of this name, in an interface or outside of one. */
function calls(name: string, interfaceName?: string): string {
  const imported =
    interfaceName === undefined
      ? `(import "${name}" (func $f (result u32)))`
      : `(import "${interfaceName}" (instance $i (export "${name}" (func (result u32)))))
         (alias export $i "${name}" (func $f))`;
  return `(component
    ${imported}
    (core func $f (canon lower (func $f)))
    (core module $code
      (import "" "f" (func $f (result i32)))
      (func (export "run") (result i32) (call $f)))
    (core instance $main (instantiate $code (with "" (instance (export "f" (func $f))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
}

describe("findHostFunc()", () => {
  test.for(NAMES)("finds no %s that every object has", async (name) => {
    for (const imports of [{ "": {} }, {}]) {
      const exports = await link(calls(name), imports);
      expect((await failureOf(funcOf(exports, "run"))).message).toBe(
        `the host has no function "${name}" of ""`,
      );
    }
  });

  test.for(NAMES.filter((name) => name !== "constructor"))(
    "finds a %s that is the host's own",
    async (name) => {
      const camel = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
      const exports = await link(calls(name), { "": { [camel]: () => 5 } });
      expect(funcOf(exports, "run")()).toBe(5);
    },
  );

  test("finds no interface that every object has", async () => {
    for (const name of ["constructor", "to-string"]) {
      const exports = await link(calls("call", name), {});
      expect((await failureOf(funcOf(exports, "run"))).message).toMatch(/the host has no function/);
    }
  });

  test.for(["constructor", "to-string", "value-of", "has-own-property"])(
    "finds no method %s that every resource has",
    async (name) => {
      const text = `(component
        (import "a:b/c" (instance $i
          (export "thing" (type $thing (sub resource)))
          (export "[constructor]thing" (func (result (own $thing))))
          (export "[method]thing.${name}" (func (param "self" (borrow $thing)) (result u32)))))
        (core func $new (canon lower (func $i "[constructor]thing")))
        (core func $f (canon lower (func $i "[method]thing.${name}")))
        (core module $code
          (import "" "new" (func $new (result i32)))
          (import "" "f" (func $f (param i32) (result i32)))
          (func (export "run") (result i32) (call $f (call $new))))
        (core instance $main (instantiate $code (with "" (instance
          (export "new" (func $new)) (export "f" (func $f))))))
        (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
      const exports = await link(text, { "a:b/c": { Thing: Map } });
      expect((await failureOf(funcOf(exports, "run"))).message).toBe(
        `the host has no function "[method]thing.${name}" of "a:b/c"`,
      );
    },
  );
});

describe("instantiateComponent()", () => {
  test.for(CORE_NAMES)("passes what core modules call %j", async (name) => {
    const text = `(component
      (core module $gives (func (export "${name}") (result i32) (i32.const 7)))
      (core instance $gives (instantiate $gives))
      (alias core export $gives "${name}" (core func $f))
      (core instance $again (export "${name}" (func $f)))
      (core module $takes
        (import "${name}" "${name}" (func $f (result i32)))
        (func (export "run") (result i32) (call $f)))
      (core instance $main (instantiate $takes (with "${name}" (instance $again))))
      (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
    expect(funcOf(await link(text), "run")()).toBe(7);
  });

  test.for(NAMES)("exports a function %s, and no other that objects have", async (name) => {
    const text = `(component
      (core module $code (func (export "f") (result i32) (i32.const 7)))
      (core instance $main (instantiate $code))
      (func $f (result u32) (canon lift (core func $main "f")))
      (export "${name}" (func $f))
      (instance $i (export "${name}" (func $f)))
      (export "a:b/${name}" (instance $i)))`;
    const exports = await link(text);
    expect(funcOf(exports, name)()).toBe(7);
    expect(exports.func(`a:b/${name}`, name)?.()).toBe(7);
    for (const other of ["toString", "__proto__", "hasOwnProperty", "size", "get"]) {
      expect(exports.func(undefined, other)).toBeUndefined();
      expect(exports.func(other, name)).toBeUndefined();
    }
  });

  test.for(NAMES)("gives a component within no %s that it is not given", async (name) => {
    const text = `(component
      (component $inner (import "${name}" (func (result u32))))
      (instance (instantiate $inner)))`;
    const failure = await failureOf(() => link(text));
    expect(failure.message).toContain(`does not get its import "${name}"`);
  });

  test("passes flags by their own names, and a host need not name those that are not set", async () => {
    const text = `(component
      (core module $code (func (export "f") (param i32) (result i32) (local.get 0)))
      (core instance $main (instantiate $code))
      (type $flags (flags ${NAMES.map((name) => `"${name}"`).join(" ")}))
      (export $public "flags" (type $flags))
      (func (export "bits") (param "flags" $public) (result u32) (canon lift (core func $main "f"))))`;
    const bits = funcOf(await link(text), "bits");
    expect(bits({})).toBe(0);
    expect(bits({ constructor: true })).toBe(1);
    expect(bits({ toString: true, arguments: false })).toBe(4);
  });
});

describe("surveyComponent()", () => {
  test.for(["__proto__", "__defineGetter__", "toString", "a b", "-a", "a--b", "1a", ""])(
    "refuses %j as the name of a field, an import and an export",
    async (name) => {
      for (const text of [
        `(component (type (record (field "xxxx" u8))))`,
        `(component (import "xxxx" (func)))`,
        `(component (instance $i) (export "xxxx" (instance $i)))`,
      ]) {
        const bytes = await parse(text);
        const at = new TextDecoder("latin1").decode(bytes).indexOf("xxxx");
        const [before, behind] = [bytes.subarray(0, at - 1), bytes.subarray(at + 4)];
        const renamed = Uint8Array.from([...before, name.length, ...encode(name), ...behind]);
        // Adjusts the size of the section around the name.
        const size = at - 1 - sizeAt(bytes, at);
        renamed[size] = (renamed[size] ?? 0) + name.length - 4;
        expect(() => surveyComponent(parseComponent(renamed))).toThrow(/kebab case/);
      }
    },
  );
});

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/**
 * Offset of the size of the section that contains the name: the last section, other than a custom one, that begins
 * before it.
 */
function sizeAt(bytes: Uint8Array, nameAt: number): number {
  let size = 9;
  for (let at = 8; at < nameAt; at += 2 + (bytes[at + 1] ?? 0)) size = at + 1;
  return nameAt - 1 - size;
}
