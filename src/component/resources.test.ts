/** Resources across three components and the host: one component defines them, one borrows them, one owns them. */
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { beforeAll, describe, expect, test } from "vitest";
import type { ComponentExports } from "./instantiate.ts";
import { failureOf, funcOf, link, linkBinary } from "./link.testing.ts";
import { OwnedResource } from "./resources.ts";

/** Defines `thing` and `other`, whose destructors pass the representation to the host. */
const MAKER = `
  (component $maker
    (import "dropped" (func $dropped (param "rep" u32)))
    (core func $dropped (canon lower (func $dropped)))
    (core module $end-code
      (import "host" "dropped" (func $dropped (param i32)))
      (func (export "end") (param i32)
        (if (i32.eq (local.get 0) (i32.const 666)) (then unreachable))
        (call $dropped (local.get 0))))
    (core instance $end (instantiate $end-code
      (with "host" (instance (export "dropped" (func $dropped))))))
    (type $thing' (resource (rep i32) (dtor (core func $end "end"))))
    (type $other' (resource (rep i32)))
    (export $thing "thing" (type $thing'))
    (export $other "other" (type $other'))
    (core func $new (canon resource.new $thing'))
    (core func $rep (canon resource.rep $thing'))
    (core func $drop (canon resource.drop $thing'))
    (core func $new-other (canon resource.new $other'))
    (core module $code
      (import "thing" "new" (func $new (param i32) (result i32)))
      (import "thing" "rep" (func $rep (param i32) (result i32)))
      (import "thing" "drop" (func $drop (param i32)))
      (import "other" "new" (func $new-other (param i32) (result i32)))
      (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
      (func (export "make-other") (param i32) (result i32) (call $new-other (local.get 0)))
      ;; What is borrowed by its own instance is its number, and no handle.
      (func (export "read") (param i32) (result i32) (local.get 0))
      (func (export "both") (param i32 i32) (result i32) (local.get 0))
      (func (export "take") (param i32) (result i32)
        (call $rep (local.get 0))
        (call $drop (local.get 0))))
    (core instance $main (instantiate $code
      (with "thing" (instance
        (export "new" (func $new)) (export "rep" (func $rep)) (export "drop" (func $drop))))
      (with "other" (instance (export "new" (func $new-other))))))
    (func (export "make") (param "rep" u32) (result (own $thing)) (canon lift (core func $main "make")))
    (func (export "make-other") (param "rep" u32) (result (own $other)) (canon lift (core func $main "make-other")))
    (func (export "read") (param "it" (borrow $thing)) (result u32) (canon lift (core func $main "read")))
    (func (export "both") (param "it" (borrow $thing)) (param "that" (own $thing)) (result u32)
      (canon lift (core func $main "both")))
    (func (export "take") (param "it" (own $thing)) (result u32) (canon lift (core func $main "take"))))`;

const MAKER_TYPE = `
  (import "maker" (instance $maker
    (export "thing" (type $thing (sub resource)))
    (export "other" (type $other (sub resource)))
    (export "make" (func (param "rep" u32) (result (own $thing))))
    (export "make-other" (func (param "rep" u32) (result (own $other))))
    (export "read" (func (param "it" (borrow $thing)) (result u32)))
    (export "both" (func (param "it" (borrow $thing)) (param "that" (own $thing)) (result u32)))
    (export "take" (func (param "it" (own $thing)) (result u32)))))
  (alias export $maker "thing" (type $thing))
  (core func $read (canon lower (func $maker "read")))
  (core func $drop (canon resource.drop $thing))`;

/** Borrows things; the names of its functions say what it does with them. */
const READER = `
  (component $reader
    ${MAKER_TYPE}
    (core func $take (canon lower (func $maker "take")))
    (core module $code
      (import "maker" "read" (func $read (param i32) (result i32)))
      (import "maker" "take" (func $take (param i32) (result i32)))
      (import "maker" "drop" (func $drop (param i32)))
      (func (export "reads") (param i32) (result i32)
        (call $read (local.get 0)) (call $drop (local.get 0)))
      (func (export "keeps") (param i32) (result i32) (call $read (local.get 0)))
      (func (export "drops-twice") (param i32) (result i32)
        (call $drop (local.get 0)) (call $drop (local.get 0)) (i32.const 0))
      (func (export "reads-late") (param i32) (result i32)
        (call $drop (local.get 0)) (call $read (local.get 0)))
      (func (export "gives-away") (param i32) (result i32) (call $take (local.get 0))))
    (core instance $main (instantiate $code (with "maker" (instance
      (export "read" (func $read)) (export "take" (func $take)) (export "drop" (func $drop))))))
    ${["reads", "keeps", "drops-twice", "reads-late", "gives-away"]
      .map(
        (name) => `(func (export "${name}") (param "it" (borrow $thing)) (result u32)
          (canon lift (core func $main "${name}")))`,
      )
      .join("\n")})`;

