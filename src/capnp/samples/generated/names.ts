/** Generated from names.capnp, file id 0xb62a1c5cd3bb5ab2. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as other_ from "./parts/other.ts";
import * as other__ from "./other.ts";

/** @see names.capnp:Members, 0xe2d1c2c4a1f0b901 */
export type Members = {
  readonly then_: number;
  readonly catch_: string;
  readonly finally_: Counter;
  readonly constructor_: string;
  readonly toString_: string;
  readonly valueOf_: number;
  readonly hasOwnProperty_: boolean;
  readonly read: string;
  readonly write: string;
  readonly length: number;
  readonly which_: number;
  readonly class: string;
  readonly s: string;
  readonly value: string;
  readonly common: string;
  readonly group:
    | { readonly which: "propertyIsEnumerable_"; readonly propertyIsEnumerable_: number }
    | { readonly which: "constructor_"; readonly constructor_: { readonly then_: number } }
    | {
        readonly which: number;
        readonly propertyIsEnumerable_?: undefined;
        readonly constructor_?: undefined;
      };
} & (
  | { readonly which: "toLocaleString_"; readonly toLocaleString_: string }
  | { readonly which: "isPrototypeOf_"; readonly isPrototypeOf_: { readonly which: string } }
  | {
      readonly which: number;
      readonly toLocaleString_?: undefined;
      readonly isPrototypeOf_?: undefined;
    }
);
export const Members: $.StructType<Members> = /* @__PURE__ */ $.defineStruct<Members>({
  id: 0xe2d1c2c4a1f0b901n,
  name: "Members",
  dataWords: 4,
  pointers: 11,
  pipelined: { finally_: [1, () => Counter] },
  read(s) {
    const common = {
      then_: s.uint32(0),
      catch_: $.Text.read(s.pointer(0)),
      finally_: Counter.read(s.pointer(1)),
      constructor_: s.pointer(2).isNull ? "made" : $.Text.read(s.pointer(2)),
      toString_: $.Text.read(s.pointer(3)),
      valueOf_: s.uint32(4),
      hasOwnProperty_: s.bool(64),
      read: $.Text.read(s.pointer(4)),
      write: $.Text.read(s.pointer(5)),
      length: s.uint32(12),
      which_: s.uint32(16),
      class: $.Text.read(s.pointer(6)),
      s: $.Text.read(s.pointer(7)),
      value: $.Text.read(s.pointer(8)),
      common: $.Text.read(s.pointer(9)),
      group: (() => {
        const which = s.uint16(24);
        switch (which) {
          case 0:
            return { which: "propertyIsEnumerable_" as const, propertyIsEnumerable_: s.uint32(20) };
          case 1:
            return { which: "constructor_" as const, constructor_: { then_: s.uint32(20) } };
          default:
            return { which };
        }
      })(),
    };
    const which = s.uint16(10);
    switch (which) {
      case 0:
        return {
          ...common,
          which: "toLocaleString_" as const,
          toLocaleString_: $.Text.read(s.pointer(10)),
        };
      case 1:
        return {
          ...common,
          which: "isPrototypeOf_" as const,
          isPrototypeOf_: { which: $.Text.read(s.pointer(10)) },
        };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.then_ !== undefined) {
        f = "then_";
        s.setUint32(0, value.then_);
      }
      if (value.catch_ !== undefined) {
        f = "catch_";
        $.Text.write(s.pointer(0), value.catch_);
      }
      if (value.finally_ !== undefined) {
        f = "finally_";
        Counter.write(s.pointer(1), value.finally_);
      }
      if (value.constructor_ !== undefined) {
        f = "constructor_";
        $.Text.write(s.pointer(2), value.constructor_);
      }
      if (value.toString_ !== undefined) {
        f = "toString_";
        $.Text.write(s.pointer(3), value.toString_);
      }
      if (value.valueOf_ !== undefined) {
        f = "valueOf_";
        s.setUint32(4, value.valueOf_);
      }
      if (value.hasOwnProperty_ !== undefined) {
        f = "hasOwnProperty_";
        s.setBool(64, value.hasOwnProperty_);
      }
      if (value.read !== undefined) {
        f = "read";
        $.Text.write(s.pointer(4), value.read);
      }
      if (value.write !== undefined) {
        f = "write";
        $.Text.write(s.pointer(5), value.write);
      }
      if (value.length !== undefined) {
        f = "length";
        s.setUint32(12, value.length);
      }
      if (value.which_ !== undefined) {
        f = "which_";
        s.setUint32(16, value.which_);
      }
      if (value.class !== undefined) {
        f = "class";
        $.Text.write(s.pointer(6), value.class);
      }
      if (value.s !== undefined) {
        f = "s";
        $.Text.write(s.pointer(7), value.s);
      }
      if (value.value !== undefined) {
        f = "value";
        $.Text.write(s.pointer(8), value.value);
      }
      if (value.common !== undefined) {
        f = "common";
        $.Text.write(s.pointer(9), value.common);
      }
      if (value.group !== undefined) {
        f = "group";
        switch (value.group.which) {
          case "propertyIsEnumerable_":
            s.setUint16(24, 0);
            if (value.group.propertyIsEnumerable_ !== undefined) {
              f = "group.propertyIsEnumerable_";
              s.setUint32(20, value.group.propertyIsEnumerable_);
            }
            break;
          case "constructor_":
            s.setUint16(24, 1);
            if (value.group.constructor_ !== undefined) {
              f = "group.constructor_";
              if (value.group.constructor_.then_ !== undefined) {
                f = "group.constructor_.then_";
                s.setUint32(20, value.group.constructor_.then_);
              }
            }
            break;
          case undefined:
            $.requireNone(value.group, ["propertyIsEnumerable_", "constructor_"]);
            break;
          default:
            f = "group.which";
            s.setUint16(24, value.group.which);
        }
      }
      switch (value.which) {
        case "toLocaleString_":
          s.setUint16(10, 0);
          if (value.toLocaleString_ !== undefined) {
            f = "toLocaleString_";
            $.Text.write(s.pointer(10), value.toLocaleString_);
          }
          break;
        case "isPrototypeOf_":
          s.setUint16(10, 1);
          if (value.isPrototypeOf_ !== undefined) {
            f = "isPrototypeOf_";
            if (value.isPrototypeOf_.which !== undefined) {
              f = "isPrototypeOf_.which";
              $.Text.write(s.pointer(10), value.isPrototypeOf_.which);
            }
          }
          break;
        case undefined:
          $.requireNone(value, ["toLocaleString_", "isPrototypeOf_"]);
          break;
        default:
          f = "which";
          s.setUint16(10, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see names.capnp:Words, 0xe2d1c2c4a1f0b902 */
export type Words = "then" | "constructor" | "toString" | "class" | number;
export const Words: $.EnumType<"then" | "constructor" | "toString" | "class"> =
  /* @__PURE__ */ $.defineEnum(["then", "constructor", "toString", "class"]);

/** @see names.capnp:Nothing, 0xe2d1c2c4a1f0b903 */
export type Nothing = object;
export const Nothing: $.StructType<Nothing> = /* @__PURE__ */ $.defineStruct<Nothing>({
  id: 0xe2d1c2c4a1f0b903n,
  name: "Nothing",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});

/** @see names.capnp:Promise, 0xe2d1c2c4a1f0b904 */
export interface Promise_ {
  readonly list: readonly Uint8Array_[];
  readonly object: Object;
}
export const Promise_: $.StructType<Promise_> = /* @__PURE__ */ $.defineStruct<Promise_>({
  id: 0xe2d1c2c4a1f0b904n,
  name: "Promise",
  dataWords: 0,
  pointers: 2,
  pipelined: { object: [1, () => Object] },
  read: (s) => ({ list: Uint8Array_.readList(s.pointer(0)), object: Object.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.list !== undefined) {
        f = "list";
        Uint8Array_.writeList(s.pointer(0), value.list);
      }
      if (value.object !== undefined) {
        f = "object";
        Object.write(s.pointer(1), value.object);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see names.capnp:Promise.Promise, 0xb995e0924ce114b9 */
export interface Promise_Promise {
  readonly omit: Omit_;
}
export const Promise_Promise: $.StructType<Promise_Promise> =
  /* @__PURE__ */ $.defineStruct<Promise_Promise>({
    id: 0xb995e0924ce114b9n,
    name: "Promise.Promise",
    dataWords: 0,
    pointers: 1,
    pipelined: { omit: [0, () => Omit_] },
    read: (s) => ({ omit: Omit_.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.omit !== undefined) {
          f = "omit";
          Omit_.write(s.pointer(0), value.omit);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see names.capnp:Uint8Array, 0xe2d1c2c4a1f0b905 */
export interface Uint8Array_ {
  readonly data: Uint8Array;
}
export const Uint8Array_: $.StructType<Uint8Array_> = /* @__PURE__ */ $.defineStruct<Uint8Array_>({
  id: 0xe2d1c2c4a1f0b905n,
  name: "Uint8Array",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ data: $.Data.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(0), value.data);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see names.capnp:Object, 0xe2d1c2c4a1f0b906 */
export interface Object {
  readonly error: string;
}
export const Object: $.StructType<Object> = /* @__PURE__ */ $.defineStruct<Object>({
  id: 0xe2d1c2c4a1f0b906n,
  name: "Object",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ error: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.error !== undefined) {
        f = "error";
        $.Text.write(s.pointer(0), value.error);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see names.capnp:Omit, 0xe2d1c2c4a1f0b907 */
export interface Omit_ {
  readonly disposable: Disposable;
}
export const Omit_: $.StructType<Omit_> = /* @__PURE__ */ $.defineStruct<Omit_>({
  id: 0xe2d1c2c4a1f0b907n,
  name: "Omit",
  dataWords: 0,
  pointers: 1,
  pipelined: { disposable: [0, () => Disposable] },
  read: (s) => ({ disposable: Disposable.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.disposable !== undefined) {
        f = "disposable";
        Disposable.write(s.pointer(0), value.disposable);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see names.capnp:Disposable, 0xe2d1c2c4a1f0b908 */
export interface Disposable {
  readonly client: Client;
}
export const Disposable: $.StructType<Disposable> = /* @__PURE__ */ $.defineStruct<Disposable>({
  id: 0xe2d1c2c4a1f0b908n,
  name: "Disposable",
  dataWords: 0,
  pointers: 1,
  pipelined: { client: [0, () => Client] },
  read: (s) => ({ client: Client.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.client !== undefined) {
        f = "client";
        Client.write(s.pointer(0), value.client);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see names.capnp:Client, 0xe2d1c2c4a1f0b909 */
export interface Client {
  readonly map: Map<string, Array>;
}
export const Client: $.StructType<Client> = /* @__PURE__ */ $.defineStruct<Client>({
  id: 0xe2d1c2c4a1f0b909n,
  name: "Client",
  dataWords: 0,
  pointers: 1,
  pipelined: { map: [0, () => Map($.Text, Array)] },
  read: (s) => ({ map: Map($.Text, Array).read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.map !== undefined) {
        f = "map";
        Map($.Text, Array).write(s.pointer(0), value.map);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Its parameters are named as types of this file are.
 * @see names.capnp:Map, 0xe2d1c2c4a1f0b90a
 */
export interface Map<Uint8Array__, Array_> {
  readonly key: Uint8Array__;
  readonly value: Array_;
  readonly inner: Map_Inner<Uint8Array__, Array_, Uint8Array__>;
}
export function Map<Uint8Array__, Array_>(
  Uint8Array__: $.PointerType<Uint8Array__>,
  Array_: $.PointerType<Array_>,
): $.StructType<Map<Uint8Array__, Array_>> {
  return /* @__PURE__ */ $.defineStruct<Map<Uint8Array__, Array_>>({
    id: 0xe2d1c2c4a1f0b90an,
    name: "Map",
    dataWords: 0,
    pointers: 3,
    pipelined: {
      key: [0, () => Uint8Array__],
      value: [1, () => Array_],
      inner: [2, () => Map_Inner(Uint8Array__, Array_, Uint8Array__)],
    },
    read: (s) => ({
      key: Uint8Array__.read(s.pointer(0)),
      value: Array_.read(s.pointer(1)),
      inner: Map_Inner(Uint8Array__, Array_, Uint8Array__).read(s.pointer(2)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.key !== undefined) {
          f = "key";
          Uint8Array__.write(s.pointer(0), value.key);
        }
        if (value.value !== undefined) {
          f = "value";
          Array_.write(s.pointer(1), value.value);
        }
        if (value.inner !== undefined) {
          f = "inner";
          Map_Inner(Uint8Array__, Array_, Uint8Array__).write(s.pointer(2), value.inner);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
}

/**
 * As is the parameter of the struct around it.
 * @see names.capnp:Map.Inner, 0xfbfcd93b8d1e19b3
 */
export interface Map_Inner<Uint8Array__, Array_, Uint8Array___> {
  readonly mine: Uint8Array___;
  readonly outer: Array_;
}
export function Map_Inner<Uint8Array__, Array_, Uint8Array___>(
  Uint8Array__: $.PointerType<Uint8Array__>,
  Array_: $.PointerType<Array_>,
  Uint8Array___: $.PointerType<Uint8Array___>,
): $.StructType<Map_Inner<Uint8Array__, Array_, Uint8Array___>> {
  return /* @__PURE__ */ $.defineStruct<Map_Inner<Uint8Array__, Array_, Uint8Array___>>({
    id: 0xfbfcd93b8d1e19b3n,
    name: "Map.Inner",
    dataWords: 0,
    pointers: 2,
    pipelined: { mine: [0, () => Uint8Array___], outer: [1, () => Array_] },
    read: (s) => ({ mine: Uint8Array___.read(s.pointer(0)), outer: Array_.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.mine !== undefined) {
          f = "mine";
          Uint8Array___.write(s.pointer(0), value.mine);
        }
        if (value.outer !== undefined) {
          f = "outer";
          Array_.write(s.pointer(1), value.outer);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
}

/** @see names.capnp:Array, 0xe2d1c2c4a1f0b90b */
export type Array = object;
export const Array: $.StructType<Array> = /* @__PURE__ */ $.defineStruct<Array>({
  id: 0xe2d1c2c4a1f0b90bn,
  name: "Array",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});

/** @see names.capnp:CounterServer, 0xe2d1c2c4a1f0b90c */
export interface CounterServer {
  readonly others: other_.Thing;
  readonly again: other__.Thing;
}
export const CounterServer: $.StructType<CounterServer> =
  /* @__PURE__ */ $.defineStruct<CounterServer>({
    id: 0xe2d1c2c4a1f0b90cn,
    name: "CounterServer",
    dataWords: 0,
    pointers: 2,
    pipelined: { others: [0, () => other_.Thing], again: [1, () => other__.Thing] },
    read: (s) => ({
      others: other_.Thing.read(s.pointer(0)),
      again: other__.Thing.read(s.pointer(1)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.others !== undefined) {
          f = "others";
          other_.Thing.write(s.pointer(0), value.others);
        }
        if (value.again !== undefined) {
          f = "again";
          other__.Thing.write(s.pointer(1), value.again);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/** @see names.capnp:Counter, 0xe2d1c2c4a1f0b90d */
export interface Counter extends $.Client<CounterServer_> {
  then_(
    class_: number,
    function_: number,
    options?: $.CallOptions,
  ): $.Call<{ readonly then_: number }>;
  constructor_(
    options_: number,
    context_?: number | undefined,
    options?: $.CallOptions,
  ): $.Call<{ readonly constructor_: number }>;
  toString_(params_: string, options?: $.CallOptions): $.Call<{ readonly text: string }>;
  dispose(
    arguments_: string,
    await_: string,
    this_: string,
    options?: $.CallOptions,
  ): $.Call<Members>;
  catch_(params: $.Init<Members>, options?: $.CallOptions): $.Call<{ readonly finally_: Counter }>;
  nothing(options?: $.CallOptions): $.Call<Nothing>;
}
/** What an object implements to be served as `Counter`. */
export interface CounterServer_ {
  then_(
    class_: number,
    function_: number,
    context: $.CallContext,
  ): $.Served<{ readonly then_: number }>;
  constructor_(
    options_: number,
    context_: number,
    context: $.CallContext,
  ): $.Served<{ readonly constructor_: number }>;
  toString_(params_: string, context: $.CallContext): $.Served<{ readonly text: string }>;
  dispose(
    arguments_: string,
    await_: string,
    this_: string,
    context: $.CallContext,
  ): $.Served<Members>;
  catch_(params: Members, context: $.CallContext): $.Served<{ readonly finally_: Counter }>;
  nothing(context: $.CallContext): $.Served<Nothing>;
}
const Counter_then_params: $.StructType<{ readonly class: number; readonly function: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8a2b3e6eb4ae5840n,
    name: "Counter.then$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ class: s.uint32(0), function: s.uint32(4) }),
    write(s, value) {
      let f = "";
      try {
        if (value.class !== undefined) {
          f = "class";
          s.setUint32(0, value.class);
        }
        if (value.function !== undefined) {
          f = "function";
          s.setUint32(4, value.function);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_then_results: $.StructType<{ readonly then_: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf11807304b3a0885n,
    name: "Counter.then$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ then_: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.then_ !== undefined) {
          f = "then_";
          s.setUint32(0, value.then_);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_constructor_params: $.StructType<{
  readonly options: number;
  readonly context: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xee0d9d6c7cbcc188n,
  name: "Counter.constructor$Params",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ options: s.uint32(0), context: s.uint32(4, 5) }),
  write(s, value) {
    let f = "";
    try {
      if (value.options !== undefined) {
        f = "options";
        s.setUint32(0, value.options);
      }
      if (value.context !== undefined) {
        f = "context";
        s.setUint32(4, value.context, 5);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Counter_constructor_results: $.StructType<{ readonly constructor_: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8ee221ad9f8d10e1n,
    name: "Counter.constructor$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ constructor_: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.constructor_ !== undefined) {
          f = "constructor_";
          s.setUint32(0, value.constructor_);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_toString_params: $.StructType<{ readonly params: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xce1a0cbdfaf0a018n,
    name: "Counter.toString$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ params: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.params !== undefined) {
          f = "params";
          $.Text.write(s.pointer(0), value.params);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_toString_results: $.StructType<{ readonly text: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe03b3f8bbb0665cbn,
    name: "Counter.toString$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ text: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.text !== undefined) {
          f = "text";
          $.Text.write(s.pointer(0), value.text);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_dispose_params: $.StructType<{
  readonly arguments: string;
  readonly await: string;
  readonly this: string;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xcc7a30a28e5ee6c7n,
  name: "Counter.dispose$Params",
  dataWords: 0,
  pointers: 3,
  read: (s) => ({
    arguments: $.Text.read(s.pointer(0)),
    await: $.Text.read(s.pointer(1)),
    this: $.Text.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.arguments !== undefined) {
        f = "arguments";
        $.Text.write(s.pointer(0), value.arguments);
      }
      if (value.await !== undefined) {
        f = "await";
        $.Text.write(s.pointer(1), value.await);
      }
      if (value.this !== undefined) {
        f = "this";
        $.Text.write(s.pointer(2), value.this);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Counter_catch_results: $.StructType<{ readonly finally_: Counter }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe79289bc64aa5d8an,
    name: "Counter.catch$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { finally_: [0, () => Counter] },
    read: (s) => ({ finally_: Counter.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.finally_ !== undefined) {
          f = "finally_";
          Counter.write(s.pointer(0), value.finally_);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Counter_nothing_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe5a5340f43339fadn,
  name: "Counter.nothing$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const Counter: $.InterfaceType<Counter> = /* @__PURE__ */ $.defineInterface<Counter>({
  id: 0xe2d1c2c4a1f0b90dn,
  name: "Counter",
  methods: [
    {
      name: "then_",
      parameters: ["class", "function"],
      params: () => Counter_then_params,
      results: () => Counter_then_results,
    },
    {
      name: "constructor_",
      parameters: ["options", "context"],
      params: () => Counter_constructor_params,
      results: () => Counter_constructor_results,
    },
    {
      name: "toString_",
      parameters: ["params"],
      params: () => Counter_toString_params,
      results: () => Counter_toString_results,
    },
    {
      name: "dispose",
      parameters: ["arguments", "await", "this"],
      params: () => Counter_dispose_params,
      results: () => Members,
    },
    { name: "catch_", params: () => Members, results: () => Counter_catch_results },
    {
      name: "nothing",
      parameters: [],
      params: () => Counter_nothing_params,
      results: () => Nothing,
    },
  ],
});

/** @see names.capnp:default, 0xe2d1c2c4a1f0b90e */
export const default_: $.Constant<string> = $.freeze("d");

/** @see names.capnp:undefined, 0xe2d1c2c4a1f0b90f */
export const undefined_: $.Constant<number> = $.freeze(3);

/** @see names.capnp:class, 0xe2d1c2c4a1f0b910 */
export const class_: $.Constant<Words> = $.freeze(Words.toName(3));
