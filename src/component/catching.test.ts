/** Guests that catch every error of their calls: an error that ends a component must not be caught. */
import { describe, expect, test } from "vitest";
import type { HostImports } from "./host-imports.ts";
import { failureOf, funcOf, link, ROOM } from "./link.testing.ts";

/** Each returns 1 if it caught an error. */
const CATCHERS: ReadonlyArray<readonly [name: string, (call: string) => string]> = [
  [
    "catch_all",
    (call) =>
      `(block $caught (try_table (catch_all $caught) ${call} (return (i32.const 0)))) (i32.const 1)`,
  ],
  [
    "catch_all_ref",
    (call) =>
      `(drop (block $caught (result exnref) (try_table (catch_all_ref $caught) ${call} (return (i32.const 0))) unreachable)) (i32.const 1)`,
  ],
  [
    "the catch_all of old",
    (call) => `try ${call} i32.const 0 return catch_all i32.const 1 return end unreachable`,
  ],
];

interface Guest {
  /** Definitions that create the core function `$f`. */
  readonly lowered: string;
  /** The core code's declaration of `f`, and the call. */
  readonly core: string;
  readonly call: string;
  readonly host?: HostImports[string];
}

function catches({ lowered, core, call }: Guest, catcher: (call: string) => string): string {
  return `(component
    ${lowered}
    (core module $code
      (import "host" "f" (func $f ${core}))
      (func (export "run") (result i32) ${catcher(call)}))
    (core instance $main (instantiate $code (with "host" (instance (export "f" (func $f))))))
    (func (export "run") (result u32) (canon lift (core func $main "run"))))`;
}

function fromHost(type: string, options = "(memory $memory) (realloc $realloc)"): string {
  return `(import "f" (func $f ${type})) ${ROOM} (core func $f (canon lower (func $f) ${options}))`;
}

/** A nested component whose function has this core code, lowered as `$f`. */
function fromComponent(type: string, coreType: string, body: string): string {
  return `
    (component $callee
      (core module $code
        (tag $oops)
        (func (export "f") ${coreType} ${body}))
      (core instance $main (instantiate $code))
      (func (export "f") ${type} (canon lift (core func $main "f"))))
    (instance $callee (instantiate $callee))
    (core func $f (canon lower (func $callee "f")))`;
}

function fail(): never {
  throw new Error("the host is out of order");
}