/** Each makes a thing with the number 7, and passes it on. */
const OWNER_FUNCS: Readonly<Record<string, string>> = {
  lends: `(local.set 0 (call $make (i32.const 7)))
    (call $reads (local.get 0)) (call $drop (local.get 0))`,
  "lends-twice": `(local.set 0 (call $make (i32.const 7)))
    (i32.add (call $reads (local.get 0)) (call $reads (local.get 0))) (call $drop (local.get 0))`,
  gives: `(call $take (call $make (i32.const 7)))`,
  "drops-twice": `(local.set 0 (call $make (i32.const 7)))
    (call $drop (local.get 0)) (call $drop (local.get 0)) (i32.const 0)`,
  "reads-what-it-gave": `(local.set 0 (call $make (i32.const 7)))
    (drop (call $take (local.get 0))) (call $reads (local.get 0))`,
  "drops-what-it-gave": `(local.set 0 (call $make (i32.const 7)))
    (drop (call $take (local.get 0))) (call $drop (local.get 0)) (i32.const 0)`,
  "gives-twice": `(local.set 0 (call $make (i32.const 7)))
    (drop (call $take (local.get 0))) (call $take (local.get 0))`,
  "reads-another-type": `(call $reads (call $make-other (i32.const 7)))`,
  "drops-another-type": `(call $drop (call $make-other (i32.const 7))) (i32.const 0)`,
  "gives-what-it-lends": `(local.set 0 (call $make (i32.const 7)))
    (call $both (local.get 0) (local.get 0))`,
  "reads-zero": `(call $reads (i32.const 0))`,
  "reads-minus-one": `(call $reads (i32.const -1))`,
  "lends-to-one-that-keeps": `(call $keeps (call $make (i32.const 7)))`,
  "lends-to-one-that-drops-twice": `(call $drops-twice (call $make (i32.const 7)))`,
  "lends-to-one-that-reads-late": `(call $reads-late (call $make (i32.const 7)))`,
  "lends-to-one-that-gives-away": `(call $gives-away (call $make (i32.const 7)))`,
  "ends-what-traps": `(call $drop (call $make (i32.const 666))) (i32.const 0)`,
  floods: `(loop $more (drop (call $make (i32.const 7))) (br $more)) unreachable`,
};

const READERS = ["reads", "keeps", "drops-twice", "reads-late", "gives-away"];
const CORE_IMPORTS = [
  ...["make", "make-other", "take", "both"].map((name) => [name, `(func $maker "${name}")`]),
  ...READERS.map((name) => [name, `(func $reader "${name}")`]),
] as const;

const OWNER = `
  (component $owner
    ${MAKER_TYPE}
    (import "reader" (instance $reader
      ${READERS.map((name) => `(export "${name}" (func (param "it" (borrow $thing)) (result u32)))`).join("\n")}))
    ${CORE_IMPORTS.map(([name, func]) => `(core func $lowered-${name} (canon lower ${func}))`).join("\n")}
    (core module $code
      ${CORE_IMPORTS.map(([name]) => `(import "all" "${name}" (func $${name} (param ${name === "both" ? "i32 i32" : "i32"}) (result i32)))`).join("\n")}
      (import "all" "drop" (func $drop (param i32)))
      ${Object.entries(OWNER_FUNCS)
        .map(([name, body]) => `(func (export "${name}") (result i32) (local i32) ${body})`)
        .join("\n")})
    (core instance $main (instantiate $code (with "all" (instance
      (export "drop" (func $drop))
      ${CORE_IMPORTS.map(([name]) => `(export "${name}" (func $lowered-${name}))`).join("\n")}))))
    ${Object.keys(OWNER_FUNCS)
      .map(
        (name) => `(func (export "${name}") (result u32) (canon lift (core func $main "${name}")))`,
      )
      .join("\n")})`;

