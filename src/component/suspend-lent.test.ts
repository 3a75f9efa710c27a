/** Waiting while a resource is lent from component to component. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { describe, expect, test } from "vitest";
import type { ComponentExports } from "./instantiate.ts";
import { failureOf, funcOf, linkBinary } from "./link.testing.ts";

type Wait = (n: number) => unknown;

/**
 * The outer component owns a thing and lends it to the middle one, which lends it to the inner one, which then waits.
 */
const LENT = `(component
  (import "wait" (func $wait (param "n" u32) (result u32)))
  (import "dropped" (func $dropped (param "rep" u32)))
  (component $inner
    (import "wait" (func $wait (param "n" u32) (result u32)))
    (import "dropped" (func $dropped (param "rep" u32)))
    (core func $wait (canon lower (func $wait)))
    (core func $dropped (canon lower (func $dropped)))
    (core module $code
      (import "host" "wait" (func $wait (param i32) (result i32)))
      (import "host" "dropped" (func $dropped (param i32)))
      (func (export "end") (param i32) (call $dropped (local.get 0)))
      (func (export "read") (param i32) (result i32) (call $wait (local.get 0))))
    (core instance $main (instantiate $code (with "host" (instance
      (export "wait" (func $wait)) (export "dropped" (func $dropped))))))
    (type $thing' (resource (rep i32) (dtor (core func $main "end"))))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (func (export "make") (param "n" u32) (result (own $thing)) (canon lift (core func $new)))
    (func (export "read") (param "it" (borrow $thing)) (result u32) (canon lift (core func $main "read"))))
  (component $middle
    (import "inner" (instance $inner
      (export "thing" (type $thing (sub resource)))
      (export "read" (func (param "it" (borrow $thing)) (result u32)))))
    (alias export $inner "thing" (type $thing))
    (core func $read (canon lower (func $inner "read")))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "inner" "read" (func $read (param i32) (result i32)))
      (import "inner" "drop" (func $drop (param i32)))
      (func (export "reads") (param i32) (result i32)
        (i32.add (call $read (local.get 0)) (call $read (local.get 0)))
        (call $drop (local.get 0)))
      (func (export "keeps") (param i32) (result i32) (call $read (local.get 0))))
    (core instance $main (instantiate $code (with "inner" (instance
      (export "read" (func $read)) (export "drop" (func $drop))))))
    (func (export "reads") (param "it" (borrow $thing)) (result u32) (canon lift (core func $main "reads")))
    (func (export "keeps") (param "it" (borrow $thing)) (result u32) (canon lift (core func $main "keeps"))))
  (component $outer
    (import "inner" (instance $inner
      (export "thing" (type $thing (sub resource)))
      (export "make" (func (param "n" u32) (result (own $thing))))))
    (alias export $inner "thing" (type $thing))
    (import "middle" (instance $middle
      (export "reads" (func (param "it" (borrow $thing)) (result u32)))
      (export "keeps" (func (param "it" (borrow $thing)) (result u32)))))
    (core func $make (canon lower (func $inner "make")))
    (core func $reads (canon lower (func $middle "reads")))
    (core func $keeps (canon lower (func $middle "keeps")))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "all" "make" (func $make (param i32) (result i32)))
      (import "all" "reads" (func $reads (param i32) (result i32)))
      (import "all" "keeps" (func $keeps (param i32) (result i32)))
      (import "all" "drop" (func $drop (param i32)))
      (func (export "lends") (result i32) (local i32)
        (local.set 0 (call $make (i32.const 7)))
        (call $reads (local.get 0))
        (call $drop (local.get 0)))
      (func (export "lends-to-one-that-keeps") (result i32) (call $keeps (call $make (i32.const 7)))))
    (core instance $main (instantiate $code (with "all" (instance (export "make" (func $make))
      (export "reads" (func $reads)) (export "keeps" (func $keeps)) (export "drop" (func $drop))))))
    (func (export "lends") (result u32) (canon lift (core func $main "lends")))
    (func (export "lends-to-one-that-keeps") (result u32)
      (canon lift (core func $main "lends-to-one-that-keeps"))))
  (instance $inner (instantiate $inner (with "wait" (func $wait)) (with "dropped" (func $dropped))))
  (instance $middle (instantiate $middle (with "inner" (instance $inner))))
  (instance $outer (instantiate $outer (with "inner" (instance $inner)) (with "middle" (instance $middle))))
  (export "lends" (func $outer "lends"))
  (export "lends-to-one-that-keeps" (func $outer "lends-to-one-that-keeps")))`;

async function open(
  wait: Wait,
): Promise<{ readonly exports: ComponentExports; readonly dropped: readonly unknown[] }> {
  const dropped: unknown[] = [];
  const host = {
    wait: wait as (...args: unknown[]) => unknown,
    dropped: (rep: unknown) => void dropped.push(rep),
  };
  return {
    exports: linkBinary(await parse(LENT), { "": host }, { suspending: ["#wait"] }),
    dropped,
  };
}

describe("a resource that is lent through three components", () => {
  test("lives while the innermost waits with it, and is dropped once after that", async () => {
    const waits: PromiseWithResolvers<number>[] = [];
    const { exports, dropped } = await open(() => {
      const wait = Promise.withResolvers<number>();
      waits.push(wait);
      return wait.promise;
    });
    const call = funcOf(exports, "lends")();
    for (const at of [0, 1]) {
      await expect.poll(() => waits.length).toBe(at + 1);
      expect(dropped).toEqual([]);
      waits[at]?.resolve(10 + at);
    }
    expect(await call).toBe(21);
    expect(dropped).toEqual([7]);
  });

  test("traps after the wait where it was not dropped", async () => {
    const { exports, dropped } = await open((n) => Promise.resolve(n));
    const failure = await failureOf(() => funcOf(exports, "lends-to-one-that-keeps")());
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toContain("borrow handles still remain at the end of the call");
    expect(dropped).toEqual([]);
  });
});

test("LiftedFunc calls what a component lifts as it was given it, whether or not that waits", async () => {
  const text = `(component
    (import "wait" (func $wait (param "n" u32) (result u32)))
    (core func $wait (canon lower (func $wait)))
    (type $thing (resource (rep i32)))
    (core func $new (canon resource.new $thing))
    (core func $rep (canon resource.rep $thing))
    (func (export "wait") (param "n" u32) (result u32) (canon lift (core func $wait)))
    (func (export "handle") (param "n" u32) (result u32) (canon lift (core func $new)))
    (func (export "rep") (param "n" u32) (result u32) (canon lift (core func $rep))))`;
  const imports = { "": { wait: (n: unknown) => Promise.resolve(Number(n) + 1) } };
  const exports = linkBinary(await parse(text), imports, { suspending: ["#wait"] });
  expect(await funcOf(exports, "wait")(4)).toBe(5);
  const handle = await funcOf(exports, "handle")(9);
  expect(await funcOf(exports, "rep")(handle)).toBe(9);
  expect(await funcOf(exports, "wait")(5)).toBe(6);
});