const GUESTS: Readonly<Record<string, Guest>> = {
  "an error of the host": { lowered: fromHost(""), core: "", call: "(call $f)", host: { f: fail } },
  "an error of the host, of a function that has errors of its own": {
    lowered: fromHost("(result (result u8 (error u8)))"),
    core: "(param i32)",
    call: "(call $f (i32.const 0))",
    host: { f: fail },
  },
  "what a host throws that is no error": {
    lowered: fromHost(""),
    core: "",
    call: "(call $f)",
    host: {
      f: () => {
        throw "a text";
      },
    },
  },
  "a trap that the host made": {
    lowered: fromHost(""),
    core: "",
    call: "(call $f)",
    host: {
      f: () => {
        throw new WebAssembly.RuntimeError("made by a script");
      },
    },
  },
  "a value of the host that is of another type": {
    lowered: fromHost(`(result (tuple string u64))`),
    core: "(param i32)",
    call: "(call $f (i32.const 0))",
    host: { f: () => ["text", 5] },
  },
  "a host that forgot its value": {
    lowered: fromHost(`(result (result (tuple u8 u8)))`),
    core: "(param i32)",
    call: "(call $f (i32.const 0))",
    host: { f: () => undefined },
  },
  "a host that forgot its one value": {
    lowered: fromHost(`(result (result (variant (case "a") (case "b" u8))))`),
    core: "(param i32)",
    call: "(call $f (i32.const 0))",
    host: { f: () => undefined },
  },
  "an error that is of another type": {
    lowered: fromHost(`(result (result u8 (error (variant (case "a" u64)))))`),
    core: "(param i32)",
    call: "(call $f (i32.const 0))",
    host: {
      f: () => {
        throw null;
      },
    },
  },
  "a function that the host does not have": { lowered: fromHost(""), core: "", call: "(call $f)" },
  "a parameter that is no value": {
    lowered: fromHost(`(param "x" char)`),
    core: "(param i32)",
    call: "(call $f (i32.const -1))",
    host: { f: () => undefined },
  },
  "a place beyond memory": {
    lowered: fromHost(`(result string)`),
    core: "(param i32)",
    call: "(call $f (i32.const -1))",
    host: { f: () => "" },
  },
  "parameters of other core types": {
    lowered: fromHost(`(param "x" u32) (param "y" u64)`),
    core: "(param i64 f64)",
    call: "(call $f (i64.const 1) (f64.const 2))",
    host: { f: () => undefined },
  },
  "too few parameters": {
    lowered: fromHost(`(param "x" u64) (param "y" string)`),
    core: "",
    call: "(call $f)",
    host: { f: () => undefined },
  },
  "an allocator that throws": {
    lowered: `
      (import "f" (func $f (result string)))
      (core module $room-code
        (tag $oops)
        (memory (export "memory") 1)
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (throw $oops)))
      (core instance $room (instantiate $room-code))
      (alias core export $room "memory" (core memory $memory))
      (core func $f (canon lower (func $f) (memory $memory) (realloc (core func $room "realloc"))))`,
    core: "(param i32)",
    call: "(call $f (i32.const 0))",
    host: { f: () => "text" },
  },
  "a trap of another component": {
    lowered: fromComponent("", "", "unreachable"),
    core: "",
    call: "(call $f)",
  },
  "an exception of another component": {
    lowered: fromComponent("", "", "(throw $oops)"),
    core: "",
    call: "(call $f)",
  },
  "a result of another component that is no value": {
    lowered: fromComponent("(result char)", "(result i32)", "(i32.const -1)"),
    core: "(result i32)",
    call: "(drop (call $f))",
  },
  "a handle that there is not": {
    lowered: `(type $thing (resource (rep i32))) (core func $f (canon resource.drop $thing))`,
    core: "(param i32)",
    call: "(call $f (i32.const 5))",
  },
  "a destructor of another component that throws": {
    lowered: `
      (component $maker
        (core module $end (tag $oops) (func (export "end") (param i32) (throw $oops)))
        (core instance $end (instantiate $end))
        (type $thing' (resource (rep i32) (dtor (core func $end "end"))))
        (export $thing "thing" (type $thing'))
        (core func $new (canon resource.new $thing'))
        (core module $code
          (import "" "new" (func $new (param i32) (result i32)))
          (func (export "make") (result i32) (call $new (i32.const 1))))
        (core instance $main (instantiate $code (with "" (instance (export "new" (func $new))))))
        (func (export "make") (result (own $thing)) (canon lift (core func $main "make"))))
      (instance $maker (instantiate $maker))
      (alias export $maker "thing" (type $thing))
      (core func $make (canon lower (func $maker "make")))
      (core func $drop (canon resource.drop $thing))
      (core module $both
        (import "" "make" (func $make (result i32))) (import "" "drop" (func $drop (param i32)))
        (func (export "f") (call $drop (call $make))))
      (core instance $both (instantiate $both (with "" (instance
        (export "make" (func $make)) (export "drop" (func $drop))))))
      (alias core export $both "f" (core func $f))`,
    core: "",
    call: "(call $f)",
  },
};

describe("createTrap() makes what no guest catches", () => {
  for (const [catcher, wrap] of CATCHERS) {
    test.for(Object.entries(GUESTS))(`${catcher}: %s`, async ([, guest]) => {
      const host = guest.host ?? {};
      const exports = await link(catches(guest, wrap), { "": host });
      const failure = await failureOf(funcOf(exports, "run"));
      expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
      expect((await failureOf(funcOf(exports, "run"))).message).toBe(
        "cannot enter component instance",
      );
    });

    test(`${catcher}: a promise of the host that comes to nothing`, async () => {
      const guest: Guest = {
        lowered: fromHost("(result u64)"),
        core: "(result i64)",
        call: "(drop (call $f))",
      };
      for (const f of [
        () => Promise.reject(new Error("the host is out of order")),
        async () => 5,
      ]) {
        const exports = await link(catches(guest, wrap), { "": { f } }, { suspending: ["#f"] });
        const failure = await failureOf(funcOf(exports, "run"));
        expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
      }
    });
  }
});
