/** Expected values are those in the comments of the vectors. */
import { expect, test } from "vitest";
import { MessageBuilder } from "./builder.ts";
import { failureOf, fromHex, toHex } from "./codec.testing.ts";
import { MessageReader } from "./reader.ts";
import * as vectors from "./reader.vectors.ts";
import {
  Colour,
  Defaults,
  Everything,
  Lists,
  ListsToCome,
  Pair,
  Point,
  PointOfOld,
  PointToCome,
  Shape,
  Tree,
} from "./samples/generated/data.ts";
import { anyOf, Bool, Data, defineEnum, Int64, Int8, List, Text, Void } from "./types.ts";
import type { Init } from "./init.ts";
import type { PointerType } from "./types.ts";

const EVERYTHING: Init<Everything> = {
  none: undefined,
  flag: true,
  int8: -128,
  int16: -32768,
  int32: -(2 ** 31),
  int64: -(2n ** 63n),
  uint8: 255,
  uint16: 65535,
  uint32: 2 ** 32 - 1,
  uint64: 2n ** 64n - 1n,
  float32: 1.5,
  float64: -2.25e100,
  colour: "blue",
  text: "grün",
  data: Uint8Array.of(0, 255),
  point: { x: 1, y: -2, label: "p" },
  lists: {
    nones: [undefined, undefined],
    flags: [true, false, true, true, false, false, true, false, true],
    int8s: [-128, 127],
    int16s: [-32768, 32767],
    int32s: [-(2 ** 31), 2 ** 31 - 1],
    int64s: [-(2n ** 63n), 2n ** 63n - 1n],
    uint8s: [0, 255],
    uint16s: [0, 65535],
    uint32s: [0, 2 ** 32 - 1],
    uint64s: [0n, 2n ** 64n - 1n],
    float32s: [0.5, Infinity],
    float64s: [-0, -Infinity],
    colours: ["green", "red", "blue"],
    texts: ["", "a", "bc"],
    datas: [Uint8Array.of(), Uint8Array.of(1), Uint8Array.of(2, 3)],
    points: [
      { x: 1, y: 0, label: "" },
      { x: 0, y: 0, label: "two" },
    ],
    matrix: [[], [1], [2, 3]],
    words: [["a", "b"], []],
    pairs: [],
  },
  pair: { first: "", second: [] },
  shape: {
    before: 9,
    which: "box",
    box: {
      width: 2,
      height: 3,
      fill: { which: "pattern", pattern: { name: "stripes", gap: 2.5 } },
    },
    after: { colour: "green", name: "after" },
  },
  tree: {
    value: 1,
    left: leaf(2),
    kids: [{ ...leaf(3), kids: [leaf(4)] }],
    either: { which: "right", right: leaf(5) },
    both: undefined,
    far: { near: leaf(6) },
  },
};

const LISTS: Init<Lists> = {
  nones: [undefined],
  flags: [true],
  int8s: [-3, 4],
  int32s: [1, -2],
  int64s: [17179869186n, -1n],
  texts: ["a", "b"],
  datas: [Uint8Array.of(1)],
  points: [{ x: 1, y: 2, label: "p" }, { x: 3 }],
  matrix: [[1], [2, 3]],
};

const DEFAULTS: Omit<Defaults, "notANumber"> = {
  flag: true,
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
  colour: "blue",
  text: "grün",
  data: Uint8Array.of(0, 255, 127),
  point: { x: 7, y: 0, label: "seven" },
  numbers: [1, -2, 3],
  texts: ["a", "", "c"],
  points: [
    { x: 1, y: 0, label: "" },
    { x: 0, y: 0, label: "two" },
  ],
  pair: { first: "1", second: Uint8Array.from([50]) },
  shape: {
    before: 0,
    after: { colour: "red", name: "" },
    which: "box",
    box: { width: 0, height: 3, fill: { which: "none", none: undefined } },
  },
};

function leaf(value: number): Tree {
  const either = { which: "nothing", nothing: undefined } as const;
  return { value, left: undefined, kids: [], either, both: undefined, far: undefined };
}

