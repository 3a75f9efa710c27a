/** The samples' generated modules as a program uses them, and what cannot be generated. */
import { describe, expect, test } from "vitest";
import { MessageBuilder } from "../builder.ts";
import { serve } from "../interface.ts";
import type { Init } from "../init.ts";
import { MessageReader } from "../reader.ts";
import * as constants from "../samples/generated/constants.ts";
import { Point } from "../samples/generated/data.ts";
import {
  Adder,
  Both,
  Generic,
  Holder,
  Holder_Nested,
  Kept,
  Plain,
  Renames,
  Sized,
  Streams,
  TextAdder,
} from "../samples/generated/interfaces.ts";
import type { BothServer } from "../samples/generated/interfaces.ts";
import * as names from "../samples/generated/names.ts";
import { Thing } from "../samples/generated/other.ts";
import { Colour, Named } from "../samples/generated/parts/other.ts";
import { anyOf, List, Text } from "../types.ts";
import type { PointerType } from "../types.ts";
import { compile, hasCapnp } from "./compile.testing.ts";
import { generate } from "./generate.ts";
import { toMemberName } from "./names.ts";

function rewrite<T>(type: PointerType<T>, value: NoInfer<Init<T>>): T {
  const message = new MessageBuilder();
  type.write(message.root, value);
  return type.read(MessageReader.fromFrame(message.toFrame()).root);
}

describe("names", () => {
  test("that every object or promise has get an underscore, and only those", () => {
    const members: Init<names.Members> = {
      then_: 1,
      catch_: "catch",
      constructor_: "constructor",
      toString_: "toString",
      valueOf_: 2,
      hasOwnProperty_: true,
      read: "read",
      write: "write",
      length: 3,
      which_: 4,
      class: "class",
      s: "s",
      value: "value",
      common: "common",
      which: "isPrototypeOf_",
      isPrototypeOf_: { which: "which" },
      group: { which: "constructor_", constructor_: { then_: 5 } },
    };
    const { finally_, ...read } = rewrite(names.Members, members);
    expect(read).toEqual(members);
    finally_[Symbol.dispose]();
    // Omitted fields are not read from Object.prototype.
    expect(rewrite(names.Members, {})).toMatchObject({ constructor_: "made", toString_: "" });
  });

  test("of an enum stay as they are", () => {
    expect(["then", "constructor", "toString", "class"] as const).toEqual(
      [0, 1, 2, 3].map((ordinal) => names.Words.toName(ordinal)),
    );
    expect(names.Words.toOrdinal("toString")).toBe(2);
  });

  test("of methods and parameters do not get in the way of clients, servers and calls", async () => {
    const server: names.CounterServer_ = {
      then_: (class_, function_) => ({ then_: class_ + function_ }),
      constructor_: (options_, context_) => ({ constructor_: options_ * context_ }),
      toString_: (params_) => ({ text: params_ }),
      dispose: (arguments_, await_, this_) => ({ read: arguments_, write: await_, s: this_ }),
      catch_: ({ which_ }) => ({ finally_: { ...server, then_: () => ({ then_: which_ }) } }),
      nothing: () => ({}),
    };
    using counter = serve(names.Counter, server);
    expect((await counter.then_(1, 2)).then_).toBe(3);
    expect((await counter.constructor_(2)).constructor_).toBe(10);
    expect((await counter.toString_("t")).text).toBe("t");
    using members = await counter.dispose("a", "b", "c");
    expect([members.read, members.write, members.s]).toEqual(["a", "b", "c"]);
    using ahead = counter.catch_({ which_: 7 }).finally_;
    expect((await ahead.then_(0, 0)).then_).toBe(7);
    expect(await counter.nothing()).toEqual({});
    // A client is not a promise.
    expect(await Promise.resolve(counter)).toBe(counter);
  });

  test("of types may be those of the platform and of the language", () => {
    const value: Init<names.Promise_> = {
      list: [{ data: Uint8Array.of(1) }],
      object: { error: "e" },
    };
    expect(rewrite(names.Promise_, value)).toEqual(value);
    const nested = rewrite(names.Promise_Promise, {
      omit: { disposable: { client: { map: { key: "k", inner: { mine: "m" } } } } },
    });
    expect(nested.omit.disposable.client.map).toMatchObject({
      key: "k",
      value: {},
      inner: { mine: "m", outer: {} },
    });
    const server = rewrite(names.CounterServer, {
      others: { things: [{ colour: "red" }] },
      again: { thing: { name: "n" } },
    });
    expect(server.others.things.map(({ colour }) => colour)).toEqual(["red"]);
    expect(server.again).toMatchObject({ colour: "blue", thing: { name: "n" } });
  });

  test("of constants may be reserved words", () => {
    expect([names.default_, names.undefined_, names.class_]).toEqual(["d", 3, "class"]);
  });

  test("that no compiler lets through are refused", () => {
    for (const name of ["__proto__", "Then", "a_b", "a-b", "", "a;b"]) {
      expect(() => toMemberName(name)).toThrow(`Schema has a member "${name}"`);
    }
  });
});

