/** Waiting within composed components: the inner one calls a host function that returns a promise. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { beforeAll, describe, expect, test } from "vitest";
import type { ComponentExports } from "./instantiate.ts";
import { failureOf, funcOf, linkBinary, ROOM } from "./link.testing.ts";

/** Has a function for each place where a component's code may run, which waits there. */
const INNER = `
  (component $inner
    (import "wait" (func $wait (param "n" u32) (result u32)))
    (core func $wait (canon lower (func $wait)))
    (core module $waits
      (import "host" "wait" (func $wait (param i32) (result i32)))
      (memory (export "memory") 1)
      ;; Whatever it could catch.
      (func (export "end") (param i32)
        (block $caught (try_table (catch_all $caught) (drop (call $wait (local.get 0))))))
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $wait (i32.const 1)))
      (func (export "post-return") (param i32) (drop (call $wait (i32.const 2))))
      (func (export "double") (param i32) (result i32) (i32.mul (i32.const 2) (call $wait (local.get 0))))
      (func (export "take") (param i32 i32)))
    (core instance $main (instantiate $waits (with "host" (instance (export "wait" (func $wait))))))
    (type $thing' (resource (rep i32) (dtor (core func $main "end"))))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (core module $make
      (import "thing" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0))))
    (core instance $makes (instantiate $make (with "thing" (instance (export "new" (func $new))))))
    (func (export "double") (param "n" u32) (result u32) (canon lift (core func $main "double")))
    (func (export "allocates") (param "text" string) (canon lift (core func $main "take")
      (memory (core memory $main "memory")) (realloc (core func $main "realloc"))))
    (func (export "tidies") (param "n" u32) (result u32) (canon lift (core func $main "double")
      (post-return (core func $main "post-return"))))
    (func (export "make") (param "n" u32) (result (own $thing)) (canon lift (core func $makes "make"))))`;

/** Passes calls on to the nested component, or drops one of its things. */
const MIDDLE = `
  (component $middle
    (import "inner" (instance $inner
      (export "thing" (type $thing (sub resource)))
      (export "double" (func (param "n" u32) (result u32)))
      (export "allocates" (func (param "text" string)))
      (export "make" (func (param "n" u32) (result (own $thing))))))
    (alias export $inner "thing" (type $thing))
    ${ROOM}
    (core func $double (canon lower (func $inner "double")))
    (core func $allocates (canon lower (func $inner "allocates") (memory $memory)))
    (core func $make (canon lower (func $inner "make")))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "inner" "double" (func $double (param i32) (result i32)))
      (import "inner" "allocates" (func $allocates (param i32 i32)))
      (import "inner" "make" (func $make (param i32) (result i32)))
      (import "inner" "drop" (func $drop (param i32)))
      (func (export "double") (param i32) (result i32) (call $double (local.get 0)))
      (func (export "allocates") (call $allocates (i32.const 0) (i32.const 4)))
      (func (export "ends") (call $drop (call $make (i32.const 5)))))
    (core instance $main (instantiate $code (with "inner" (instance
      (export "double" (func $double)) (export "allocates" (func $allocates))
      (export "make" (func $make)) (export "drop" (func $drop))))))
    (func (export "double") (param "n" u32) (result u32) (canon lift (core func $main "double")))
    (func (export "allocates") (canon lift (core func $main "allocates")))
    (func (export "ends") (canon lift (core func $main "ends"))))`;

const OUTER = `
  (component $outer
    (import "double" (func $double (param "n" u32) (result u32)))
    (core func $double (canon lower (func $double)))
    (core module $code
      (import "middle" "double" (func $double (param i32) (result i32)))
      (func (export "quadruple") (param i32) (result i32) (call $double (call $double (local.get 0))))
      (func (export "one") (result i32) (i32.const 1)))
    (core instance $main (instantiate $code (with "middle" (instance (export "double" (func $double))))))
    (func (export "quadruple") (param "n" u32) (result u32) (canon lift (core func $main "quadruple")))
    (func (export "one") (result u32) (canon lift (core func $main "one"))))`;

const ALL = `(component
  (import "wait" (func $wait (param "n" u32) (result u32)))
  ${INNER} ${MIDDLE} ${OUTER}
  (instance $inner (instantiate $inner (with "wait" (func $wait))))
  (instance $middle (instantiate $middle (with "inner" (instance $inner))))
  (instance $outer (instantiate $outer (with "double" (func $middle "double"))))
  (component $idle
    (core module $code (func (export "f") (result i32) (i32.const 3)))
    (core instance $main (instantiate $code))
    (func (export "f") (result u32) (canon lift (core func $main "f"))))
  (instance $idle (instantiate $idle))
  (export "idle" (func $idle "f"))
  (export "quadruple" (func $outer "quadruple"))
  (export "one" (func $outer "one"))
  (export "allocates" (func $middle "allocates"))
  (export "ends" (func $middle "ends"))
  (export "tidies" (func $inner "tidies"))
  (export "allocates-for-host" (func $inner "allocates"))
  (export "make" (func $inner "make")))`;

let bytes: Uint8Array;
beforeAll(async () => {
  bytes = await parse(ALL);
});

type Wait = (n: number) => unknown;

function start(wait: Wait): ComponentExports {
  const host = { wait: wait as (...args: unknown[]) => unknown };
  return linkBinary(bytes, { "": host }, { suspending: ["#wait"] });
}

const CANNOT_WAIT = "it would have to wait where it cannot: while it starts, or drops a resource";