function read<T>(type: PointerType<T>, hex: string): T {
  return type.read(MessageReader.fromFrame(fromHex(hex)).root);
}

function write<T>(type: PointerType<T>, value: NoInfer<Init<T>>): Uint8Array {
  const builder = new MessageBuilder();
  type.write(builder.root, value);
  return builder.toFrame();
}

function rewrite<T>(type: PointerType<T>, value: NoInfer<Init<T>>): T {
  return type.read(MessageReader.fromFrame(write(type, value)).root);
}

test.each([
  ["in one segment", vectors.EVERYTHING],
  ["in many segments", vectors.EVERYTHING_FAR],
])("a struct reads as the reference implementation wrote it: %s", (_, frame) => {
  const { any, ...rest } = read(Everything, frame);
  expect(rest).toEqual(EVERYTHING);
  expect(any.isNull).toBe(true);
});

test("a struct reads back as it was written", () => {
  const { any, ...rest } = rewrite(Everything, EVERYTHING);
  expect(rest).toEqual(EVERYTHING);
  expect(any.isNull).toBe(true);
});

test("a struct is written as the reference implementation writes it, when its objects are in the same order", () => {
  const point = { x: 1, y: 2, label: "a label" };
  expect(toHex(write(Point, point))).toBe(vectors.POINT);
  expect(toHex(write(Everything, {}))).toBe(vectors.NOTHING);
  expect(toHex(write(Lists, LISTS))).toBe(vectors.LISTS);
});

test("fields that were left out read as their defaults, of every type", () => {
  const { notANumber, ...rest } = read(Defaults, vectors.DEFAULTS);
  expect(rest).toEqual(DEFAULTS);
  expect(notANumber).toBeNaN();
  expect(toHex(write(Defaults, {}))).toBe(vectors.DEFAULTS);
  expect(toHex(write(Defaults, { ...DEFAULTS, notANumber: Number.NaN }))).not.toBe(
    vectors.DEFAULTS,
  );
});

test("fields that equal their defaults take no bits, fields that are zero do", () => {
  const numbers = { ...read(Defaults, vectors.DEFAULTS) } as Record<string, unknown>;
  for (const key of ["text", "data", "point", "numbers", "texts", "points", "pair", "shape"]) {
    delete numbers[key];
  }
  expect(toHex(write(Defaults, numbers))).toBe(vectors.DEFAULTS);

  const zeros = read(Defaults, vectors.ZEROS);
  expect(zeros).toMatchObject({
    flag: false,
    int8: 0,
    int16: 0,
    int32: 0,
    int64: 0n,
    uint8: 0,
    uint16: 0,
    uint32: 0,
    uint64: 0n,
    float32: 0,
    float64: 0,
    infinite: 0,
    minusZero: 0,
    notANumber: 0,
    colour: "red",
    text: "",
    data: new Uint8Array(0),
    numbers: [],
    texts: [],
    points: [],
  });
  expect(rewrite(Defaults, zeros)).toEqual(zeros);
});

test("an empty text, data or list is not null", () => {
  const empty = { text: "", data: new Uint8Array(0), numbers: [], texts: [], points: [] };
  expect(rewrite(Defaults, empty)).toMatchObject(empty);
});

test("a union reads and writes what it holds, and keeps what it does not know", () => {
  const after = { colour: "red", name: "" } as const;
  for (const shape of [
    { which: "empty", empty: undefined },
    { which: "number", number: -1n },
    { which: "text", text: "t" },
    { which: "box", box: { width: 1, height: 2, fill: { which: "colour", colour: "red" } } },
    { which: "box", box: { width: 1, height: 2, fill: { which: 7 } } },
    { which: 4711 },
  ] as const) {
    expect(rewrite<Shape>(Shape, shape)).toEqual({ before: 0, after, ...shape });
  }
  // Fields of the member have defaults of their own.
  expect(rewrite(Shape, { which: "number" })).toMatchObject({ number: 5n });
  expect(rewrite(Shape, { which: "box", box: { fill: { which: "colour" } } })).toMatchObject({
    box: { fill: { colour: "green" } },
  });
});

