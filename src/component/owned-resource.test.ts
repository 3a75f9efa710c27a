/** Resources of a component that the host owns, during a call that they were lent to. */
import { describe, expect, test } from "vitest";
import { failureOf, funcOf, link } from "./link.testing.ts";
import { OwnedResource } from "./resources.ts";

/** One component defines things; another one borrows them, calls the host, and then drops what it borrowed. */
const TEXT = `(component
  (import "dropped" (func $dropped (param "rep" u32)))
  (import "during" (func $during))
  (component $maker
    (import "dropped" (func $dropped (param "rep" u32)))
    (core func $dropped (canon lower (func $dropped)))
    (type $thing' (resource (rep i32) (dtor (core func $dropped))))
    (export $thing "thing" (type $thing'))
    (core func $new (canon resource.new $thing'))
    (core module $code
      (import "all" "new" (func $new (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "both") (param i32 i32)))
    (core instance $main (instantiate $code (with "all" (instance (export "new" (func $new))))))
    (func (export "make") (param "rep" u32) (result (own $thing)) (canon lift (core func $main "make")))
    (func (export "both") (param "it" (borrow $thing)) (param "that" (own $thing))
      (canon lift (core func $main "both"))))
  (component $user
    (import "thing" (type $thing (sub resource)))
    (import "during" (func $during))
    (core func $during (canon lower (func $during)))
    (core func $drop (canon resource.drop $thing))
    (core module $code
      (import "all" "during" (func $during))
      (import "all" "drop" (func $drop (param i32)))
      (func (export "use") (param i32) (call $during) (call $drop (local.get 0)))
      (func (export "fail") (param i32) (call $during) unreachable))
    (core instance $main (instantiate $code (with "all" (instance
      (export "during" (func $during)) (export "drop" (func $drop))))))
    (func (export "use") (param "it" (borrow $thing)) (canon lift (core func $main "use")))
    (func (export "fail") (param "it" (borrow $thing)) (canon lift (core func $main "fail"))))
  (instance $maker (instantiate $maker (with "dropped" (func $dropped))))
  (alias export $maker "thing" (type $thing))
  (instance $user (instantiate $user (with "thing" (type $thing)) (with "during" (func $during))))
  (export "make" (func $maker "make"))
  (export "both" (func $maker "both"))
  (export "use" (func $user "use"))
  (export "fail" (func $user "fail")))`;

const REFUSAL = "A resource was disposed while a call that it was lent to is under way";

interface Started {
  readonly thing: OwnedResource;
  readonly dropped: number[];
  readonly call: (name: "use" | "fail" | "both", ...args: readonly unknown[]) => unknown;
}

/** @param during called by the component while the thing is lent */
async function start(during: (thing: OwnedResource) => unknown): Promise<Started> {
  const dropped: number[] = [];
  let made: unknown;
  const host = {
    dropped: (rep: unknown) => void dropped.push(rep as number),
    during: () => during(made as OwnedResource),
  };
  const exports = await link(TEXT, { "": host }, { suspending: ["#during"] });
  made = await funcOf(exports, "make")(5);
  if (!(made instanceof OwnedResource)) throw new TypeError("No resource was made");
  return { thing: made, dropped, call: (name, ...args) => funcOf(exports, name)(...args) };
}

describe("OwnedResource", () => {
  test("cannot be disposed while it is lent, and can be after that", async () => {
    let refused: unknown;
    const { thing, dropped, call } = await start((lent) => {
      try {
        lent[Symbol.dispose]();
      } catch (reason) {
        refused = reason;
      }
    });
    await call("use", thing);
    expect(refused).toBeInstanceOf(TypeError);
    expect(refused).toHaveProperty("message", REFUSAL);
    expect(dropped).toEqual([]);
    await call("use", thing);
    thing[Symbol.dispose]();
    expect(dropped).toEqual([5]);
  });

  test("cannot be disposed while a call that it was lent to is suspended", async () => {
    const waiting = Promise.withResolvers<void>();
    const { thing, dropped, call } = await start(() => waiting.promise);
    const used = call("use", thing);
    expect(() => thing[Symbol.dispose]()).toThrow(REFUSAL);
    waiting.resolve();
    await used;
    expect(dropped).toEqual([]);
    thing[Symbol.dispose]();
    expect(dropped).toEqual([5]);
  });

  test("is no more lent when the call has trapped; then nothing runs in its component", async () => {
    const { thing, dropped, call } = await start(() => undefined);
    expect((await failureOf(() => call("fail", thing))).message).toBe("unreachable");
    expect(() => thing[Symbol.dispose]()).toThrow("cannot enter component instance");
    expect(dropped).toEqual([]);
  });

  test("cannot be given away by the call that it is lent to", async () => {
    const { thing, call } = await start(() => undefined);
    const failure = await failureOf(() => call("both", thing, thing));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe("cannot remove owned resource while borrowed");
  });
});