describe("LiftedFunc", () => {
  test("gives a promise when a component far within waits", async () => {
    const order: number[] = [];
    const exports = start(async (n) => {
      await Promise.resolve();
      order.push(n);
      return n;
    });
    const call = funcOf(exports, "quadruple")(3);
    expect(call).toBeInstanceOf(Promise);
    expect(order).toEqual([]);
    expect(await call).toBe(12);
    expect(order).toEqual([3, 6]);
    expect(await funcOf(exports, "quadruple")(1)).toBe(4);
  });

  test("gives a promise when nothing has to wait, too", async () => {
    const exports = start((n) => n);
    const call = funcOf(exports, "quadruple")(3);
    expect(call).toBeInstanceOf(Promise);
    expect(await call).toBe(12);
  });

  test("refuses to be entered while it waits, and goes on as if nothing had been", async () => {
    const { promise, resolve } = Promise.withResolvers<number>();
    const exports = start(() => promise);
    const call = funcOf(exports, "quadruple")(1);
    for (const name of ["one", "idle", "quadruple", "ends", "make"]) {
      const failure = await failureOf(() => funcOf(exports, name)(1));
      expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
      expect(failure.message).toBe("cannot enter component instance");
    }
    resolve(5);
    expect(await call).toBe(10);
    expect(await funcOf(exports, "one")()).toBe(1);
    expect(funcOf(exports, "idle")()).toBe(3);
    expect(await funcOf(exports, "make")(1)).toBeDefined();
  });

  test("refuses to be entered by the host that it calls", async () => {
    let exports: ComponentExports | undefined;
    let failure: unknown;
    exports = start((n) => {
      try {
        if (exports !== undefined) return funcOf(exports, "one")();
      } catch (error) {
        failure = error;
      }
      return n;
    });
    expect(await funcOf(exports, "quadruple")(2)).toBe(8);
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
  });

  test("traps when the host's promise is broken, and never runs again", async () => {
    const exports = start(() => Promise.reject(new Error("the host is out of order")));
    const failure = await failureOf(() => funcOf(exports, "quadruple")(1));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe("the host is out of order");
    for (const name of ["one", "quadruple", "ends"]) {
      expect((await failureOf(() => funcOf(exports, name)(1))).message).toBe(
        "cannot enter component instance",
      );
    }
  });

  test.for([
    ["an allocator, for another component", "allocates", []],
    ["an allocator, for the host", "allocates-for-host", ["text"]],
    ["a post-return", "tidies", [1]],
    ["a destructor", "ends", []],
  ] as const)("traps when %s would have to wait", async ([place, name, args]) => {
    const exports = start((n) => (n === 1 && place === "a post-return" ? n : Promise.resolve(n)));
    const failure = await failureOf(() => funcOf(exports, name)(...args));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    // Allocators and post-return functions may not call out at all.
    const message = name === "ends" ? CANNOT_WAIT : "cannot leave component instance";
    expect(failure.message).toBe(message);
  });

  test("traps when a destructor that the host calls would have to wait", async () => {
    const exports = start((n) => Promise.resolve(n));
    const thing = (await funcOf(exports, "make")(5)) as Disposable;
    const failure = await failureOf(() => thing[Symbol.dispose]());
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe(CANNOT_WAIT);
  });
});

describe("instantiateComponent()", () => {
  test.for([
    ["itself", "(start $wait)"],
    ["in its code", "(func $begin (call $wait)) (start $begin)"],
    [
      "where it would catch what is thrown",
      "(func $begin (block $caught (try_table (catch_all $caught) (call $wait)))) (start $begin)",
    ],
  ] as const)("fails when the start of a core module would have to wait %s", async ([, start]) => {
    const text = `(component
      (import "wait" (func $wait))
      (core func $wait (canon lower (func $wait)))
      (core module $code (import "" "wait" (func $wait)) ${start})
      (core instance (instantiate $code (with "" (instance (export "wait" (func $wait)))))))`;
    const binary = await parse(text);
    let called = 0;
    const imports = { "": { wait: () => Promise.resolve(called++) } };
    const failure = await failureOf(() => linkBinary(binary, imports, { suspending: ["#wait"] }));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe(CANNOT_WAIT);
    expect(called).toBe(0);
  });

  test("gives no promise to a component that was linked before the one it calls could wait", async () => {
    // The inner component imports a function of the outer one, which can wait only later, through its table.
    const text = `(component
      (import "wait" (func $wait (result u32)))
      (component $inner
        (import "f" (func $f (result u32)))
        (core func $f (canon lower (func $f)))
        (core module $code
          (import "" "f" (func $f (result i32)))
          (func (export "g") (result i32) (call $f)))
        (core instance $main (instantiate $code (with "" (instance (export "f" (func $f))))))
        (func (export "g") (result u32) (canon lift (core func $main "g"))))
      (core module $shim
        (type $t (func (result i32)))
        (table (export "table") 1 funcref)
        (func (export "f") (result i32) (call_indirect (type $t) (i32.const 0))))
      (core instance $shim (instantiate $shim))
      (func $f (result u32) (canon lift (core func $shim "f")))
      (instance $inner (instantiate $inner (with "f" (func $f))))
      (core func $wait (canon lower (func $wait)))
      (core module $fill
        (import "" "table" (table 1 funcref)) (import "" "wait" (func $wait (result i32)))
        (elem (i32.const 0) func $wait))
      (core instance (instantiate $fill (with "" (instance
        (export "table" (table $shim "table")) (export "wait" (func $wait))))))
      (export "g" (func $inner "g")))`;
    const binary = await parse(text);
    const waits = linkBinary(binary, { "": { wait: async () => 7 } }, { suspending: ["#wait"] });
    const failure = await failureOf(funcOf(waits, "g"));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe(CANNOT_WAIT);
  });
});