test("files import each other by their paths, annotations make no difference", () => {
  const things = rewrite(Thing, { thing: { name: "n", things: [{}, { colour: "red" }] } });
  expect(things.thing.things.map(({ colour }) => colour)).toEqual(["blue", "red"]);
  expect(Colour.toOrdinal("blue")).toBe(1);
});

describe("interfaces", () => {
  const named = { name: () => ({ name: "a name" }) };

  test("inherit from interfaces of other files, and leave out parameters with defaults", async () => {
    using plain = serve(Plain, { ...named, add: (a, b) => ({ sum: a + b }) });
    expect((await plain.add(1)).sum).toBe(3);
    expect((await plain.add(1, 5)).sum).toBe(6);
    expect((await plain.name()).name).toBe("a name");
    expect(new Set(Plain.methods.keys())).toEqual(new Set([Plain.id, Named.id]));
  });

  test("inherit from several, one of them twice", async () => {
    const server: BothServer = {
      ...named,
      add: (a, b) => ({ sum: a - b }),
      more: () => ({ more: 1 }),
      own: () => ({ own: "o" }),
      size: () => ({ size: 9 }),
    };
    using both = serve(Both, server);
    expect((await both.add(3)).sum).toBe(1);
    expect((await both.more()).more).toBe(1);
    expect((await both.size()).size).toBe(9);
    expect((await both.own()).own).toBe("o");
    expect(Both.methods.size).toBe(5);
  });

  test("tell a method from an inherited one of the same name by an underscore", async () => {
    using renames = serve(Renames, {
      size: () => ({ size: 1 }),
      size_: (unit) => ({ text: unit }),
    });
    expect((await renames.size()).size).toBe(1);
    expect((await renames.size_("m")).text).toBe("m");
    expect(Renames.methods.get(Sized.id)?.map(({ name }) => name)).toEqual(["size"]);
  });

  test("take types, and are bound to types by those that extend them", async () => {
    using points = serve(Adder(Point), {
      join: (left, right) => ({ both: [{ value: left }, { value: right }] }),
      name: () => ({ title: "points" }),
    });
    const { both } = await points.join({ x: 1 }, { label: "l" });
    expect(both.map(({ value }) => value)).toEqual([
      { x: 1, y: 0, label: "" },
      { x: 0, y: 0, label: "l" },
    ]);
    using texts = serve(TextAdder, {
      join: (left, right) => ({ both: [{ value: left + right }] }),
      name: () => ({ title: "texts" }),
    });
    expect((await texts.join("a", "b")).both).toEqual([{ value: "ab" }]);
  });

  test("have methods with types of their own, which callers give first", async () => {
    using generic = serve(Generic, {
      same: (value, times) => ({ value, times }),
      swap: ({ first, second }) => ({ first: second, second: first }),
      count: () => {},
    });
    const { value, times } = await generic.same(Point, { x: 4 });
    expect([value.x, times]).toEqual([4, 1]);
    const list: readonly string[] = (await generic.same(List(Text), ["a", "b"], 3)).value;
    expect(list).toEqual(["a", "b"]);
    const { first, second } = await generic.swap(Text, Point, { first: "t", second: { y: 2 } });
    expect([first.y, second]).toEqual([2, "t"]);
    await generic.count(Text, { value: "x" });
  });

  test("have such methods in generic interfaces too", async () => {
    using kept = serve(Kept(Text), {
      put: (mine) => ({ mine }),
      swap: (mine, other) => ({ mine: other, other: mine }),
      next: () => {
        throw new TypeError("No next one");
      },
    });
    expect((await kept.put(Point, { x: 1 }, { value: "t" })).mine.x).toBe(1);
    const { mine, other } = await kept.swap(Point, "m", { x: 2 });
    expect([mine.x, other]).toEqual([2, "m"]);
    await expect(kept.next()).rejects.toThrow("No next one");
  });

  test("stream, with a list of parameters or a struct", async () => {
    const pushed: Point[] = [];
    using stream = serve(Streams, {
      push: (data) => void pushed.push(data),
      pushStruct: (params) => void pushed.push(params),
      end: () => ({ points: pushed }),
    });
    await stream.push({ x: 1 });
    await stream.pushStruct({ x: 2 });
    expect((await stream.end()).points.map(({ x }) => x)).toEqual([1, 2]);
  });

  test("are fields of generic structs, groups and lists, and have types nested in them", async () => {
    const sized = { size: () => ({ size: 3 }) };
    using nested = serve(Holder_Nested(Text), {
      method: ({ kind, value }) => ({
        holder: {
          value: `${kind} ${value}`,
          inner: { sized },
          adders: [sized, sized],
          generic: { join: () => ({ both: [{ value: "g" }] }), name: () => ({}) },
        },
      }),
    });
    using call = nested.method({ kind: "two", value: "v" });
    using ahead = call.holder.generic;
    expect((await ahead.join("", "")).both).toEqual([{ value: "g" }]);
    using results = await call;
    expect(results.holder.value).toBe("two v");
    expect((await results.holder.inner.sized.size()).size).toBe(3);
    expect(results.holder.adders.length).toBe(2);
    await expect(results.holder.plain.add(1)).rejects.toThrow("Called a null capability");
    expect(Holder(Text).name).toBe("Holder");
  });
});