test("an enum keeps values that have no name, and refuses names that are none", () => {
  expect(rewrite(Everything, { colour: 17 }).colour).toBe(17);
  expect(rewrite(Everything, { colour: 2 }).colour).toBe("blue");
  expect(rewrite(Lists, { colours: ["red", 65535, 1] }).colours).toEqual(["red", 65535, "green"]);
  expect(Colour.toName(3)).toBe(3);
  const names = defineEnum(["toString"]);
  expect(names.toOrdinal("toString")).toBe(0);
  expect(() => Colour.toOrdinal("mauve" as "red")).toThrow('No such value of the enum: "mauve"');
  expect(() => Colour.toOrdinal(-1)).toThrow(TypeError);
  expect(() => Colour.toOrdinal(65536)).toThrow(TypeError);
});

test("a struct that contains itself reads as undefined where it is null", () => {
  const tree: Tree = {
    ...leaf(0),
    both: { first: leaf(1), second: leaf(2) },
    far: { near: undefined },
  };
  expect(rewrite(Tree, tree)).toEqual(tree);
  expect(read(Everything, vectors.NOTHING).tree).toEqual(leaf(0));
  // Not null, but empty: its own fields are null.
  expect(rewrite(Tree, { left: {}, both: {} })).toEqual({
    ...leaf(0),
    left: leaf(0),
    both: { first: leaf(0), second: leaf(0) },
  });
});

test("a struct reads in a newer and in an older schema", () => {
  const frame = toHex(write(Point, { x: 1, y: 2, label: "p" }));
  expect(read(PointOfOld, frame)).toEqual({ x: 1 });
  expect(read(PointToCome, frame)).toEqual({
    x: 1,
    y: 2 ^ 11,
    label: "p",
    colour: "green",
    weight: 1.25,
    note: "none",
  });
  expect(read(Point, toHex(write(PointToCome, { x: 1, y: 11, note: "n" })))).toEqual({
    x: 1,
    y: 0,
    label: "",
  });
});

test("lists read as lists of structs in a newer schema, as the encoding allows", () => {
  const lists = read(ListsToCome, vectors.LISTS);
  expect(lists.nones).toEqual([{ value: "" }]);
  expect(lists.int8s).toEqual([
    { x: -3, y: 3 },
    { x: 4, y: 3 },
  ]);
  expect(lists.int32s.map(({ x, y }) => [x, y])).toEqual([
    [1, 11],
    [-2, 11],
  ]);
  expect(lists.int64s.map(({ x, y }) => [x, y ^ 11])).toEqual([
    [2, 4],
    [-1, -1],
  ]);
  expect(lists.texts).toEqual([{ value: "a" }, { value: "b" }]);
  expect(lists.datas).toEqual([{ value: Uint8Array.of(1) }]);
  expect(lists.points.map(({ label, note }) => [label, note])).toEqual([
    ["p", "none"],
    ["", "none"],
  ]);
  expect(lists.matrix.map(({ value }) => value.map(({ x }) => x))).toEqual([[1], [2, 3]]);
});

test("lists of structs read as lists of their first fields in an older schema", () => {
  const lists = read(Lists, vectors.LISTS_TO_COME);
  expect(lists).toMatchObject({
    nones: [undefined],
    int8s: [-3, 4],
    int32s: [1, -2],
    int64s: [2n + (4n << 32n)],
    texts: ["a", ""],
    datas: [Uint8Array.of(1)],
    points: [
      { x: 1, y: 2 ^ 11, label: "p" },
      { x: 3, y: 0, label: "" },
    ],
    matrix: [[1], [2, 3]],
  });
});