const ALL = `(component
  (import "dropped" (func $dropped (param "rep" u32)))
  ${MAKER} ${READER} ${OWNER}
  (instance $maker (instantiate $maker (with "dropped" (func $dropped))))
  (instance $reader (instantiate $reader (with "maker" (instance $maker))))
  (instance $owner (instantiate $owner
    (with "maker" (instance $maker)) (with "reader" (instance $reader))))
  ${Object.keys(OWNER_FUNCS)
    .map((name) => `(export "${name}" (func $owner "${name}"))`)
    .join("\n")}
  (export "make" (func $maker "make"))
  (export "make-other" (func $maker "make-other"))
  (export "read" (func $maker "read"))
  (export "take" (func $maker "take"))
  (export "keeps" (func $reader "keeps"))
  (export "reads" (func $reader "reads")))`;

let bytes: Uint8Array;
beforeAll(async () => {
  bytes = await parse(ALL);
});

function start(): { readonly exports: ComponentExports; readonly dropped: number[] } {
  const dropped: number[] = [];
  const host = { dropped: (rep: unknown) => void dropped.push(rep as number) };
  return { exports: linkBinary(bytes, { "": host }), dropped };
}

describe("ComponentInstance", () => {
  test.for([
    ["lends", 7],
    ["lends-twice", 14],
    ["gives", 7],
  ] as const)("%s a resource, whose destructor runs once", ([name, result]) => {
    const { exports, dropped } = start();
    expect(funcOf(exports, name)()).toBe(result);
    expect(dropped).toEqual([7]);
  });

  test.for([
    ["drops-twice", "unknown handle index 1", [7]],
    ["reads-what-it-gave", "unknown handle index 1", [7]],
    ["drops-what-it-gave", "unknown handle index 1", [7]],
    ["gives-twice", "unknown handle index 1", [7]],
    ["reads-another-type", "used with the wrong type", []],
    ["drops-another-type", "used with the wrong type", []],
    ["gives-what-it-lends", "cannot remove owned resource while borrowed", []],
    ["reads-zero", "unknown handle index 0", []],
    ["reads-minus-one", "unknown handle index", []],
    ["lends-to-one-that-keeps", "borrow handles still remain at the end of the call", []],
    ["lends-to-one-that-drops-twice", "unknown handle index 1", []],
    ["lends-to-one-that-reads-late", "unknown handle index 1", []],
    ["lends-to-one-that-gives-away", "cannot lift own resource from a borrow", []],
    ["ends-what-traps", "unreachable", []],
    ["floods", "it holds more than 16384 resources", []],
  ] as const)("traps where the guest %s", async ([name, message, ended]) => {
    const { exports, dropped } = start();
    const failure = await failureOf(funcOf(exports, name));
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toContain(message);
    expect(dropped).toEqual(ended);
    // Nothing runs in a component that may be broken.
    for (const later of ["lends", "make"]) {
      expect(await failureOf(() => funcOf(exports, later)(1))).toBeInstanceOf(
        WebAssembly.RuntimeError,
      );
    }
  });

  test("traps where components within one hold too many together", async () => {
    const exports = await link(`(component
      (component $child
        (type $thing (resource (rep i32)))
        (core func $new (canon resource.new $thing))
        (core module $code
          (import "all" "new" (func $new (param i32) (result i32)))
          (func (export "fill") (local $left i32)
            (local.set $left (i32.const 10000))
            (loop $more
              (drop (call $new (i32.const 1)))
              (br_if $more (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))))
        (core instance $main (instantiate $code (with "all" (instance (export "new" (func $new))))))
        (func (export "fill") (canon lift (core func $main "fill"))))
      (instance $one (instantiate $child))
      (instance $two (instantiate $child))
      (alias export $one "fill" (func $one))
      (alias export $two "fill" (func $two))
      (export "one" (func $one))
      (export "two" (func $two)))`);
    funcOf(exports, "one")();
    const failure = await failureOf(funcOf(exports, "two"));
    expect(failure.message).toBe("it holds more than 16384 resources");
  });

  test("keeps what is lent to a component within it, which calls back to have it dropped", async () => {
    const { dropped } = start();
    const text = `(component
      (import "dropped" (func $dropped (param "rep" u32)))
      ${MAKER}
      (component $child
        (import "thing" (type $thing (sub resource)))
        (import "drop-it" (func $drop-it))
        (core func $drop-it (canon lower (func $drop-it)))
        (core func $drop (canon resource.drop $thing))
        (core module $code
          (import "all" "drop-it" (func $drop-it)) (import "all" "drop" (func $drop (param i32)))
          (func (export "hold") (param i32) (call $drop-it) (call $drop (local.get 0))))
        (core instance $main (instantiate $code (with "all" (instance
          (export "drop-it" (func $drop-it)) (export "drop" (func $drop))))))
        (func (export "hold") (param "it" (borrow $thing)) (canon lift (core func $main "hold"))))
      (instance $maker (instantiate $maker (with "dropped" (func $dropped))))
      (alias export $maker "thing" (type $thing))
      (core func $make (canon lower (func $maker "make")))
      (core func $drop (canon resource.drop $thing))
      (core module $drop-code
        (import "all" "drop" (func $drop (param i32)))
        (func (export "drop-it") (call $drop (i32.const 1))))
      (core instance $drop-it (instantiate $drop-code (with "all" (instance (export "drop" (func $drop))))))
      (func $drop-it (canon lift (core func $drop-it "drop-it")))
      (instance $child (instantiate $child
        (with "thing" (type $thing)) (with "drop-it" (func $drop-it))))
      (core func $hold (canon lower (func $child "hold")))
      (core module $code
        (import "all" "make" (func $make (param i32) (result i32)))
        (import "all" "hold" (func $hold (param i32)))
        (func (export "run") (call $hold (call $make (i32.const 7)))))
      (core instance $main (instantiate $code (with "all" (instance
        (export "make" (func $make)) (export "hold" (func $hold))))))
      (func (export "run") (canon lift (core func $main "run"))))`;
    const exports = linkBinary(await parse(text), { "": { dropped: () => undefined } });
    const failure = await failureOf(funcOf(exports, "run"));
    expect(failure.message).toBe("cannot remove owned resource while borrowed");
    expect(dropped).toEqual([]);
  });
});