test("constants have the values of the schema, whatever their order", () => {
  const { before, tree, ...rest } = constants;
  expect(before).toEqual({ name: "before", inner: { flag: true } });
  expect(tree).toMatchObject({
    value: 1,
    left: { value: 2, left: undefined },
    kids: [{ value: 3 }],
  });
  const { Late, Late_Inner, ...values } = rest;
  expect([Late.name, Late_Inner.name]).toEqual(["Late", "Late.Inner"]);
  expect(values).toEqual({
    nothing: undefined,
    yes: true,
    int8: -8,
    int16: -1616,
    int32: -32323232,
    int64: -6464646464646464n,
    uint8: 200,
    uint16: 60000,
    uint32: 4000000000,
    uint64: 18000000000000000000n,
    float32: 1.5,
    float64: -2.25e100,
    infinite: -Infinity,
    minusZero: -0,
    notANumber: Number.NaN,
    colour: "blue",
    text: 'a "quoted" text,\nin zwei Zeilen: grün */',
    data: Uint8Array.of(0, 255, 127),
    empty: "",
    numbers: [1n, -2n, 9000000000000000000n],
    flags: [true, false, true],
    texts: [["a", ""], []],
    colours: ["blue", "red"],
    points: [
      { x: 1, y: 0, label: "" },
      { x: 0, y: 0, label: "two" },
    ],
    pair: { first: "f", second: [1, 2] },
    points0: { x: 5, y: -32323232, label: "" },
    copied: { x: 5, y: -32323232, label: "" },
    Late_Inner_own: { name: "own", inner: { flag: true } },
  });
});

