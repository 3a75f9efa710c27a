/** Generated from interop.capnp, file id 0xcd2265e0445f8d87. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see interop.capnp:Colour, 0x8c12ba69ec6395d2 */
export type Colour = "red" | "green" | "blue" | number;
export const Colour: $.EnumType<"red" | "green" | "blue"> = /* @__PURE__ */ $.defineEnum([
  "red",
  "green",
  "blue",
]);

/** @see interop.capnp:AllTypes, 0xfdc3a1383565f9ff */
export interface AllTypes {
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
  readonly text: string;
  readonly data: Uint8Array;
  readonly colour: Colour;
  readonly inner: AllTypes_Inner;
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
  readonly texts: readonly string[];
  readonly datas: readonly Uint8Array[];
  readonly colours: readonly Colour[];
  readonly inners: readonly AllTypes_Inner[];
  readonly lists: readonly (readonly number[])[];
  readonly nones: readonly undefined[];
}
export const AllTypes: $.StructType<AllTypes> = /* @__PURE__ */ $.defineStruct<AllTypes>({
  id: 0xfdc3a1383565f9ffn,
  name: "AllTypes",
  dataWords: 6,
  pointers: 20,
  pipelined: { inner: [2, () => AllTypes_Inner] },
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
    text: $.Text.read(s.pointer(0)),
    data: $.Data.read(s.pointer(1)),
    colour: Colour.toName(s.uint16(36)),
    inner: AllTypes_Inner.read(s.pointer(2)),
    flags: $.Bool.readList(s.pointer(3)),
    int8s: $.Int8.readList(s.pointer(4)),
    int16s: $.Int16.readList(s.pointer(5)),
    int32s: $.Int32.readList(s.pointer(6)),
    int64s: $.Int64.readList(s.pointer(7)),
    uint8s: $.Uint8.readList(s.pointer(8)),
    uint16s: $.Uint16.readList(s.pointer(9)),
    uint32s: $.Uint32.readList(s.pointer(10)),
    uint64s: $.Uint64.readList(s.pointer(11)),
    float32s: $.Float32.readList(s.pointer(12)),
    float64s: $.Float64.readList(s.pointer(13)),
    texts: $.Text.readList(s.pointer(14)),
    datas: $.Data.readList(s.pointer(15)),
    colours: Colour.readList(s.pointer(16)),
    inners: AllTypes_Inner.readList(s.pointer(17)),
    lists: $.List($.Int32).readList(s.pointer(18)),
    nones: $.Void.readList(s.pointer(19)),
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
      if (value.text !== undefined) {
        f = "text";
        $.Text.write(s.pointer(0), value.text);
      }
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(1), value.data);
      }
      if (value.colour !== undefined) {
        f = "colour";
        s.setUint16(36, Colour.toOrdinal(value.colour));
      }
      if (value.inner !== undefined) {
        f = "inner";
        AllTypes_Inner.write(s.pointer(2), value.inner);
      }
      if (value.flags !== undefined) {
        f = "flags";
        $.Bool.writeList(s.pointer(3), value.flags);
      }
      if (value.int8s !== undefined) {
        f = "int8s";
        $.Int8.writeList(s.pointer(4), value.int8s);
      }
      if (value.int16s !== undefined) {
        f = "int16s";
        $.Int16.writeList(s.pointer(5), value.int16s);
      }
      if (value.int32s !== undefined) {
        f = "int32s";
        $.Int32.writeList(s.pointer(6), value.int32s);
      }
      if (value.int64s !== undefined) {
        f = "int64s";
        $.Int64.writeList(s.pointer(7), value.int64s);
      }
      if (value.uint8s !== undefined) {
        f = "uint8s";
        $.Uint8.writeList(s.pointer(8), value.uint8s);
      }
      if (value.uint16s !== undefined) {
        f = "uint16s";
        $.Uint16.writeList(s.pointer(9), value.uint16s);
      }
      if (value.uint32s !== undefined) {
        f = "uint32s";
        $.Uint32.writeList(s.pointer(10), value.uint32s);
      }
      if (value.uint64s !== undefined) {
        f = "uint64s";
        $.Uint64.writeList(s.pointer(11), value.uint64s);
      }
      if (value.float32s !== undefined) {
        f = "float32s";
        $.Float32.writeList(s.pointer(12), value.float32s);
      }
      if (value.float64s !== undefined) {
        f = "float64s";
        $.Float64.writeList(s.pointer(13), value.float64s);
      }
      if (value.texts !== undefined) {
        f = "texts";
        $.Text.writeList(s.pointer(14), value.texts);
      }
      if (value.datas !== undefined) {
        f = "datas";
        $.Data.writeList(s.pointer(15), value.datas);
      }
      if (value.colours !== undefined) {
        f = "colours";
        Colour.writeList(s.pointer(16), value.colours);
      }
      if (value.inners !== undefined) {
        f = "inners";
        AllTypes_Inner.writeList(s.pointer(17), value.inners);
      }
      if (value.lists !== undefined) {
        f = "lists";
        $.List($.Int32).writeList(s.pointer(18), value.lists);
      }
      if (value.nones !== undefined) {
        f = "nones";
        $.Void.writeList(s.pointer(19), value.nones);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see interop.capnp:AllTypes.Inner, 0xbca67a917786232b */
export interface AllTypes_Inner {
  readonly number: number;
  readonly name: string;
}
export const AllTypes_Inner: $.StructType<AllTypes_Inner> =
  /* @__PURE__ */ $.defineStruct<AllTypes_Inner>({
    id: 0xbca67a917786232bn,
    name: "AllTypes.Inner",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ number: s.uint32(0), name: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.number !== undefined) {
          f = "number";
          s.setUint32(0, value.number);
        }
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see interop.capnp:Defaults, 0xbe8375a4cc316e1d */
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
  readonly text: string;
  readonly data: Uint8Array;
  readonly colour: Colour;
  readonly inner: AllTypes_Inner;
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
}
export const Defaults: $.StructType<Defaults> = /* @__PURE__ */ $.defineStruct<Defaults>({
  id: 0xbe8375a4cc316e1dn,
  name: "Defaults",
  dataWords: 6,
  pointers: 5,
  pipelined: { inner: [2, () => AllTypes_Inner] },
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
    text: s.pointer(0).isNull ? "grün" : $.Text.read(s.pointer(0)),
    data: s.pointer(1).isNull ? new Uint8Array([0, 255, 127]) : $.Data.read(s.pointer(1)),
    colour: Colour.toName(s.uint16(36, 2)),
    inner: s.pointer(2).isNull
      ? AllTypes_Inner.read(
          $.parseDefault(
            "0000000004000000000000000100010007000000000000000100000032000000736576656e000000",
          ),
        )
      : AllTypes_Inner.read(s.pointer(2)),
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
      if (value.text !== undefined) {
        f = "text";
        $.Text.write(s.pointer(0), value.text);
      }
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(1), value.data);
      }
      if (value.colour !== undefined) {
        f = "colour";
        s.setUint16(36, Colour.toOrdinal(value.colour), 2);
      }
      if (value.inner !== undefined) {
        f = "inner";
        AllTypes_Inner.write(s.pointer(2), value.inner);
      }
      if (value.numbers !== undefined) {
        f = "numbers";
        $.Int32.writeList(s.pointer(3), value.numbers);
      }
      if (value.texts !== undefined) {
        f = "texts";
        $.Text.writeList(s.pointer(4), value.texts);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see interop.capnp:Shapes, 0x85ddcb446f80ab97 */
export type Shapes = {
  readonly before: number;
  readonly extra:
    | { readonly which: "nothing"; readonly nothing: undefined }
    | { readonly which: "flag"; readonly flag: boolean }
    | { readonly which: "inner"; readonly inner: AllTypes_Inner }
    | {
        readonly which: number;
        readonly nothing?: undefined;
        readonly flag?: undefined;
        readonly inner?: undefined;
      };
  readonly after: { readonly colour: Colour; readonly name: string };
  readonly tree: readonly Shapes[];
  readonly next: Shapes | undefined;
} & (
  | { readonly which: "empty"; readonly empty: undefined }
  | { readonly which: "number"; readonly number: bigint }
  | { readonly which: "text"; readonly text: string }
  | { readonly which: "box"; readonly box: { readonly width: number; readonly height: number } }
  | {
      readonly which: number;
      readonly empty?: undefined;
      readonly number?: undefined;
      readonly text?: undefined;
      readonly box?: undefined;
    }
);
export const Shapes: $.StructType<Shapes> = /* @__PURE__ */ $.defineStruct<Shapes>({
  id: 0x85ddcb446f80ab97n,
  name: "Shapes",
  dataWords: 3,
  pointers: 5,
  pipelined: { next: [4, () => Shapes] },
  read(s) {
    const common = {
      before: s.uint16(0),
      extra: (() => {
        const which = s.uint16(4);
        switch (which) {
          case 0:
            return { which: "nothing" as const, nothing: undefined };
          case 1:
            return { which: "flag" as const, flag: s.bool(48) };
          case 2:
            return { which: "inner" as const, inner: AllTypes_Inner.read(s.pointer(1)) };
          default:
            return { which };
        }
      })(),
      after: { colour: Colour.toName(s.uint16(16)), name: $.Text.read(s.pointer(2)) },
      tree: Shapes.readList(s.pointer(3)),
      next: s.pointer(4).isNull ? undefined : Shapes.read(s.pointer(4)),
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
          box: { width: s.uint32(8), height: s.uint32(12) },
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
      if (value.extra !== undefined) {
        f = "extra";
        switch (value.extra.which) {
          case "nothing":
            s.setUint16(4, 0);
            break;
          case "flag":
            s.setUint16(4, 1);
            if (value.extra.flag !== undefined) {
              f = "extra.flag";
              s.setBool(48, value.extra.flag);
            }
            break;
          case "inner":
            s.setUint16(4, 2);
            if (value.extra.inner !== undefined) {
              f = "extra.inner";
              AllTypes_Inner.write(s.pointer(1), value.extra.inner);
            }
            break;
          case undefined:
            $.requireNone(value.extra, ["nothing", "flag", "inner"]);
            break;
          default:
            f = "extra.which";
            s.setUint16(4, value.extra.which);
        }
      }
      if (value.after !== undefined) {
        f = "after";
        if (value.after.colour !== undefined) {
          f = "after.colour";
          s.setUint16(16, Colour.toOrdinal(value.after.colour));
        }
        if (value.after.name !== undefined) {
          f = "after.name";
          $.Text.write(s.pointer(2), value.after.name);
        }
      }
      if (value.tree !== undefined) {
        f = "tree";
        Shapes.writeList(s.pointer(3), value.tree);
      }
      if (value.next !== undefined) {
        f = "next";
        Shapes.write(s.pointer(4), value.next);
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

/** @see interop.capnp:Pair, 0xa5aea5013c63f8eb */
export interface Pair<First, Second> {
  readonly first: First;
  readonly second: Second;
}
export function Pair<First, Second>(
  First: $.PointerType<First>,
  Second: $.PointerType<Second>,
): $.StructType<Pair<First, Second>> {
  return /* @__PURE__ */ $.defineStruct<Pair<First, Second>>({
    id: 0xa5aea5013c63f8ebn,
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

/** @see interop.capnp:Counter, 0x8dede4206200d677 */
export interface Counter extends $.Client<CounterServer> {
  /** Adds and gives the new total. The first call gives its amount. */
  add(amount: bigint, options?: $.CallOptions): $.Call<{ readonly total: bigint }>;
  /** How many calls of add were begun, this one not counted. */
  calls(options?: $.CallOptions): $.Call<{ readonly count: number }>;
}
/** What an object implements to be served as `Counter`. */
export interface CounterServer {
  /** Adds and gives the new total. The first call gives its amount. */
  add(amount: bigint, context: $.CallContext): $.Served<{ readonly total: bigint }>;
  /** How many calls of add were begun, this one not counted. */
  calls(context: $.CallContext): $.Served<{ readonly count: number }>;
}
const Counter_add_params: $.StructType<{ readonly amount: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd0c87e0cde567ba8n,
    name: "Counter.add$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ amount: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.amount !== undefined) {
          f = "amount";
          s.setInt64(0, value.amount);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_add_results: $.StructType<{ readonly total: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe171ec08125fcff7n,
    name: "Counter.add$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ total: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.total !== undefined) {
          f = "total";
          s.setInt64(0, value.total);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_calls_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xdfb1651653ce635en,
  name: "Counter.calls$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Counter_calls_results: $.StructType<{ readonly count: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8af51400c42454ffn,
    name: "Counter.calls$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ count: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.count !== undefined) {
          f = "count";
          s.setUint32(0, value.count);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Counter: $.InterfaceType<Counter> = /* @__PURE__ */ $.defineInterface<Counter>({
  id: 0x8dede4206200d677n,
  name: "Counter",
  methods: [
    {
      name: "add",
      parameters: ["amount"],
      params: () => Counter_add_params,
      results: () => Counter_add_results,
    },
    {
      name: "calls",
      parameters: [],
      params: () => Counter_calls_params,
      results: () => Counter_calls_results,
    },
  ],
});

/** @see interop.capnp:Greeter, 0xa1a1b0b1c0c1d001 */
export interface Greeter extends $.Client<GreeterServer> {
  greet(
    name?: string | undefined,
    times?: number | undefined,
    options?: $.CallOptions,
  ): $.Call<{ readonly text: string; readonly length: number }>;
}
/** What an object implements to be served as `Greeter`. */
export interface GreeterServer {
  greet(
    name: string,
    times: number,
    context: $.CallContext,
  ): $.Served<{ readonly text: string; readonly length: number }>;
}
const Greeter_greet_params: $.StructType<{ readonly name: string; readonly times: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe0133e64cc2cd0b7n,
    name: "Greeter.greet$Params",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({
      name: s.pointer(0).isNull ? "you" : $.Text.read(s.pointer(0)),
      times: s.uint32(0, 2),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
        if (value.times !== undefined) {
          f = "times";
          s.setUint32(0, value.times, 2);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Greeter_greet_results: $.StructType<{ readonly text: string; readonly length: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe573a7dcc41c0877n,
    name: "Greeter.greet$Results",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ text: $.Text.read(s.pointer(0)), length: s.uint32(0, 3) }),
    write(s, value) {
      let f = "";
      try {
        if (value.text !== undefined) {
          f = "text";
          $.Text.write(s.pointer(0), value.text);
        }
        if (value.length !== undefined) {
          f = "length";
          s.setUint32(0, value.length, 3);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Greeter: $.InterfaceType<Greeter> = /* @__PURE__ */ $.defineInterface<Greeter>({
  id: 0xa1a1b0b1c0c1d001n,
  name: "Greeter",
  methods: [
    {
      name: "greet",
      parameters: ["name", "times"],
      params: () => Greeter_greet_params,
      results: () => Greeter_greet_results,
    },
  ],
});

/** @see interop.capnp:PoliteGreeter, 0xa1a1b0b1c0c1d002 */
export interface PoliteGreeter
  extends $.Client<PoliteGreeterServer>, Omit<Greeter, keyof $.Client> {
  thank(params: $.Init<AllTypes_Inner>, options?: $.CallOptions): $.Call<AllTypes_Inner>;
}
/** What an object implements to be served as `PoliteGreeter`. */
export type PoliteGreeterServer = $.ServerOf<Greeter> & {
  thank(params: AllTypes_Inner, context: $.CallContext): $.Served<AllTypes_Inner>;
};
export const PoliteGreeter: $.InterfaceType<PoliteGreeter> =
  /* @__PURE__ */ $.defineInterface<PoliteGreeter>({
    id: 0xa1a1b0b1c0c1d002n,
    name: "PoliteGreeter",
    extends: [Greeter],
    methods: [{ name: "thank", params: () => AllTypes_Inner, results: () => AllTypes_Inner }],
  });

/** @see interop.capnp:Stream, 0xa1a1b0b1c0c1d003 */
export interface Stream extends $.Client<StreamServer> {
  /** Numbers above 1000 are refused. */
  push(number: number, options?: $.CallOptions): Promise<void>;
  finish(options?: $.CallOptions): $.Call<{ readonly sum: bigint; readonly count: number }>;
}
/** What an object implements to be served as `Stream`. */
export interface StreamServer {
  /** Numbers above 1000 are refused. */
  push(number: number, context: $.CallContext): void | Promise<void>;
  finish(context: $.CallContext): $.Served<{ readonly sum: bigint; readonly count: number }>;
}
const Stream_push_params: $.StructType<{ readonly number: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9996f5f9698dcc5fn,
    name: "Stream.push$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ number: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.number !== undefined) {
          f = "number";
          s.setUint32(0, value.number);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Stream_finish_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd6b9aefce31e6ecfn,
  name: "Stream.finish$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Stream_finish_results: $.StructType<{ readonly sum: bigint; readonly count: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe7e2b594e6e61107n,
    name: "Stream.finish$Results",
    dataWords: 2,
    pointers: 0,
    read: (s) => ({ sum: s.uint64(0), count: s.uint32(8) }),
    write(s, value) {
      let f = "";
      try {
        if (value.sum !== undefined) {
          f = "sum";
          s.setUint64(0, value.sum);
        }
        if (value.count !== undefined) {
          f = "count";
          s.setUint32(8, value.count);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Stream: $.InterfaceType<Stream> = /* @__PURE__ */ $.defineInterface<Stream>({
  id: 0xa1a1b0b1c0c1d003n,
  name: "Stream",
  methods: [
    {
      name: "push",
      parameters: ["number"],
      params: () => Stream_push_params,
      results: () => $.StreamResult,
      streaming: true,
    },
    {
      name: "finish",
      parameters: [],
      params: () => Stream_finish_params,
      results: () => Stream_finish_results,
    },
  ],
});

/** @see interop.capnp:Holder, 0xa1a1b0b1c0c1d004 */
export interface Holder<T> extends $.Client<HolderServer<T>> {
  put(value: $.Init<T>, options?: $.CallOptions): $.Call<object>;
  get(options?: $.CallOptions): $.Call<{ readonly value: T }>;
}
/** What an object implements to be served as `Holder`. */
export interface HolderServer<T> {
  put(value: T, context: $.CallContext): void | Promise<void>;
  get(context: $.CallContext): $.Served<{ readonly value: T }>;
}
export function Holder<T>(T: $.PointerType<T>): $.InterfaceType<Holder<T>> {
  const Holder_put_params: $.StructType<{ readonly value: T }> = /* @__PURE__ */ $.defineStruct({
    id: 0xf4d969fd8fcc284fn,
    name: "Holder.put$Params",
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
  const Holder_put_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
    id: 0xbb88b8e75d3cb291n,
    name: "Holder.put$Results",
    dataWords: 0,
    pointers: 0,
    read: () => ({}),
    write: () => undefined,
  });
  const Holder_get_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
    id: 0x902f5284d393f107n,
    name: "Holder.get$Params",
    dataWords: 0,
    pointers: 0,
    read: () => ({}),
    write: () => undefined,
  });
  const Holder_get_results: $.StructType<{ readonly value: T }> = /* @__PURE__ */ $.defineStruct({
    id: 0xaa28a08b42380118n,
    name: "Holder.get$Results",
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
  return /* @__PURE__ */ $.defineInterface<Holder<T>>({
    id: 0xa1a1b0b1c0c1d004n,
    name: "Holder",
    methods: [
      {
        name: "put",
        parameters: ["value"],
        params: () => Holder_put_params,
        results: () => Holder_put_results,
      },
      {
        name: "get",
        parameters: [],
        params: () => Holder_get_params,
        results: () => Holder_get_results,
      },
    ],
  });
}

/** @see interop.capnp:Callee, 0xa1a1b0b1c0c1d005 */
export interface Callee extends $.Client<CalleeServer> {
  give(number: bigint, options?: $.CallOptions): $.Call<Callee_Result>;
}
/** What an object implements to be served as `Callee`. */
export interface CalleeServer {
  give(number: bigint, context: $.CallContext): $.Served<Callee_Result>;
}
const Callee_give_params: $.StructType<{ readonly number: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8be431cbefb3a2d4n,
    name: "Callee.give$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ number: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.number !== undefined) {
          f = "number";
          s.setInt64(0, value.number);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Callee: $.InterfaceType<Callee> = /* @__PURE__ */ $.defineInterface<Callee>({
  id: 0xa1a1b0b1c0c1d005n,
  name: "Callee",
  methods: [
    {
      name: "give",
      parameters: ["number"],
      params: () => Callee_give_params,
      results: () => Callee_Result,
    },
  ],
});

/** @see interop.capnp:Callee.Result, 0xe3e98b6d3ecf9202 */
export interface Callee_Result {
  readonly number: bigint;
  readonly counter: Counter;
}
export const Callee_Result: $.StructType<Callee_Result> =
  /* @__PURE__ */ $.defineStruct<Callee_Result>({
    id: 0xe3e98b6d3ecf9202n,
    name: "Callee.Result",
    dataWords: 1,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ number: s.int64(0), counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.number !== undefined) {
          f = "number";
          s.setInt64(0, value.number);
        }
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see interop.capnp:Peer, 0xa1a1b0b1c0c1d006 */
export interface Peer extends $.Client<PeerServer> {
  echoAll(value: $.Init<AllTypes>, options?: $.CallOptions): $.Call<{ readonly value: AllTypes }>;
  echoDefaults(
    value: $.Init<Defaults>,
    options?: $.CallOptions,
  ): $.Call<{ readonly value: Defaults }>;
  echoShapes(value: $.Init<Shapes>, options?: $.CallOptions): $.Call<{ readonly value: Shapes }>;
  echoAny(
    value: $.Init<$.PointerReader>,
    options?: $.CallOptions,
  ): $.Call<{ readonly value: $.PointerReader }>;
  echoCap(cap: $.Init<$.Client>, options?: $.CallOptions): $.Call<{ readonly cap: $.Client }>;
  echoCounters(
    counters: $.Init<readonly Counter[]>,
    options?: $.CallOptions,
  ): $.Call<{ readonly counters: readonly Counter[] }>;
  makeCounter(options?: $.CallOptions): $.Call<{ readonly counter: Counter }>;
  /** A counter two structs deep. */
  makeNested(options?: $.CallOptions): $.Call<{ readonly outer: Peer_Outer }>;
  /** How many made counters nobody has released. */
  liveCounters(options?: $.CallOptions): $.Call<{ readonly count: number }>;
  /** Calls add on what it is given. */
  callCounter(
    counter: $.Init<Counter>,
    amount: bigint,
    options?: $.CallOptions,
  ): $.Call<{ readonly total: bigint }>;
  /** Keeps it, in place of the one before; null lets go. */
  hold(counter: $.Init<Counter>, options?: $.CallOptions): $.Call<object>;
  callHeld(amount: bigint, options?: $.CallOptions): $.Call<{ readonly total: bigint }>;
  getHeld(options?: $.CallOptions): $.Call<{ readonly counter: Counter }>;
  /** Throws an exception of this type: failed, overloaded, disconnected, unimplemented. */
  fail(type: number, reason: string, options?: $.CallOptions): $.Call<object>;
  /** Waits until it is canceled, holding what it was given. */
  neverReturn(
    counter: $.Init<Counter>,
    options?: $.CallOptions,
  ): $.Call<{ readonly counter: Counter }>;
  /** How many calls of neverReturn were canceled. */
  canceled(options?: $.CallOptions): $.Call<{ readonly count: number }>;
  /** Returns at once with a promise. */
  promiseCounter(options?: $.CallOptions): $.Call<{ readonly counter: Counter }>;
  /** Resolves the promise given last to this; null breaks it. */
  keepPromise(counter: $.Init<Counter>, options?: $.CallOptions): $.Call<object>;
  greeter(options?: $.CallOptions): $.Call<{ readonly greeter: PoliteGreeter }>;
  stream(options?: $.CallOptions): $.Call<{ readonly stream: Stream }>;
  holder(options?: $.CallOptions): $.Call<{ readonly holder: Holder<Pair<string, Counter>> }>;
  /** A tail call of give. */
  tail(callee: $.Init<Callee>, number: bigint, options?: $.CallOptions): $.Call<Callee_Result>;
  getNull(options?: $.CallOptions): $.Call<{ readonly counter: Counter }>;
  /** A Membrane(WetwareSession), in epoch 7 with the head "head". */
  membrane(options?: $.CallOptions): $.Call<{ readonly membrane: $.Client }>;
}
/** What an object implements to be served as `Peer`. */
export interface PeerServer {
  echoAll(value: AllTypes, context: $.CallContext): $.Served<{ readonly value: AllTypes }>;
  echoDefaults(value: Defaults, context: $.CallContext): $.Served<{ readonly value: Defaults }>;
  echoShapes(value: Shapes, context: $.CallContext): $.Served<{ readonly value: Shapes }>;
  echoAny(
    value: $.PointerReader,
    context: $.CallContext,
  ): $.Served<{ readonly value: $.PointerReader }>;
  echoCap(cap: $.Client, context: $.CallContext): $.Served<{ readonly cap: $.Client }>;
  echoCounters(
    counters: readonly Counter[],
    context: $.CallContext,
  ): $.Served<{ readonly counters: readonly Counter[] }>;
  makeCounter(context: $.CallContext): $.Served<{ readonly counter: Counter }>;
  /** A counter two structs deep. */
  makeNested(context: $.CallContext): $.Served<{ readonly outer: Peer_Outer }>;
  /** How many made counters nobody has released. */
  liveCounters(context: $.CallContext): $.Served<{ readonly count: number }>;
  /** Calls add on what it is given. */
  callCounter(
    counter: Counter,
    amount: bigint,
    context: $.CallContext,
  ): $.Served<{ readonly total: bigint }>;
  /** Keeps it, in place of the one before; null lets go. */
  hold(counter: Counter, context: $.CallContext): void | Promise<void>;
  callHeld(amount: bigint, context: $.CallContext): $.Served<{ readonly total: bigint }>;
  getHeld(context: $.CallContext): $.Served<{ readonly counter: Counter }>;
  /** Throws an exception of this type: failed, overloaded, disconnected, unimplemented. */
  fail(type: number, reason: string, context: $.CallContext): void | Promise<void>;
  /** Waits until it is canceled, holding what it was given. */
  neverReturn(counter: Counter, context: $.CallContext): $.Served<{ readonly counter: Counter }>;
  /** How many calls of neverReturn were canceled. */
  canceled(context: $.CallContext): $.Served<{ readonly count: number }>;
  /** Returns at once with a promise. */
  promiseCounter(context: $.CallContext): $.Served<{ readonly counter: Counter }>;
  /** Resolves the promise given last to this; null breaks it. */
  keepPromise(counter: Counter, context: $.CallContext): void | Promise<void>;
  greeter(context: $.CallContext): $.Served<{ readonly greeter: PoliteGreeter }>;
  stream(context: $.CallContext): $.Served<{ readonly stream: Stream }>;
  holder(context: $.CallContext): $.Served<{ readonly holder: Holder<Pair<string, Counter>> }>;
  /** A tail call of give. */
  tail(callee: Callee, number: bigint, context: $.CallContext): $.Served<Callee_Result>;
  getNull(context: $.CallContext): $.Served<{ readonly counter: Counter }>;
  /** A Membrane(WetwareSession), in epoch 7 with the head "head". */
  membrane(context: $.CallContext): $.Served<{ readonly membrane: $.Client }>;
}
const Peer_echoAll_params: $.StructType<{ readonly value: AllTypes }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc0fdb6507e81a565n,
    name: "Peer.echoAll$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => AllTypes] },
    read: (s) => ({ value: AllTypes.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          AllTypes.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoAll_results: $.StructType<{ readonly value: AllTypes }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe971bedb83dc1599n,
    name: "Peer.echoAll$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => AllTypes] },
    read: (s) => ({ value: AllTypes.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          AllTypes.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoDefaults_params: $.StructType<{ readonly value: Defaults }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbf0752056efb56a1n,
    name: "Peer.echoDefaults$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => Defaults] },
    read: (s) => ({ value: Defaults.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          Defaults.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoDefaults_results: $.StructType<{ readonly value: Defaults }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x94067d00a0da1f98n,
    name: "Peer.echoDefaults$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => Defaults] },
    read: (s) => ({ value: Defaults.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          Defaults.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoShapes_params: $.StructType<{ readonly value: Shapes }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8b0360168c5fcb98n,
    name: "Peer.echoShapes$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => Shapes] },
    read: (s) => ({ value: Shapes.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          Shapes.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoShapes_results: $.StructType<{ readonly value: Shapes }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc706d615b1927cc3n,
    name: "Peer.echoShapes$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { value: [0, () => Shapes] },
    read: (s) => ({ value: Shapes.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          Shapes.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoAny_params: $.StructType<{ readonly value: $.PointerReader }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe20e3b033451af5bn,
    name: "Peer.echoAny$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ value: $.AnyPointer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          $.AnyPointer.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoAny_results: $.StructType<{ readonly value: $.PointerReader }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc9d3c070547e1bd8n,
    name: "Peer.echoAny$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ value: $.AnyPointer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          $.AnyPointer.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoCap_params: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb810fcee4c4ac433n,
    name: "Peer.echoCap$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { cap: [0, () => $.AnyClient] },
    read: (s) => ({ cap: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.cap !== undefined) {
          f = "cap";
          $.AnyClient.write(s.pointer(0), value.cap);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoCap_results: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb970cd9595ca71a9n,
    name: "Peer.echoCap$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { cap: [0, () => $.AnyClient] },
    read: (s) => ({ cap: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.cap !== undefined) {
          f = "cap";
          $.AnyClient.write(s.pointer(0), value.cap);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoCounters_params: $.StructType<{ readonly counters: readonly Counter[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x95f327048e36586en,
    name: "Peer.echoCounters$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ counters: Counter.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counters !== undefined) {
          f = "counters";
          Counter.writeList(s.pointer(0), value.counters);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_echoCounters_results: $.StructType<{ readonly counters: readonly Counter[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd2533628c1dbefa9n,
    name: "Peer.echoCounters$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ counters: Counter.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counters !== undefined) {
          f = "counters";
          Counter.writeList(s.pointer(0), value.counters);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_makeCounter_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc230d319a9e69748n,
  name: "Peer.makeCounter$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_makeCounter_results: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd68a8b95c9802f9an,
    name: "Peer.makeCounter$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_makeNested_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd9f8fd393428f05fn,
  name: "Peer.makeNested$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_makeNested_results: $.StructType<{ readonly outer: Peer_Outer }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb6d98a54b34ed670n,
    name: "Peer.makeNested$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { outer: [0, () => Peer_Outer] },
    read: (s) => ({ outer: Peer_Outer.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.outer !== undefined) {
          f = "outer";
          Peer_Outer.write(s.pointer(0), value.outer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_liveCounters_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbe1599fa9680dd96n,
  name: "Peer.liveCounters$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_liveCounters_results: $.StructType<{ readonly count: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb01d4fa19318e077n,
    name: "Peer.liveCounters$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ count: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.count !== undefined) {
          f = "count";
          s.setUint32(0, value.count);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_callCounter_params: $.StructType<{
  readonly counter: Counter;
  readonly amount: bigint;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x83fb9d5b880ec95en,
  name: "Peer.callCounter$Params",
  dataWords: 1,
  pointers: 1,
  pipelined: { counter: [0, () => Counter] },
  read: (s) => ({ counter: Counter.read(s.pointer(0)), amount: s.int64(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.counter !== undefined) {
        f = "counter";
        Counter.write(s.pointer(0), value.counter);
      }
      if (value.amount !== undefined) {
        f = "amount";
        s.setInt64(0, value.amount);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Peer_callCounter_results: $.StructType<{ readonly total: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8fd79cac77c025f3n,
    name: "Peer.callCounter$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ total: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.total !== undefined) {
          f = "total";
          s.setInt64(0, value.total);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_hold_params: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd2317e0e5f22a328n,
    name: "Peer.hold$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_hold_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbe1615594583addbn,
  name: "Peer.hold$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_callHeld_params: $.StructType<{ readonly amount: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xeea0ce42e2b85e6dn,
    name: "Peer.callHeld$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ amount: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.amount !== undefined) {
          f = "amount";
          s.setInt64(0, value.amount);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_callHeld_results: $.StructType<{ readonly total: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x82162e8cc3149c8an,
    name: "Peer.callHeld$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ total: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.total !== undefined) {
          f = "total";
          s.setInt64(0, value.total);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_getHeld_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf37c43af45dac523n,
  name: "Peer.getHeld$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_getHeld_results: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x867e589e42e082b2n,
    name: "Peer.getHeld$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_fail_params: $.StructType<{ readonly type: number; readonly reason: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe4126fcfb9d2f5ean,
    name: "Peer.fail$Params",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ type: s.uint16(0), reason: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.type !== undefined) {
          f = "type";
          s.setUint16(0, value.type);
        }
        if (value.reason !== undefined) {
          f = "reason";
          $.Text.write(s.pointer(0), value.reason);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_fail_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb5b34b2fb73d1ba3n,
  name: "Peer.fail$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_neverReturn_params: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa450bce7520a4fd6n,
    name: "Peer.neverReturn$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_neverReturn_results: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe8cfed33003b3f92n,
    name: "Peer.neverReturn$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_canceled_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb3560b0926d5244bn,
  name: "Peer.canceled$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_canceled_results: $.StructType<{ readonly count: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xce37ec191006bcb5n,
    name: "Peer.canceled$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ count: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.count !== undefined) {
          f = "count";
          s.setUint32(0, value.count);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_promiseCounter_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x94a567b06b33b2c9n,
  name: "Peer.promiseCounter$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_promiseCounter_results: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc3fb9df2022dc833n,
    name: "Peer.promiseCounter$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_keepPromise_params: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x98ddffe4c7aa3d3an,
    name: "Peer.keepPromise$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_keepPromise_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf930425c6a1a09f3n,
  name: "Peer.keepPromise$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_greeter_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbfef382f65302107n,
  name: "Peer.greeter$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_greeter_results: $.StructType<{ readonly greeter: PoliteGreeter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9c4ef2d563e84720n,
    name: "Peer.greeter$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { greeter: [0, () => PoliteGreeter] },
    read: (s) => ({ greeter: PoliteGreeter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.greeter !== undefined) {
          f = "greeter";
          PoliteGreeter.write(s.pointer(0), value.greeter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_stream_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf5bb92c6f4364c79n,
  name: "Peer.stream$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_stream_results: $.StructType<{ readonly stream: Stream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf7cdc38b6f6230dfn,
    name: "Peer.stream$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => Stream] },
    read: (s) => ({ stream: Stream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          Stream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_holder_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc08f8b0ca2575301n,
  name: "Peer.holder$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_holder_results: $.StructType<{ readonly holder: Holder<Pair<string, Counter>> }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe632736a65e22285n,
    name: "Peer.holder$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { holder: [0, () => Holder(Pair($.Text, Counter))] },
    read: (s) => ({ holder: Holder(Pair($.Text, Counter)).read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.holder !== undefined) {
          f = "holder";
          Holder(Pair($.Text, Counter)).write(s.pointer(0), value.holder);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_tail_params: $.StructType<{ readonly callee: Callee; readonly number: bigint }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc4fb8fe33ece013fn,
    name: "Peer.tail$Params",
    dataWords: 1,
    pointers: 1,
    pipelined: { callee: [0, () => Callee] },
    read: (s) => ({ callee: Callee.read(s.pointer(0)), number: s.int64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.callee !== undefined) {
          f = "callee";
          Callee.write(s.pointer(0), value.callee);
        }
        if (value.number !== undefined) {
          f = "number";
          s.setInt64(0, value.number);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_getNull_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf7e50be6aceadbb9n,
  name: "Peer.getNull$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_getNull_results: $.StructType<{ readonly counter: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9a903bbbd0c911d6n,
    name: "Peer.getNull$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { counter: [0, () => Counter] },
    read: (s) => ({ counter: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.counter !== undefined) {
          f = "counter";
          Counter.write(s.pointer(0), value.counter);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Peer_membrane_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd084394c314b886en,
  name: "Peer.membrane$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Peer_membrane_results: $.StructType<{ readonly membrane: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb293f4d6c115d978n,
    name: "Peer.membrane$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { membrane: [0, () => $.AnyClient] },
    read: (s) => ({ membrane: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.membrane !== undefined) {
          f = "membrane";
          $.AnyClient.write(s.pointer(0), value.membrane);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Peer: $.InterfaceType<Peer> = /* @__PURE__ */ $.defineInterface<Peer>({
  id: 0xa1a1b0b1c0c1d006n,
  name: "Peer",
  methods: [
    {
      name: "echoAll",
      parameters: ["value"],
      params: () => Peer_echoAll_params,
      results: () => Peer_echoAll_results,
    },
    {
      name: "echoDefaults",
      parameters: ["value"],
      params: () => Peer_echoDefaults_params,
      results: () => Peer_echoDefaults_results,
    },
    {
      name: "echoShapes",
      parameters: ["value"],
      params: () => Peer_echoShapes_params,
      results: () => Peer_echoShapes_results,
    },
    {
      name: "echoAny",
      parameters: ["value"],
      params: () => Peer_echoAny_params,
      results: () => Peer_echoAny_results,
    },
    {
      name: "echoCap",
      parameters: ["cap"],
      params: () => Peer_echoCap_params,
      results: () => Peer_echoCap_results,
    },
    {
      name: "echoCounters",
      parameters: ["counters"],
      params: () => Peer_echoCounters_params,
      results: () => Peer_echoCounters_results,
    },
    {
      name: "makeCounter",
      parameters: [],
      params: () => Peer_makeCounter_params,
      results: () => Peer_makeCounter_results,
    },
    {
      name: "makeNested",
      parameters: [],
      params: () => Peer_makeNested_params,
      results: () => Peer_makeNested_results,
    },
    {
      name: "liveCounters",
      parameters: [],
      params: () => Peer_liveCounters_params,
      results: () => Peer_liveCounters_results,
    },
    {
      name: "callCounter",
      parameters: ["counter", "amount"],
      params: () => Peer_callCounter_params,
      results: () => Peer_callCounter_results,
    },
    {
      name: "hold",
      parameters: ["counter"],
      params: () => Peer_hold_params,
      results: () => Peer_hold_results,
    },
    {
      name: "callHeld",
      parameters: ["amount"],
      params: () => Peer_callHeld_params,
      results: () => Peer_callHeld_results,
    },
    {
      name: "getHeld",
      parameters: [],
      params: () => Peer_getHeld_params,
      results: () => Peer_getHeld_results,
    },
    {
      name: "fail",
      parameters: ["type", "reason"],
      params: () => Peer_fail_params,
      results: () => Peer_fail_results,
    },
    {
      name: "neverReturn",
      parameters: ["counter"],
      params: () => Peer_neverReturn_params,
      results: () => Peer_neverReturn_results,
    },
    {
      name: "canceled",
      parameters: [],
      params: () => Peer_canceled_params,
      results: () => Peer_canceled_results,
    },
    {
      name: "promiseCounter",
      parameters: [],
      params: () => Peer_promiseCounter_params,
      results: () => Peer_promiseCounter_results,
    },
    {
      name: "keepPromise",
      parameters: ["counter"],
      params: () => Peer_keepPromise_params,
      results: () => Peer_keepPromise_results,
    },
    {
      name: "greeter",
      parameters: [],
      params: () => Peer_greeter_params,
      results: () => Peer_greeter_results,
    },
    {
      name: "stream",
      parameters: [],
      params: () => Peer_stream_params,
      results: () => Peer_stream_results,
    },
    {
      name: "holder",
      parameters: [],
      params: () => Peer_holder_params,
      results: () => Peer_holder_results,
    },
    {
      name: "tail",
      parameters: ["callee", "number"],
      params: () => Peer_tail_params,
      results: () => Callee_Result,
    },
    {
      name: "getNull",
      parameters: [],
      params: () => Peer_getNull_params,
      results: () => Peer_getNull_results,
    },
    {
      name: "membrane",
      parameters: [],
      params: () => Peer_membrane_params,
      results: () => Peer_membrane_results,
    },
  ],
});

/** @see interop.capnp:Peer.Outer, 0xe330fb13dba535b9 */
export interface Peer_Outer {
  readonly middle: Peer_Middle;
}
export const Peer_Outer: $.StructType<Peer_Outer> = /* @__PURE__ */ $.defineStruct<Peer_Outer>({
  id: 0xe330fb13dba535b9n,
  name: "Peer.Outer",
  dataWords: 0,
  pointers: 1,
  pipelined: { middle: [0, () => Peer_Middle] },
  read: (s) => ({ middle: Peer_Middle.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.middle !== undefined) {
        f = "middle";
        Peer_Middle.write(s.pointer(0), value.middle);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see interop.capnp:Peer.Middle, 0xe0dd046330dc27d8 */
export interface Peer_Middle {
  readonly note: string;
  readonly counter: Counter;
}
export const Peer_Middle: $.StructType<Peer_Middle> = /* @__PURE__ */ $.defineStruct<Peer_Middle>({
  id: 0xe0dd046330dc27d8n,
  name: "Peer.Middle",
  dataWords: 0,
  pointers: 2,
  pipelined: { counter: [1, () => Counter] },
  read: (s) => ({ note: $.Text.read(s.pointer(0)), counter: Counter.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.note !== undefined) {
        f = "note";
        $.Text.write(s.pointer(0), value.note);
      }
      if (value.counter !== undefined) {
        f = "counter";
        Counter.write(s.pointer(1), value.counter);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see interop.capnp:answer, 0xfe9cf1c502418c8a */
export const answer: $.Constant<number> = $.freeze(42);

/** @see interop.capnp:sample, 0x830b5b188f2e7a37 */
export const sample: $.Constant<AllTypes_Inner> = $.freeze(
  AllTypes_Inner.read(
    $.parseLiteral(
      "000000000400000000000000010001000900000000000000010000002a0000006e696e6500000000",
    ),
  ),
);