function make(exports: ComponentExports, rep: number): OwnedResource {
  const made = funcOf(exports, "make")(rep);
  if (!(made instanceof OwnedResource)) throw new TypeError("No resource was made");
  return made;
}

describe("OwnedResource", () => {
  test("is lent to methods, and calls the destructor once when it is disposed", () => {
    const { exports, dropped } = start();
    const thing = make(exports, 5);
    expect(funcOf(exports, "read")(thing)).toBe(5);
    expect(funcOf(exports, "reads")(thing)).toBe(5);
    expect(dropped).toEqual([]);
    thing[Symbol.dispose]();
    thing[Symbol.dispose]();
    expect(dropped).toEqual([5]);
  });

  test("is given back, and is the host's no more", () => {
    const { exports, dropped } = start();
    const thing = make(exports, 5);
    expect(funcOf(exports, "take")(thing)).toBe(5);
    thing[Symbol.dispose]();
    expect(dropped).toEqual([5]);
  });

  test.for([
    ["that is disposed", "a resource was passed that the host no longer owns"],
    ["that was given back", "a resource was passed that the host no longer owns"],
    ["of another type", "a resource of another type was passed"],
    ["that is a number", "a value was passed that is not a resource"],
  ] as const)("cannot be passed by a host where it is one %s", async ([name, message]) => {
    const { exports } = start();
    const thing = make(exports, 5);
    const [take, read] = ["take", "read"].map((name) => funcOf(exports, name));
    const calls: Readonly<Record<typeof name, () => unknown>> = {
      "that is disposed": () => (thing[Symbol.dispose](), read?.(thing)),
      "that was given back": () => (take?.(thing), read?.(thing)),
      "of another type": () => read?.(funcOf(exports, "make-other")(1)),
      "that is a number": () => read?.(1),
    };
    const failure = await failureOf(calls[name]);
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect(failure.message).toBe(message);
  });

  test("throws what its destructor throws, and every further call traps", async () => {
    const { exports } = start();
    const thing = make(exports, 666);
    const failure = await failureOf(() => thing[Symbol.dispose]());
    expect(failure).toBeInstanceOf(WebAssembly.RuntimeError);
    expect((await failureOf(() => make(exports, 1))).message).toBe(
      "cannot enter component instance",
    );
  });

  test("must be dropped by a component that it was lent to", async () => {
    const { exports } = start();
    const failure = await failureOf(() => funcOf(exports, "keeps")(make(exports, 5)));
    expect(failure.message).toBe("borrow handles still remain at the end of the call");
  });
});