test("a list whose elements cannot hold what is asked for is refused", () => {
  const types: Record<string, PointerType<unknown>> = {
    void: List(Void),
    bits: List(Bool),
    bytes: List(Int8),
    words: List(Int64),
    pointers: List(Text),
    structs: List(Point),
  };
  const frames = {
    void: write(List(Void), [undefined]),
    bits: write(List(Bool), [true]),
    bytes: write(List(Int8), [1]),
    words: write(List(Int64), [1n]),
    pointers: write(List(Text), ["t"]),
    structs: write(List(Point), [{}]),
    empty: write(List(Pair(Text, Text)), [{}]),
  };
  const allowed = Object.entries(frames).map(([name, frame]) => [
    name,
    Object.keys(types).filter((type) => {
      const why = failureOf(() => types[type]?.read(MessageReader.fromFrame(frame).root));
      if (why === "nothing was thrown") return true;
      expect(why).toBe("Message cannot be read: a list has elements of another size");
      return false;
    }),
  ]);
  expect(Object.fromEntries(allowed)).toEqual({
    void: ["void", "structs"],
    bits: ["void", "bits"],
    bytes: ["void", "bytes", "structs"],
    words: ["void", "bytes", "words", "structs"],
    pointers: ["void", "pointers", "structs"],
    structs: ["void", "bytes", "words", "pointers", "structs"],
    empty: ["void", "pointers", "structs"],
  });
});

test("a text keeps every character, a byte order mark and NUL included", () => {
  const texts = ["", "a", "\u0000", "a\u0000b", "\uFEFFbom", "ü", "日本", "🦕", "x".repeat(64)];
  for (const text of [...texts, ...texts.map((text) => `${text}${"y".repeat(100)}`)]) {
    expect(rewrite(Text, text)).toBe(text);
  }
  expect(rewrite(Text, "\uD800")).toBe("\uFFFD");
});

test("a text without its NUL is refused", () => {
  const data = toHex(write(Data, Uint8Array.of(97, 98)));
  expect(failureOf(() => read(Text, data))).toBe("Message cannot be read: a text has no NUL");
  expect(failureOf(() => read(Text, toHex(write(Data, Uint8Array.of()))))).toContain("no NUL");
  expect(read(Data, toHex(write(Text, "ab")))).toEqual(Uint8Array.of(97, 98, 0));
});

test("Data is read in place: no copy is made", () => {
  const frame = write(Everything, {
    data: Uint8Array.of(1, 2, 3),
    lists: { datas: [Uint8Array.of(4)] },
  });
  const { data, lists } = Everything.read(MessageReader.fromFrame(frame).root);
  expect(data).toEqual(Uint8Array.of(1, 2, 3));
  expect(data.buffer).toBe(frame.buffer);
  expect(lists.datas[0]?.buffer).toBe(frame.buffer);
});

test("AnyPointer takes a value with its type, or a pointer of another message", () => {
  const { any } = rewrite(Everything, { any: anyOf(Point, { x: 1, label: "any" }) });
  expect(any.kind).toBe("struct");
  expect(Point.read(any)).toEqual({ x: 1, y: 0, label: "any" });
  const again = rewrite(Everything, { any }).any;
  expect(Point.read(again)).toEqual({ x: 1, y: 0, label: "any" });
  expect(Text.read(rewrite(Everything, { any: anyOf(Text, "t") }).any)).toBe("t");
  expect(rewrite(Everything, { any: null }).any.kind).toBe("null");
  expect(rewrite(Everything, { any: rewrite(Everything, {}).any }).any.isNull).toBe(true);
});

test("a generic struct takes types of any kind that stands behind a pointer", () => {
  const nested = Pair(List(Pair(Text, Data)), Pair(Tree, Shape));
  const { first, second } = rewrite(nested, {
    first: [{ first: "a", second: Uint8Array.of(1) }, {}],
    second: { first: { value: 1 }, second: { which: "text", text: "s" } },
  });
  expect(first).toEqual([
    { first: "a", second: Uint8Array.of(1) },
    { first: "", second: new Uint8Array(0) },
  ]);
  expect(second.first).toEqual(leaf(1));
  expect(second.second).toMatchObject({ which: "text", text: "s" });
});