test("a generic struct that is bound to no types has pointers as they are", () => {
  const { raw } = rewrite(Holder(Text), { raw: { first: anyOf(Point, { x: 1 }) } });
  expect(Point.read(raw.first).x).toBe(1);
  expect(raw.second.isNull).toBe(true);
});

/** The error of `generate`. */
function failureOf(files: Readonly<Record<string, string>>, asked?: readonly string[]): string {
  try {
    generate(compile(files, asked), "runtime");
  } catch (error) {
    return error instanceof Error ? error.message : "";
  }
  return "nothing was thrown";
}

/** A schema in which `D` extends these, each with a method `m`; that of `C` is that of `A`. */
function extending(bases: string): string {
  return `@0xb62a1c5cd3bb5af4;
    interface A { m @0 () -> (); } interface B { m @0 () -> (); }
    interface C extends(A) {} interface D extends(${bases}) {}`;
}

describe.skipIf(!hasCapnp())("generate() (needs Debian's capnproto)", () => {
  test("carries comments over, of types and members, and cannot be ended by one", () => {
    const schema = `@0xb62a1c5cd3bb5af1;
      struct A { # Of the struct. */ export const stolen = 1;
        a @0 :Text; # Of the field.
        b @1 :Text; }
      interface I { m @0 () -> (); # Of the method,
        # in two lines.
      }`;
    const [file] = generate(compile({ "a.capnp": schema }), "runtime");
    expect(file?.text).toContain("Of the struct. * / export const stolen = 1;");
    expect(file?.text).toContain("/** Of the field. */\nreadonly a: string;");
    expect(file?.text).toContain("/**\n * Of the method,\n * in two lines.\n */\nm(");
    expect(file?.source).toBe("a.capnp");
  });

  // No fixed limits, and linear instead of quadratic time: seconds instead of minutes.
  test.each([
    ["methods", (at: number) => `m${at} @${at} (a :Int32, b :Text) -> (c :S0);`],
    ["structs", (at: number) => `struct S${at + 1} { a @0 :Int32; b @1 :Text; c @2 :S0; }`],
    [
      "structs that contain each other",
      (at: number) =>
        `struct S${at + 1} { a @0 :S${((at + 1) % 2000) + 1}; b @1 :S${(at * 7) % 2000}; }`,
    ],
  ])("makes 2 000 %s", (kind, member) => {
    const members = Array.from({ length: 2000 }, (_, at) => member(at)).join("\n");
    const body = kind === "methods" ? `interface Big { ${members} }` : members;
    const schema = `@0xb62a1c5cd3bb5af4; struct S0 { a @0 :Int32; } ${body}`;
    const [file] = generate(compile({ "a.capnp": schema }), "runtime");
    expect(file?.text).toContain(kind === "methods" ? "m1999(" : "interface S2000");
    expect(file?.text.includes("readonly a: S2 | undefined")).toBe(kind.includes("each other"));
  });

  test("refuses types of a file that is not generated", () => {
    const files = {
      "a.capnp": '@0xb62a1c5cd3bb5af2; struct A { b @0 :import "b.capnp".B; }',
      "b.capnp": "@0xb62a1c5cd3bb5af3; struct B {}",
    };
    expect(failureOf(files)).toBe("nothing was thrown");
    expect(failureOf(files, ["a.capnp"])).toBe(
      "Schema a.capnp uses types of b.capnp: name that file too, so that it is generated",
    );
  });

  test("refuses an interface that inherits two different methods of one name", () => {
    expect(failureOf({ "a.capnp": extending("A, C") })).toBe("nothing was thrown");
    expect(failureOf({ "a.capnp": extending("B, C") })).toBe(
      'Interface a.capnp:D inherits two methods "m"',
    );
  });
});
