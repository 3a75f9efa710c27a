/** Generated from data.capnp, file id 0xb62a1c5cd3bb5ab1. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see data.capnp:Colour, 0xc0a79bb4f0c6a7d1 */
export type Colour = "red" | "green" | "blue" | number;
export const Colour: $.EnumType<"red" | "green" | "blue"> = /* @__PURE__ */ $.defineEnum([
  "red",
  "green",
  "blue",
]);

/** @see data.capnp:Everything, 0xd2d1c2c4a1f0b901 */
export interface Everything {
  readonly none: undefined;
  readonly flag: boolean;
  readonly int8: number;
  readonly int16: number;
  readonly int32: number;
  readonly int64: bigint;
  readonly uint8: number;
  readonly uint16: number;
  readonly uint32: number;
  readonly uint64: bigint;
  readonly float32: number;
  readonly float64: number;
  readonly colour: Colour;
  readonly text: string;
  readonly data: Uint8Array;
  readonly point: Point;
  readonly lists: Lists;
  readonly any: $.PointerReader;
  readonly pair: Pair<string, readonly Point[]>;
  readonly shape: Shape;
  readonly tree: Tree;
}
export const Everything: $.StructType<Everything> = /* @__PURE__ */ $.defineStruct<Everything>({
  id: 0xd2d1c2c4a1f0b901n,
  name: "Everything",
  dataWords: 6,
  pointers: 8,
  pipelined: {
    point: [2, () => Point],
    lists: [3, () => Lists],
    pair: [5, () => Pair($.Text, $.List(Point))],
    shape: [6, () => Shape],
    tree: [7, () => Tree],
  },
  read: (s) => ({
    none: undefined,
    flag: s.bool(0),
    int8: s.int8(1),
    int16: s.int16(2),
    int32: s.int32(4),
    int64: s.int64(8),
    uint8: s.uint8(16),
    uint16: s.uint16(18),
    uint32: s.uint32(20),
    uint64: s.uint64(24),
    float32: s.float32(32),
    float64: s.float64(40),
    colour: Colour.toName(s.uint16(36)),
    text: $.Text.read(s.pointer(0)),
    data: $.Data.read(s.pointer(1)),
    point: Point.read(s.pointer(2)),
    lists: Lists.read(s.pointer(3)),
    any: $.AnyPointer.read(s.pointer(4)),
    pair: Pair($.Text, $.List(Point)).read(s.pointer(5)),
    shape: Shape.read(s.pointer(6)),
    tree: Tree.read(s.pointer(7)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.flag !== undefined) {
        f = "flag";
        s.setBool(0, value.flag);
      }
      if (value.int8 !== undefined) {
        f = "int8";
        s.setInt8(1, value.int8);
      }
      if (value.int16 !== undefined) {
        f = "int16";
        s.setInt16(2, value.int16);
      }
      if (value.int32 !== undefined) {
        f = "int32";
        s.setInt32(4, value.int32);
      }
      if (value.int64 !== undefined) {
        f = "int64";
        s.setInt64(8, value.int64);
      }
      if (value.uint8 !== undefined) {
        f = "uint8";
        s.setUint8(16, value.uint8);
      }
      if (value.uint16 !== undefined) {
        f = "uint16";
        s.setUint16(18, value.uint16);
      }
      if (value.uint32 !== undefined) {
        f = "uint32";
        s.setUint32(20, value.uint32);
      }
      if (value.uint64 !== undefined) {
        f = "uint64";
        s.setUint64(24, value.uint64);
      }
      if (value.float32 !== undefined) {
        f = "float32";
        s.setFloat32(32, value.float32);
      }
      if (value.float64 !== undefined) {
        f = "float64";
        s.setFloat64(40, value.float64);
      }
      if (value.colour !== undefined) {
        f = "colour";
        s.setUint16(36, Colour.toOrdinal(value.colour));
      }
      if (value.text !== undefined) {
        f = "text";
        $.Text.write(s.pointer(0), value.text);
      }
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(1), value.data);
      }
      if (value.point !== undefined) {
        f = "point";
        Point.write(s.pointer(2), value.point);
      }
      if (value.lists !== undefined) {
        f = "lists";
        Lists.write(s.pointer(3), value.lists);
      }
      if (value.any !== undefined) {
        f = "any";
        $.AnyPointer.write(s.pointer(4), value.any);
      }
      if (value.pair !== undefined) {
        f = "pair";
        Pair($.Text, $.List(Point)).write(s.pointer(5), value.pair);
      }
      if (value.shape !== undefined) {
        f = "shape";
        Shape.write(s.pointer(6), value.shape);
      }
      if (value.tree !== undefined) {
        f = "tree";
        Tree.write(s.pointer(7), value.tree);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see data.capnp:Point, 0xd2d1c2c4a1f0b902 */
export interface Point {
  readonly x: number;
  readonly y: number;
  readonly label: string;
}
export const Point: $.StructType<Point> = /* @__PURE__ */ $.defineStruct<Point>({
  id: 0xd2d1c2c4a1f0b902n,
  name: "Point",
  dataWords: 1,
  pointers: 1,
  read: (s) => ({ x: s.int32(0), y: s.int32(4), label: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.x !== undefined) {
        f = "x";
        s.setInt32(0, value.x);
      }
      if (value.y !== undefined) {
        f = "y";
        s.setInt32(4, value.y);
      }
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(0), value.label);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see data.capnp:Lists, 0xd2d1c2c4a1f0b903 */
export interface Lists {
  readonly nones: readonly undefined[];
  readonly flags: readonly boolean[];
  readonly int8s: readonly number[];
  readonly int16s: readonly number[];
  readonly int32s: readonly number[];
  readonly int64s: readonly bigint[];
  readonly uint8s: readonly number[];
  readonly uint16s: readonly number[];
  readonly uint32s: readonly number[];
  readonly uint64s: readonly bigint[];
  readonly float32s: readonly number[];
  readonly float64s: readonly number[];
  readonly colours: readonly Colour[];
  readonly texts: readonly string[];
  readonly datas: readonly Uint8Array[];
  readonly points: readonly Point[];
  readonly matrix: readonly (readonly number[])[];
  readonly words: readonly (readonly string[])[];
  readonly pairs: readonly Pair<Uint8Array, Point>[];
}
export const Lists: $.StructType<Lists> = /* @__PURE__ */ $.defineStruct<Lists>({
  id: 0xd2d1c2c4a1f0b903n,
  name: "Lists",
  dataWords: 0,
  pointers: 19,
  read: (s) => ({
    nones: $.Void.readList(s.pointer(0)),
    flags: $.Bool.readList(s.pointer(1)),
    int8s: $.Int8.readList(s.pointer(2)),
    int16s: $.Int16.readList(s.pointer(3)),
    int32s: $.Int32.readList(s.pointer(4)),
    int64s: $.Int64.readList(s.pointer(5)),
    uint8s: $.Uint8.readList(s.pointer(6)),
    uint16s: $.Uint16.readList(s.pointer(7)),
    uint32s: $.Uint32.readList(s.pointer(8)),
    uint64s: $.Uint64.readList(s.pointer(9)),
    float32s: $.Float32.readList(s.pointer(10)),
    float64s: $.Float64.readList(s.pointer(11)),
    colours: Colour.readList(s.pointer(12)),
    texts: $.Text.readList(s.pointer(13)),
    datas: $.Data.readList(s.pointer(14)),
    points: Point.readList(s.pointer(15)),
    matrix: $.List($.Int32).readList(s.pointer(16)),
    words: $.List($.Text).readList(s.pointer(17)),
    pairs: Pair($.Data, Point).readList(s.pointer(18)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.nones !== undefined) {
        f = "nones";
        $.Void.writeList(s.pointer(0), value.nones);
      }
      if (value.flags !== undefined) {
        f = "flags";
        $.Bool.writeList(s.pointer(1), value.flags);
      }
      if (value.int8s !== undefined) {
        f = "int8s";
        $.Int8.writeList(s.pointer(2), value.int8s);
      }
      if (value.int16s !== undefined) {
        f = "int16s";
        $.Int16.writeList(s.pointer(3), value.int16s);
      }
      if (value.int32s !== undefined) {
        f = "int32s";
        $.Int32.writeList(s.pointer(4), value.int32s);
      }
      if (value.int64s !== undefined) {
        f = "int64s";
        $.Int64.writeList(s.pointer(5), value.int64s);
      }
      if (value.uint8s !== undefined) {
        f = "uint8s";
        $.Uint8.writeList(s.pointer(6), value.uint8s);
      }
      if (value.uint16s !== undefined) {
        f = "uint16s";
        $.Uint16.writeList(s.pointer(7), value.uint16s);
      }
      if (value.uint32s !== undefined) {
        f = "uint32s";
        $.Uint32.writeList(s.pointer(8), value.uint32s);
      }
      if (value.uint64s !== undefined) {
        f = "uint64s";
        $.Uint64.writeList(s.pointer(9), value.uint64s);
      }
      if (value.float32s !== undefined) {
        f = "float32s";
        $.Float32.writeList(s.pointer(10), value.float32s);
      }
      if (value.float64s !== undefined) {
        f = "float64s";
        $.Float64.writeList(s.pointer(11), value.float64s);
      }
      if (value.colours !== undefined) {
        f = "colours";
        Colour.writeList(s.pointer(12), value.colours);
      }
      if (value.texts !== undefined) {
        f = "texts";
        $.Text.writeList(s.pointer(13), value.texts);
      }
      if (value.datas !== undefined) {
        f = "datas";
        $.Data.writeList(s.pointer(14), value.datas);
      }
      if (value.points !== undefined) {
        f = "points";
        Point.writeList(s.pointer(15), value.points);
      }
      if (value.matrix !== undefined) {
        f = "matrix";
        $.List($.Int32).writeList(s.pointer(16), value.matrix);
      }
      if (value.words !== undefined) {
        f = "words";
        $.List($.Text).writeList(s.pointer(17), value.words);
      }
      if (value.pairs !== undefined) {
        f = "pairs";
        Pair($.Data, Point).writeList(s.pointer(18), value.pairs);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see data.capnp:Pair, 0xd2d1c2c4a1f0b904 */
export interface Pair<First, Second> {
  readonly first: First;
  readonly second: Second;
}
export function Pair<First, Second>(
  First: $.PointerType<First>,
  Second: $.PointerType<Second>,
): $.StructType<Pair<First, Second>> {
  return /* @__PURE__ */ $.defineStruct<Pair<First, Second>>({
    id: 0xd2d1c2c4a1f0b904n,
    name: "Pair",
    dataWords: 0,
    pointers: 2,
    pipelined: { first: [0, () => First], second: [1, () => Second] },
    read: (s) => ({ first: First.read(s.pointer(0)), second: Second.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.first !== undefined) {
          f = "first";
          First.write(s.pointer(0), value.first);
        }
        if (value.second !== undefined) {
          f = "second";
          Second.write(s.pointer(1), value.second);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
}

/** @see data.capnp:Shape, 0xd2d1c2c4a1f0b905 */
export type Shape = {
  readonly before: number;
  readonly after: { readonly colour: Colour; readonly name: string };
} & (
  | { readonly which: "empty"; readonly empty: undefined }
  | { readonly which: "number"; readonly number: bigint }
  | { readonly which: "text"; readonly text: string }
  | {
      readonly which: "box";
      readonly box: {
        readonly width: number;
        readonly height: number;
        readonly fill:
          | { readonly which: "none"; readonly none: undefined }
          | { readonly which: "colour"; readonly colour: Colour }
          | {
              readonly which: "pattern";
              readonly pattern: { readonly name: string; readonly gap: number };
            }
          | {
              readonly which: number;
              readonly none?: undefined;
              readonly colour?: undefined;
              readonly pattern?: undefined;
            };
      };
    }
  | {
      readonly which: number;
      readonly empty?: undefined;
      readonly number?: undefined;
      readonly text?: undefined;
      readonly box?: undefined;
    }
);
export const Shape: $.StructType<Shape> = /* @__PURE__ */ $.defineStruct<Shape>({
  id: 0xd2d1c2c4a1f0b905n,
  name: "Shape",
  dataWords: 3,
  pointers: 2,
  read(s) {
    const common = {
      before: s.uint16(0),
      after: { colour: Colour.toName(s.uint16(20)), name: $.Text.read(s.pointer(1)) },
    };
    const which = s.uint16(2);
    switch (which) {
      case 0:
        return { ...common, which: "empty" as const, empty: undefined };
      case 1:
        return { ...common, which: "number" as const, number: s.int64(8, 5n) };
      case 2:
        return { ...common, which: "text" as const, text: $.Text.read(s.pointer(0)) };
      case 3:
        return {
          ...common,
          which: "box" as const,
          box: {
            width: s.uint32(8),
            height: s.uint32(12),
            fill: (() => {
              const which = s.uint16(4);
              switch (which) {
                case 0:
                  return { which: "none" as const, none: undefined };
                case 1:
                  return { which: "colour" as const, colour: Colour.toName(s.uint16(6, 1)) };
                case 2:
                  return {
                    which: "pattern" as const,
                    pattern: {
                      name: s.pointer(0).isNull ? "dots" : $.Text.read(s.pointer(0)),
                      gap: s.float32(16, 0x3f000000),
                    },
                  };
                default:
                  return { which };
              }
            })(),
          },
        };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.before !== undefined) {
        f = "before";
        s.setUint16(0, value.before);
      }
      if (value.after !== undefined) {
        f = "after";
        if (value.after.colour !== undefined) {
          f = "after.colour";
          s.setUint16(20, Colour.toOrdinal(value.after.colour));
        }
        if (value.after.name !== undefined) {
          f = "after.name";
          $.Text.write(s.pointer(1), value.after.name);
        }
      }
      switch (value.which) {
        case "empty":
          s.setUint16(2, 0);
          break;
        case "number":
          s.setUint16(2, 1);
          if (value.number !== undefined) {
            f = "number";
            s.setInt64(8, value.number, 5n);
          }
          break;
        case "text":
          s.setUint16(2, 2);
          if (value.text !== undefined) {
            f = "text";
            $.Text.write(s.pointer(0), value.text);
          }
          break;
        case "box":
          s.setUint16(2, 3);
          if (value.box !== undefined) {
            f = "box";
            if (value.box.width !== undefined) {
              f = "box.width";
              s.setUint32(8, value.box.width);
            }
            if (value.box.height !== undefined) {
              f = "box.height";
              s.setUint32(12, value.box.height);
            }
            if (value.box.fill !== undefined) {
              f = "box.fill";
              switch (value.box.fill.which) {
                case "none":
                  s.setUint16(4, 0);
                  break;
                case "colour":
                  s.setUint16(4, 1);
                  if (value.box.fill.colour !== undefined) {
                    f = "box.fill.colour";
                    s.setUint16(6, Colour.toOrdinal(value.box.fill.colour), 1);
                  }
                  break;
                case "pattern":
                  s.setUint16(4, 2);
                  if (value.box.fill.pattern !== undefined) {
                    f = "box.fill.pattern";
                    if (value.box.fill.pattern.name !== undefined) {
                      f = "box.fill.pattern.name";
                      $.Text.write(s.pointer(0), value.box.fill.pattern.name);
                    }
                    if (value.box.fill.pattern.gap !== undefined) {
                      f = "box.fill.pattern.gap";
                      s.setFloat32(16, value.box.fill.pattern.gap, 0x3f000000);
                    }
                  }
                  break;
                case undefined:
                  $.requireNone(value.box.fill, ["none", "colour", "pattern"]);
                  break;
                default:
                  f = "box.fill.which";
                  s.setUint16(4, value.box.fill.which);
              }
            }
          }
          break;
        case undefined:
          $.requireNone(value, ["empty", "number", "text", "box"]);
          break;
        default:
          f = "which";
          s.setUint16(2, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Recursive in every possible way.
 * @see data.capnp:Tree, 0xd2d1c2c4a1f0b906
 */
export interface Tree {
  readonly value: number;
  readonly left: Tree | undefined;
  readonly kids: readonly Tree[];
  readonly either:
    | { readonly which: "nothing"; readonly nothing: undefined }
    | { readonly which: "right"; readonly right: Tree | undefined }
    | { readonly which: number; readonly nothing?: undefined; readonly right?: undefined };
  readonly both: Pair<Tree, Tree> | undefined;
  readonly far: Tree_Far | undefined;
}
export const Tree: $.StructType<Tree> = /* @__PURE__ */ $.defineStruct<Tree>({
  id: 0xd2d1c2c4a1f0b906n,
  name: "Tree",
  dataWords: 1,
  pointers: 5,
  pipelined: { left: [0, () => Tree], both: [3, () => Pair(Tree, Tree)], far: [4, () => Tree_Far] },
  read: (s) => ({
    value: s.int32(0),
    left: s.pointer(0).isNull ? undefined : Tree.read(s.pointer(0)),
    kids: Tree.readList(s.pointer(1)),
    either: (() => {
      const which = s.uint16(4);
      switch (which) {
        case 0:
          return { which: "nothing" as const, nothing: undefined };
        case 1:
          return {
            which: "right" as const,
            right: s.pointer(2).isNull ? undefined : Tree.read(s.pointer(2)),
          };
        default:
          return { which };
      }
    })(),
    both: s.pointer(3).isNull ? undefined : Pair(Tree, Tree).read(s.pointer(3)),
    far: s.pointer(4).isNull ? undefined : Tree_Far.read(s.pointer(4)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.value !== undefined) {
        f = "value";
        s.setInt32(0, value.value);
      }
      if (value.left !== undefined) {
        f = "left";
        Tree.write(s.pointer(0), value.left);
      }
      if (value.kids !== undefined) {
        f = "kids";
        Tree.writeList(s.pointer(1), value.kids);
      }
      if (value.either !== undefined) {
        f = "either";
        switch (value.either.which) {
          case "nothing":
            s.setUint16(4, 0);
            break;
          case "right":
            s.setUint16(4, 1);
            if (value.either.right !== undefined) {
              f = "either.right";
              Tree.write(s.pointer(2), value.either.right);
            }
            break;
          case undefined:
            $.requireNone(value.either, ["nothing", "right"]);
            break;
          default:
            f = "either.which";
            s.setUint16(4, value.either.which);
        }
      }
      if (value.both !== undefined) {
        f = "both";
        Pair(Tree, Tree).write(s.pointer(3), value.both);
      }
      if (value.far !== undefined) {
        f = "far";
        Tree_Far.write(s.pointer(4), value.far);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see data.capnp:Tree.Far, 0xb27b6189163f1cec */
export interface Tree_Far {
  readonly near: Tree | undefined;
}
export const Tree_Far: $.StructType<Tree_Far> = /* @__PURE__ */ $.defineStruct<Tree_Far>({
  id: 0xb27b6189163f1cecn,
  name: "Tree.Far",
  dataWords: 0,
  pointers: 1,
  pipelined: { near: [0, () => Tree] },
  read: (s) => ({ near: s.pointer(0).isNull ? undefined : Tree.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.near !== undefined) {
        f = "near";
        Tree.write(s.pointer(0), value.near);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see data.capnp:Defaults, 0xd2d1c2c4a1f0b907 */
export interface Defaults {
  readonly flag: boolean;
  readonly int8: number;
  readonly int16: number;
  readonly int32: number;
  readonly int64: bigint;
  readonly uint8: number;
  readonly uint16: number;
  readonly uint32: number;
  readonly uint64: bigint;
  readonly float32: number;
  readonly float64: number;
  readonly infinite: number;
  readonly minusZero: number;
  readonly notANumber: number;
  readonly colour: Colour;
  readonly text: string;
  readonly data: Uint8Array;
  readonly point: Point;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  readonly points: readonly Point[];
  readonly pair: Pair<string, Uint8Array>;
  readonly shape: Shape;
}
export const Defaults: $.StructType<Defaults> = /* @__PURE__ */ $.defineStruct<Defaults>({
  id: 0xd2d1c2c4a1f0b907n,
  name: "Defaults",
  dataWords: 9,
  pointers: 8,
  pipelined: {
    point: [2, () => Point],
    pair: [6, () => Pair($.Text, $.Data)],
    shape: [7, () => Shape],
  },
  read: (s) => ({
    flag: s.bool(0, true),
    int8: s.int8(1, -8),
    int16: s.int16(2, -1616),
    int32: s.int32(4, -32323232),
    int64: s.int64(8, -6464646464646464n),
    uint8: s.uint8(16, 200),
    uint16: s.uint16(18, 60000),
    uint32: s.uint32(20, 4000000000),
    uint64: s.uint64(24, 18000000000000000000n),
    float32: s.float32(32, 0x3fc00000),
    float64: s.float64(40, 0xd4c492e2ca475bedn),
    infinite: s.float32(36, 0xff800000),
    minusZero: s.float64(48, 0x8000000000000000n),
    notANumber: s.float64(56, 0x7ff8000000000000n),
    colour: Colour.toName(s.uint16(64, 2)),
    text: s.pointer(0).isNull ? "grün" : $.Text.read(s.pointer(0)),
    data: s.pointer(1).isNull ? new Uint8Array([0, 255, 127]) : $.Data.read(s.pointer(1)),
    point: s.pointer(2).isNull
      ? Point.read(
          $.parseDefault(
            "0000000004000000000000000100010007000000000000000100000032000000736576656e000000",
          ),
        )
      : Point.read(s.pointer(2)),
    numbers: s.pointer(3).isNull
      ? $.Int32.readList(
          $.parseDefault("0000000003000000010000001c00000001000000feffffff0300000000000000"),
        )
      : $.Int32.readList(s.pointer(3)),
    texts: s.pointer(4).isNull
      ? $.Text.readList(
          $.parseDefault(
            "0000000007000000010000001e0000000900000012000000090000000a0000000900000012000000610000000000000000000000000000006300000000000000",
          ),
        )
      : $.Text.readList(s.pointer(4)),
    points: s.pointer(5).isNull
      ? Point.readList(
          $.parseDefault(
            "000000000700000001000000270000000800000001000100010000000000000000000000000000000000000000000000010000002200000074776f0000000000",
          ),
        )
      : Point.readList(s.pointer(5)),
    pair: s.pointer(6).isNull
      ? Pair($.Text, $.Data).read(
          $.parseDefault(
            "000000000500000000000000000002000500000012000000050000000a00000031000000000000003200000000000000",
          ),
        )
      : Pair($.Text, $.Data).read(s.pointer(6)),
    shape: s.pointer(7).isNull
      ? Shape.read(
          $.parseDefault(
            "0000000006000000000000000300020000000300000000000000000003000000000000000000000000000000000000000000000000000000",
          ),
        )
      : Shape.read(s.pointer(7)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.flag !== undefined) {
        f = "flag";
        s.setBool(0, value.flag, true);
      }
      if (value.int8 !== undefined) {
        f = "int8";
        s.setInt8(1, value.int8, -8);
      }
      if (value.int16 !== undefined) {
        f = "int16";
        s.setInt16(2, value.int16, -1616);
      }
      if (value.int32 !== undefined) {
        f = "int32";
        s.setInt32(4, value.int32, -32323232);
      }
      if (value.int64 !== undefined) {
        f = "int64";
        s.setInt64(8, value.int64, -6464646464646464n);
      }
      if (value.uint8 !== undefined) {
        f = "uint8";
        s.setUint8(16, value.uint8, 200);
      }
      if (value.uint16 !== undefined) {
        f = "uint16";
        s.setUint16(18, value.uint16, 60000);
      }
      if (value.uint32 !== undefined) {
        f = "uint32";
        s.setUint32(20, value.uint32, 4000000000);
      }
      if (value.uint64 !== undefined) {
        f = "uint64";
        s.setUint64(24, value.uint64, 18000000000000000000n);
      }
      if (value.float32 !== undefined) {
        f = "float32";
        s.setFloat32(32, value.float32, 0x3fc00000);
      }
      if (value.float64 !== undefined) {
        f = "float64";
        s.setFloat64(40, value.float64, 0xd4c492e2ca475bedn);
      }
      if (value.infinite !== undefined) {
        f = "infinite";
        s.setFloat32(36, value.infinite, 0xff800000);
      }
      if (value.minusZero !== undefined) {
        f = "minusZero";
        s.setFloat64(48, value.minusZero, 0x8000000000000000n);
      }
      if (value.notANumber !== undefined) {
        f = "notANumber";
        s.setFloat64(56, value.notANumber, 0x7ff8000000000000n);
      }
      if (value.colour !== undefined) {
        f = "colour";
        s.setUint16(64, Colour.toOrdinal(value.colour), 2);
      }
      if (value.text !== undefined) {
        f = "text";
        $.Text.write(s.pointer(0), value.text);
      }
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(1), value.data);
      }
      if (value.point !== undefined) {
        f = "point";
        Point.write(s.pointer(2), value.point);
      }
      if (value.numbers !== undefined) {
        f = "numbers";
        $.Int32.writeList(s.pointer(3), value.numbers);
      }
      if (value.texts !== undefined) {
        f = "texts";
        $.Text.writeList(s.pointer(4), value.texts);
      }
      if (value.points !== undefined) {
        f = "points";
        Point.writeList(s.pointer(5), value.points);
      }
      if (value.pair !== undefined) {
        f = "pair";
        Pair($.Text, $.Data).write(s.pointer(6), value.pair);
      }
      if (value.shape !== undefined) {
        f = "shape";
        Shape.write(s.pointer(7), value.shape);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * An earlier version of Point.
 * @see data.capnp:PointOfOld, 0xd2d1c2c4a1f0b908
 */
export interface PointOfOld {
  readonly x: number;
}
export const PointOfOld: $.StructType<PointOfOld> = /* @__PURE__ */ $.defineStruct<PointOfOld>({
  id: 0xd2d1c2c4a1f0b908n,
  name: "PointOfOld",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ x: s.int32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.x !== undefined) {
        f = "x";
        s.setInt32(0, value.x);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * A later version of Point.
 * @see data.capnp:PointToCome, 0xd2d1c2c4a1f0b909
 */
export interface PointToCome {
  readonly x: number;
  readonly y: number;
  readonly label: string;
  readonly colour: Colour;
  readonly weight: number;
  readonly note: string;
}
export const PointToCome: $.StructType<PointToCome> = /* @__PURE__ */ $.defineStruct<PointToCome>({
  id: 0xd2d1c2c4a1f0b909n,
  name: "PointToCome",
  dataWords: 3,
  pointers: 2,
  read: (s) => ({
    x: s.int32(0),
    y: s.int32(4, 11),
    label: $.Text.read(s.pointer(0)),
    colour: Colour.toName(s.uint16(8, 1)),
    weight: s.float64(16, 0x3ff4000000000000n),
    note: s.pointer(1).isNull ? "none" : $.Text.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.x !== undefined) {
        f = "x";
        s.setInt32(0, value.x);
      }
      if (value.y !== undefined) {
        f = "y";
        s.setInt32(4, value.y, 11);
      }
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(0), value.label);
      }
      if (value.colour !== undefined) {
        f = "colour";
        s.setUint16(8, Colour.toOrdinal(value.colour), 1);
      }
      if (value.weight !== undefined) {
        f = "weight";
        s.setFloat64(16, value.weight, 0x3ff4000000000000n);
      }
      if (value.note !== undefined) {
        f = "note";
        $.Text.write(s.pointer(1), value.note);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Lists with its lists upgraded to lists of structs, where the encoding allows it.
 * @see data.capnp:ListsToCome, 0xd2d1c2c4a1f0b90a
 */
export interface ListsToCome {
  readonly nones: readonly Boxed<string>[];
  readonly flags: readonly boolean[];
  readonly int8s: readonly PointOfByte[];
  readonly int16s: readonly number[];
  readonly int32s: readonly PointToCome[];
  readonly int64s: readonly PointToCome[];
  readonly uint8s: readonly number[];
  readonly uint16s: readonly number[];
  readonly uint32s: readonly number[];
  readonly uint64s: readonly bigint[];
  readonly float32s: readonly number[];
  readonly float64s: readonly number[];
  readonly colours: readonly Colour[];
  readonly texts: readonly Boxed<string>[];
  readonly datas: readonly Boxed<Uint8Array>[];
  readonly points: readonly PointToCome[];
  readonly matrix: readonly Boxed<readonly PointToCome[]>[];
}
export const ListsToCome: $.StructType<ListsToCome> = /* @__PURE__ */ $.defineStruct<ListsToCome>({
  id: 0xd2d1c2c4a1f0b90an,
  name: "ListsToCome",
  dataWords: 0,
  pointers: 17,
  read: (s) => ({
    nones: Boxed($.Text).readList(s.pointer(0)),
    flags: $.Bool.readList(s.pointer(1)),
    int8s: PointOfByte.readList(s.pointer(2)),
    int16s: $.Int16.readList(s.pointer(3)),
    int32s: PointToCome.readList(s.pointer(4)),
    int64s: PointToCome.readList(s.pointer(5)),
    uint8s: $.Uint8.readList(s.pointer(6)),
    uint16s: $.Uint16.readList(s.pointer(7)),
    uint32s: $.Uint32.readList(s.pointer(8)),
    uint64s: $.Uint64.readList(s.pointer(9)),
    float32s: $.Float32.readList(s.pointer(10)),
    float64s: $.Float64.readList(s.pointer(11)),
    colours: Colour.readList(s.pointer(12)),
    texts: Boxed($.Text).readList(s.pointer(13)),
    datas: Boxed($.Data).readList(s.pointer(14)),
    points: PointToCome.readList(s.pointer(15)),
    matrix: Boxed($.List(PointToCome)).readList(s.pointer(16)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.nones !== undefined) {
        f = "nones";
        Boxed($.Text).writeList(s.pointer(0), value.nones);
      }
      if (value.flags !== undefined) {
        f = "flags";
        $.Bool.writeList(s.pointer(1), value.flags);
      }
      if (value.int8s !== undefined) {
        f = "int8s";
        PointOfByte.writeList(s.pointer(2), value.int8s);
      }
      if (value.int16s !== undefined) {
        f = "int16s";
        $.Int16.writeList(s.pointer(3), value.int16s);
      }
      if (value.int32s !== undefined) {
        f = "int32s";
        PointToCome.writeList(s.pointer(4), value.int32s);
      }
      if (value.int64s !== undefined) {
        f = "int64s";
        PointToCome.writeList(s.pointer(5), value.int64s);
      }
      if (value.uint8s !== undefined) {
        f = "uint8s";
        $.Uint8.writeList(s.pointer(6), value.uint8s);
      }
      if (value.uint16s !== undefined) {
        f = "uint16s";
        $.Uint16.writeList(s.pointer(7), value.uint16s);
      }
      if (value.uint32s !== undefined) {
        f = "uint32s";
        $.Uint32.writeList(s.pointer(8), value.uint32s);
      }
      if (value.uint64s !== undefined) {
        f = "uint64s";
        $.Uint64.writeList(s.pointer(9), value.uint64s);
      }
      if (value.float32s !== undefined) {
        f = "float32s";
        $.Float32.writeList(s.pointer(10), value.float32s);
      }
      if (value.float64s !== undefined) {
        f = "float64s";
        $.Float64.writeList(s.pointer(11), value.float64s);
      }
      if (value.colours !== undefined) {
        f = "colours";
        Colour.writeList(s.pointer(12), value.colours);
      }
      if (value.texts !== undefined) {
        f = "texts";
        Boxed($.Text).writeList(s.pointer(13), value.texts);
      }
      if (value.datas !== undefined) {
        f = "datas";
        Boxed($.Data).writeList(s.pointer(14), value.datas);
      }
      if (value.points !== undefined) {
        f = "points";
        PointToCome.writeList(s.pointer(15), value.points);
      }
      if (value.matrix !== undefined) {
        f = "matrix";
        Boxed($.List(PointToCome)).writeList(s.pointer(16), value.matrix);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see data.capnp:Boxed, 0xd2d1c2c4a1f0b90b */
export interface Boxed<T> {
  readonly value: T;
}
export function Boxed<T>(T: $.PointerType<T>): $.StructType<Boxed<T>> {
  return /* @__PURE__ */ $.defineStruct<Boxed<T>>({
    id: 0xd2d1c2c4a1f0b90bn,
    name: "Boxed",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => T] },
    read: (s) => ({ value: T.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          T.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
}

/** @see data.capnp:PointOfByte, 0xd2d1c2c4a1f0b90c */
export interface PointOfByte {
  readonly x: number;
  readonly y: number;
}
export const PointOfByte: $.StructType<PointOfByte> = /* @__PURE__ */ $.defineStruct<PointOfByte>({
  id: 0xd2d1c2c4a1f0b90cn,
  name: "PointOfByte",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ x: s.int8(0), y: s.int16(2, 3) }),
  write(s, value) {
    let f = "";
    try {
      if (value.x !== undefined) {
        f = "x";
        s.setInt8(0, value.x);
      }
      if (value.y !== undefined) {
        f = "y";
        s.setInt16(2, value.y, 3);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Its defaults contain it again.
 * @see data.capnp:Chain, 0xd2d1c2c4a1f0b90d
 */
export interface Chain {
  readonly value: number;
  readonly next: Chain | undefined;
  readonly other: Chain | undefined;
  readonly more: readonly Chain[] | undefined;
}
export const Chain: $.StructType<Chain> = /* @__PURE__ */ $.defineStruct<Chain>({
  id: 0xd2d1c2c4a1f0b90dn,
  name: "Chain",
  dataWords: 1,
  pointers: 3,
  pipelined: { next: [0, () => Chain], other: [1, () => Chain] },
  read: (s) => ({
    value: s.int32(0, 9),
    next: s.pointer(0).isNull ? undefined : Chain.read(s.pointer(0)),
    other: s.pointer(1).isNull
      ? s.message.isDefault
        ? undefined
        : Chain.read(
            $.parseDefault(
              "000000000900000000000000010003000c000000000000000800000001000300000000000000000000000000000000000f00000000000000000000000000000000000000000000000000000000000000",
            ),
          )
      : Chain.read(s.pointer(1)),
    more: s.pointer(2).isNull
      ? s.message.isDefault
        ? undefined
        : Chain.readList(
            $.parseDefault(
              "0000000006000000010000002700000004000000010003000e00000000000000000000000000000000000000000000000000000000000000",
            ),
          )
      : Chain.readList(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.value !== undefined) {
        f = "value";
        s.setInt32(0, value.value, 9);
      }
      if (value.next !== undefined) {
        f = "next";
        Chain.write(s.pointer(0), value.next);
      }
      if (value.other !== undefined) {
        f = "other";
        Chain.write(s.pointer(1), value.other);
      }
      if (value.more !== undefined) {
        f = "more";
        Chain.writeList(s.pointer(2), value.more);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
