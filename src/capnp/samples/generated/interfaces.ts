/** Generated from interfaces.capnp, file id 0xb62a1c5cd3bb5ab5. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as other_ from "./parts/other.ts";
import * as data_ from "./data.ts";

/**
 * Inherits from another file.
 * @see interfaces.capnp:Plain, 0xe2d1c2c4a1f0bc01
 */
export interface Plain extends $.Client<PlainServer>, Omit<other_.Named, keyof $.Client> {
  /**
   * Adds.
   *
   * In two paragraphs.
   */
  add(a: number, b?: number | undefined, options?: $.CallOptions): $.Call<{ readonly sum: number }>;
}
/** What an object implements to be served as `Plain`. */
export type PlainServer = $.ServerOf<other_.Named> & {
  /**
   * Adds.
   *
   * In two paragraphs.
   */
  add(a: number, b: number, context: $.CallContext): $.Served<{ readonly sum: number }>;
};
const Plain_add_params: $.StructType<{ readonly a: number; readonly b: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xcdd59f93c50594f2n,
    name: "Plain.add$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ a: s.int32(0), b: s.int32(4, 2) }),
    write(s, value) {
      let f = "";
      try {
        if (value.a !== undefined) {
          f = "a";
          s.setInt32(0, value.a);
        }
        if (value.b !== undefined) {
          f = "b";
          s.setInt32(4, value.b, 2);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Plain_add_results: $.StructType<{ readonly sum: number }> = /* @__PURE__ */ $.defineStruct({
  id: 0x97ecf309ba6f7ae3n,
  name: "Plain.add$Results",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ sum: s.int32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.sum !== undefined) {
        f = "sum";
        s.setInt32(0, value.sum);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Plain: $.InterfaceType<Plain> = /* @__PURE__ */ $.defineInterface<Plain>({
  id: 0xe2d1c2c4a1f0bc01n,
  name: "Plain",
  extends: [other_.Named],
  methods: [
    {
      name: "add",
      parameters: ["a", "b"],
      params: () => Plain_add_params,
      results: () => Plain_add_results,
    },
  ],
});

/** @see interfaces.capnp:Adder, 0xe2d1c2c4a1f0bc02 */
export interface Adder<T> extends $.Client<AdderServer<T>> {
  join(
    left: $.Init<T>,
    right: $.Init<T>,
    options?: $.CallOptions,
  ): $.Call<{ readonly both: readonly data_.Boxed<T>[] }>;
  name(options?: $.CallOptions): $.Call<{ readonly title: string }>;
}
/** What an object implements to be served as `Adder`. */
export interface AdderServer<T> {
  join(
    left: T,
    right: T,
    context: $.CallContext,
  ): $.Served<{ readonly both: readonly data_.Boxed<T>[] }>;
  name(context: $.CallContext): $.Served<{ readonly title: string }>;
}
export function Adder<T>(T: $.PointerType<T>): $.InterfaceType<Adder<T>> {
  const Adder_join_params: $.StructType<{ readonly left: T; readonly right: T }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0xd4b0753df67fe2a3n,
      name: "Adder.join$Params",
      dataWords: 0,
      pointers: 2,
      pipelined: { left: [0, () => T], right: [1, () => T] },
      read: (s) => ({ left: T.read(s.pointer(0)), right: T.read(s.pointer(1)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.left !== undefined) {
            f = "left";
            T.write(s.pointer(0), value.left);
          }
          if (value.right !== undefined) {
            f = "right";
            T.write(s.pointer(1), value.right);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Adder_join_results: $.StructType<{ readonly both: readonly data_.Boxed<T>[] }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0xc5b195d288371aecn,
      name: "Adder.join$Results",
      dataWords: 0,
      pointers: 1,
      read: (s) => ({ both: data_.Boxed(T).readList(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.both !== undefined) {
            f = "both";
            data_.Boxed(T).writeList(s.pointer(0), value.both);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Adder_name_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
    id: 0xdaeac837d5dc03dan,
    name: "Adder.name$Params",
    dataWords: 0,
    pointers: 0,
    read: () => ({}),
    write: () => undefined,
  });
  const Adder_name_results: $.StructType<{ readonly title: string }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0xa792027cc4c08896n,
      name: "Adder.name$Results",
      dataWords: 0,
      pointers: 1,
      read: (s) => ({ title: $.Text.read(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.title !== undefined) {
            f = "title";
            $.Text.write(s.pointer(0), value.title);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  return /* @__PURE__ */ $.defineInterface<Adder<T>>({
    id: 0xe2d1c2c4a1f0bc02n,
    name: "Adder",
    methods: [
      {
        name: "join",
        parameters: ["left", "right"],
        params: () => Adder_join_params,
        results: () => Adder_join_results,
      },
      {
        name: "name",
        parameters: [],
        params: () => Adder_name_params,
        results: () => Adder_name_results,
      },
    ],
  });
}

/** @see interfaces.capnp:Sized, 0xe2d1c2c4a1f0bc05 */
export interface Sized extends $.Client<SizedServer> {
  size(options?: $.CallOptions): $.Call<{ readonly size: number }>;
}
/** What an object implements to be served as `Sized`. */
export interface SizedServer {
  size(context: $.CallContext): $.Served<{ readonly size: number }>;
}
const Sized_size_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc9dd3b24b2230e2cn,
  name: "Sized.size$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Sized_size_results: $.StructType<{ readonly size: number }> = /* @__PURE__ */ $.defineStruct({
  id: 0xf25b483008e236e2n,
  name: "Sized.size$Results",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ size: s.uint32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.size !== undefined) {
        f = "size";
        s.setUint32(0, value.size);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Sized: $.InterfaceType<Sized> = /* @__PURE__ */ $.defineInterface<Sized>({
  id: 0xe2d1c2c4a1f0bc05n,
  name: "Sized",
  methods: [
    {
      name: "size",
      parameters: [],
      params: () => Sized_size_params,
      results: () => Sized_size_results,
    },
  ],
});

/** @see interfaces.capnp:Adder2, 0xe2d1c2c4a1f0bc04 */
export interface Adder2 extends $.Client<Adder2Server>, Omit<Sized, keyof $.Client> {
  more(options?: $.CallOptions): $.Call<{ readonly more: number }>;
}
/** What an object implements to be served as `Adder2`. */
export type Adder2Server = $.ServerOf<Sized> & {
  more(context: $.CallContext): $.Served<{ readonly more: number }>;
};
const Adder2_more_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xf9e08f00e65c898fn,
  name: "Adder2.more$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Adder2_more_results: $.StructType<{ readonly more: number }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xf577e2a68134d5d4n,
    name: "Adder2.more$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ more: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.more !== undefined) {
          f = "more";
          s.setUint32(0, value.more);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
export const Adder2: $.InterfaceType<Adder2> = /* @__PURE__ */ $.defineInterface<Adder2>({
  id: 0xe2d1c2c4a1f0bc04n,
  name: "Adder2",
  extends: [Sized],
  methods: [
    {
      name: "more",
      parameters: [],
      params: () => Adder2_more_params,
      results: () => Adder2_more_results,
    },
  ],
});

/**
 * Declared before what it extends.
 * @see interfaces.capnp:Both, 0xe2d1c2c4a1f0bc03
 */
export interface Both
  extends
    $.Client<BothServer>,
    Omit<Plain, keyof $.Client>,
    Omit<Sized, keyof $.Client>,
    Omit<Adder2, keyof $.Client> {
  own(options?: $.CallOptions): $.Call<{ readonly own: string }>;
}
/** What an object implements to be served as `Both`. */
export type BothServer = $.ServerOf<Plain> &
  $.ServerOf<Sized> &
  $.ServerOf<Adder2> & { own(context: $.CallContext): $.Served<{ readonly own: string }> };
const Both_own_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe80f8bec588efbdfn,
  name: "Both.own$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Both_own_results: $.StructType<{ readonly own: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xa14ab4864e5debaan,
  name: "Both.own$Results",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ own: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.own !== undefined) {
        f = "own";
        $.Text.write(s.pointer(0), value.own);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Both: $.InterfaceType<Both> = /* @__PURE__ */ $.defineInterface<Both>({
  id: 0xe2d1c2c4a1f0bc03n,
  name: "Both",
  extends: [Plain, Sized, Adder2],
  methods: [
    { name: "own", parameters: [], params: () => Both_own_params, results: () => Both_own_results },
  ],
});

/** @see interfaces.capnp:Renames, 0xe2d1c2c4a1f0bc06 */
export interface Renames extends $.Client<RenamesServer>, Omit<Sized, keyof $.Client> {
  /** Has the name of an inherited method. */
  size_(unit: string, options?: $.CallOptions): $.Call<{ readonly text: string }>;
}
/** What an object implements to be served as `Renames`. */
export type RenamesServer = $.ServerOf<Sized> & {
  /** Has the name of an inherited method. */
  size_(unit: string, context: $.CallContext): $.Served<{ readonly text: string }>;
};
const Renames_size_params: $.StructType<{ readonly unit: string }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xe0505648d7ef8001n,
    name: "Renames.size$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ unit: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.unit !== undefined) {
          f = "unit";
          $.Text.write(s.pointer(0), value.unit);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Renames_size_results: $.StructType<{ readonly text: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe5a74ba4fe7d029en,
    name: "Renames.size$Results",
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
export const Renames: $.InterfaceType<Renames> = /* @__PURE__ */ $.defineInterface<Renames>({
  id: 0xe2d1c2c4a1f0bc06n,
  name: "Renames",
  extends: [Sized],
  methods: [
    {
      name: "size_",
      parameters: ["unit"],
      params: () => Renames_size_params,
      results: () => Renames_size_results,
    },
  ],
});

/** @see interfaces.capnp:TextAdder, 0xe2d1c2c4a1f0bc07 */
export interface TextAdder extends $.Client<TextAdderServer>, Omit<Adder<string>, keyof $.Client> {}
/** What an object implements to be served as `TextAdder`. */
export type TextAdderServer = $.ServerOf<Adder<string>> & {};
export const TextAdder: $.InterfaceType<TextAdder> = /* @__PURE__ */ $.defineInterface<TextAdder>({
  id: 0xe2d1c2c4a1f0bc07n,
  name: "TextAdder",
  extends: [Adder($.Text)],
  methods: [],
});

/** @see interfaces.capnp:Generic, 0xe2d1c2c4a1f0bc08 */
export interface Generic extends $.Client<GenericServer> {
  same<T>(
    T: $.PointerType<T>,
    value: $.Init<T>,
    times?: number | undefined,
    options?: $.CallOptions,
  ): $.Call<{ readonly value: T; readonly times: number }>;
  swap<First, Second>(
    First: $.PointerType<First>,
    Second: $.PointerType<Second>,
    params: $.Init<data_.Pair<First, Second>>,
    options?: $.CallOptions,
  ): $.Call<data_.Pair<Second, First>>;
  count<T>(
    T: $.PointerType<T>,
    list: $.Init<data_.Boxed<T>>,
    options?: $.CallOptions,
  ): $.Call<object>;
}
/** What an object implements to be served as `Generic`. */
export interface GenericServer {
  same(
    value: $.PointerReader,
    times: number,
    context: $.CallContext,
  ): $.Served<{ readonly value: $.PointerReader; readonly times: number }>;
  swap(
    params: data_.Pair<$.PointerReader, $.PointerReader>,
    context: $.CallContext,
  ): $.Served<data_.Pair<$.PointerReader, $.PointerReader>>;
  count(list: data_.Boxed<$.PointerReader>, context: $.CallContext): void | Promise<void>;
}
const Generic_same_params = <T>(
  T: $.PointerType<T>,
): $.StructType<{ readonly value: T; readonly times: number }> =>
  /* @__PURE__ */ $.defineStruct({
    id: 0xe898955e7317b711n,
    name: "Generic.same$Params",
    dataWords: 1,
    pointers: 1,
    pipelined: { value: [0, () => T] },
    read: (s) => ({ value: T.read(s.pointer(0)), times: s.uint32(0, 1) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          T.write(s.pointer(0), value.value);
        }
        if (value.times !== undefined) {
          f = "times";
          s.setUint32(0, value.times, 1);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Generic_same_results = <T>(
  T: $.PointerType<T>,
): $.StructType<{ readonly value: T; readonly times: number }> =>
  /* @__PURE__ */ $.defineStruct({
    id: 0xba5f4c775452e9aen,
    name: "Generic.same$Results",
    dataWords: 1,
    pointers: 1,
    pipelined: { value: [0, () => T] },
    read: (s) => ({ value: T.read(s.pointer(0)), times: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          T.write(s.pointer(0), value.value);
        }
        if (value.times !== undefined) {
          f = "times";
          s.setUint32(0, value.times);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Generic_count_params = <T>(
  T: $.PointerType<T>,
): $.StructType<{ readonly list: data_.Boxed<T> }> =>
  /* @__PURE__ */ $.defineStruct({
    id: 0xe6215dc40e5684a3n,
    name: "Generic.count$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { list: [0, () => data_.Boxed(T)] },
    read: (s) => ({ list: data_.Boxed(T).read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.list !== undefined) {
          f = "list";
          data_.Boxed(T).write(s.pointer(0), value.list);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Generic_count_results = <T>(T: $.PointerType<T>): $.StructType<object> =>
  /* @__PURE__ */ $.defineStruct({
    id: 0xa0cc98e27cd4f4b7n,
    name: "Generic.count$Results",
    dataWords: 0,
    pointers: 0,
    read: () => ({}),
    write: () => undefined,
  });
export const Generic: $.InterfaceType<Generic> = /* @__PURE__ */ $.defineInterface<Generic>({
  id: 0xe2d1c2c4a1f0bc08n,
  name: "Generic",
  methods: [
    {
      name: "same",
      typeParameters: 1,
      parameters: ["value", "times"],
      params: (T: $.PointerType<unknown> = $.AnyPointer) => Generic_same_params(T),
      results: (T: $.PointerType<unknown> = $.AnyPointer) => Generic_same_results(T),
    },
    {
      name: "swap",
      typeParameters: 2,
      params: (
        First: $.PointerType<unknown> = $.AnyPointer,
        Second: $.PointerType<unknown> = $.AnyPointer,
      ) => data_.Pair(First, Second),
      results: (
        First: $.PointerType<unknown> = $.AnyPointer,
        Second: $.PointerType<unknown> = $.AnyPointer,
      ) => data_.Pair(Second, First),
    },
    {
      name: "count",
      typeParameters: 1,
      parameters: ["list"],
      params: (T: $.PointerType<unknown> = $.AnyPointer) => Generic_count_params(T),
      results: (T: $.PointerType<unknown> = $.AnyPointer) => Generic_count_results(T),
    },
  ],
});

/**
 * A generic method in a generic interface, with a parameter of the same name.
 * @see interfaces.capnp:Kept, 0xe2d1c2c4a1f0bc09
 */
export interface Kept<T> extends $.Client<KeptServer<T>> {
  put<T_>(
    T_: $.PointerType<T_>,
    mine: $.Init<T_>,
    kept: $.Init<data_.Boxed<string>>,
    options?: $.CallOptions,
  ): $.Call<{ readonly mine: T_ }>;
  swap<Other>(
    Other: $.PointerType<Other>,
    mine: $.Init<T>,
    other: $.Init<Other>,
    options?: $.CallOptions,
  ): $.Call<{ readonly mine: Other; readonly other: T }>;
  next(options?: $.CallOptions): $.Call<{ readonly next: Kept<data_.Boxed<T>> }>;
}
/** What an object implements to be served as `Kept`. */
export interface KeptServer<T> {
  put(
    mine: $.PointerReader,
    kept: data_.Boxed<string>,
    context: $.CallContext,
  ): $.Served<{ readonly mine: $.PointerReader }>;
  swap(
    mine: T,
    other: $.PointerReader,
    context: $.CallContext,
  ): $.Served<{ readonly mine: $.PointerReader; readonly other: T }>;
  next(context: $.CallContext): $.Served<{ readonly next: Kept<data_.Boxed<T>> }>;
}
export function Kept<T>(T: $.PointerType<T>): $.InterfaceType<Kept<T>> {
  const Kept_put_params = <T_>(
    T_: $.PointerType<T_>,
  ): $.StructType<{ readonly mine: T_; readonly kept: data_.Boxed<string> }> =>
    /* @__PURE__ */ $.defineStruct({
      id: 0xb77323c2ee131f36n,
      name: "Kept.put$Params",
      dataWords: 0,
      pointers: 2,
      pipelined: { mine: [0, () => T_], kept: [1, () => data_.Boxed($.Text)] },
      read: (s) => ({ mine: T_.read(s.pointer(0)), kept: data_.Boxed($.Text).read(s.pointer(1)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.mine !== undefined) {
            f = "mine";
            T_.write(s.pointer(0), value.mine);
          }
          if (value.kept !== undefined) {
            f = "kept";
            data_.Boxed($.Text).write(s.pointer(1), value.kept);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Kept_put_results = <T_>(T_: $.PointerType<T_>): $.StructType<{ readonly mine: T_ }> =>
    /* @__PURE__ */ $.defineStruct({
      id: 0xc25b24e13366ce34n,
      name: "Kept.put$Results",
      dataWords: 0,
      pointers: 1,
      pipelined: { mine: [0, () => T_] },
      read: (s) => ({ mine: T_.read(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.mine !== undefined) {
            f = "mine";
            T_.write(s.pointer(0), value.mine);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Kept_swap_params = <Other>(
    Other: $.PointerType<Other>,
  ): $.StructType<{ readonly mine: T; readonly other: Other }> =>
    /* @__PURE__ */ $.defineStruct({
      id: 0xa8ea067a8e65431dn,
      name: "Kept.swap$Params",
      dataWords: 0,
      pointers: 2,
      pipelined: { mine: [0, () => T], other: [1, () => Other] },
      read: (s) => ({ mine: T.read(s.pointer(0)), other: Other.read(s.pointer(1)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.mine !== undefined) {
            f = "mine";
            T.write(s.pointer(0), value.mine);
          }
          if (value.other !== undefined) {
            f = "other";
            Other.write(s.pointer(1), value.other);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Kept_swap_results = <Other>(
    Other: $.PointerType<Other>,
  ): $.StructType<{ readonly mine: Other; readonly other: T }> =>
    /* @__PURE__ */ $.defineStruct({
      id: 0xfd2f4607afc81517n,
      name: "Kept.swap$Results",
      dataWords: 0,
      pointers: 2,
      pipelined: { mine: [0, () => Other], other: [1, () => T] },
      read: (s) => ({ mine: Other.read(s.pointer(0)), other: T.read(s.pointer(1)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.mine !== undefined) {
            f = "mine";
            Other.write(s.pointer(0), value.mine);
          }
          if (value.other !== undefined) {
            f = "other";
            T.write(s.pointer(1), value.other);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  const Kept_next_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
    id: 0xb6ffbf00639f8867n,
    name: "Kept.next$Params",
    dataWords: 0,
    pointers: 0,
    read: () => ({}),
    write: () => undefined,
  });
  const Kept_next_results: $.StructType<{ readonly next: Kept<data_.Boxed<T>> }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0xfeb6913cd98b0c5en,
      name: "Kept.next$Results",
      dataWords: 0,
      pointers: 1,
      pipelined: { next: [0, () => Kept(data_.Boxed(T))] },
      read: (s) => ({ next: Kept(data_.Boxed(T)).read(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.next !== undefined) {
            f = "next";
            Kept(data_.Boxed(T)).write(s.pointer(0), value.next);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  return /* @__PURE__ */ $.defineInterface<Kept<T>>({
    id: 0xe2d1c2c4a1f0bc09n,
    name: "Kept",
    methods: [
      {
        name: "put",
        typeParameters: 1,
        parameters: ["mine", "kept"],
        params: (T_: $.PointerType<unknown> = $.AnyPointer) => Kept_put_params(T_),
        results: (T_: $.PointerType<unknown> = $.AnyPointer) => Kept_put_results(T_),
      },
      {
        name: "swap",
        typeParameters: 1,
        parameters: ["mine", "other"],
        params: (Other: $.PointerType<unknown> = $.AnyPointer) => Kept_swap_params(Other),
        results: (Other: $.PointerType<unknown> = $.AnyPointer) => Kept_swap_results(Other),
      },
      {
        name: "next",
        parameters: [],
        params: () => Kept_next_params,
        results: () => Kept_next_results,
      },
    ],
  });
}

/** @see interfaces.capnp:Streams, 0xe2d1c2c4a1f0bc0a */
export interface Streams extends $.Client<StreamsServer> {
  push(data: $.Init<data_.Point>, options?: $.CallOptions): Promise<void>;
  pushStruct(params: $.Init<data_.Point>, options?: $.CallOptions): Promise<void>;
  end(options?: $.CallOptions): $.Call<{ readonly points: readonly data_.Point[] }>;
}
/** What an object implements to be served as `Streams`. */
export interface StreamsServer {
  push(data: data_.Point, context: $.CallContext): void | Promise<void>;
  pushStruct(params: data_.Point, context: $.CallContext): void | Promise<void>;
  end(context: $.CallContext): $.Served<{ readonly points: readonly data_.Point[] }>;
}
const Streams_push_params: $.StructType<{ readonly data: data_.Point }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbfe26d323ce74735n,
    name: "Streams.push$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { data: [0, () => data_.Point] },
    read: (s) => ({ data: data_.Point.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.data !== undefined) {
          f = "data";
          data_.Point.write(s.pointer(0), value.data);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Streams_end_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xe20a3075d8727c9an,
  name: "Streams.end$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Streams_end_results: $.StructType<{ readonly points: readonly data_.Point[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf0c7a50392f04519n,
    name: "Streams.end$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ points: data_.Point.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.points !== undefined) {
          f = "points";
          data_.Point.writeList(s.pointer(0), value.points);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Streams: $.InterfaceType<Streams> = /* @__PURE__ */ $.defineInterface<Streams>({
  id: 0xe2d1c2c4a1f0bc0an,
  name: "Streams",
  methods: [
    {
      name: "push",
      parameters: ["data"],
      params: () => Streams_push_params,
      results: () => $.StreamResult,
      streaming: true,
    },
    {
      name: "pushStruct",
      params: () => data_.Point,
      results: () => $.StreamResult,
      streaming: true,
    },
    {
      name: "end",
      parameters: [],
      params: () => Streams_end_params,
      results: () => Streams_end_results,
    },
  ],
});

/** @see interfaces.capnp:Holder, 0xe2d1c2c4a1f0bc0b */
export interface Holder<T> {
  readonly plain: Plain;
  readonly any: $.Client;
  readonly generic: Adder<T>;
  readonly value: T;
  readonly adders: readonly Sized[];
  readonly inner: { readonly sized: Sized };
  readonly nested: Holder_Nested<T>;
  readonly raw: data_.Pair<$.PointerReader, $.PointerReader>;
}
export function Holder<T>(T: $.PointerType<T>): $.StructType<Holder<T>> {
  return /* @__PURE__ */ $.defineStruct<Holder<T>>({
    id: 0xe2d1c2c4a1f0bc0bn,
    name: "Holder",
    dataWords: 0,
    pointers: 8,
    pipelined: {
      plain: [0, () => Plain],
      any: [1, () => $.AnyClient],
      generic: [2, () => Adder(T)],
      value: [3, () => T],
      nested: [6, () => Holder_Nested(T)],
      raw: [7, () => data_.Pair($.AnyPointer, $.AnyPointer)],
    },
    read: (s) => ({
      plain: Plain.read(s.pointer(0)),
      any: $.AnyClient.read(s.pointer(1)),
      generic: Adder(T).read(s.pointer(2)),
      value: T.read(s.pointer(3)),
      adders: Sized.readList(s.pointer(4)),
      inner: { sized: Sized.read(s.pointer(5)) },
      nested: Holder_Nested(T).read(s.pointer(6)),
      raw: data_.Pair($.AnyPointer, $.AnyPointer).read(s.pointer(7)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.plain !== undefined) {
          f = "plain";
          Plain.write(s.pointer(0), value.plain);
        }
        if (value.any !== undefined) {
          f = "any";
          $.AnyClient.write(s.pointer(1), value.any);
        }
        if (value.generic !== undefined) {
          f = "generic";
          Adder(T).write(s.pointer(2), value.generic);
        }
        if (value.value !== undefined) {
          f = "value";
          T.write(s.pointer(3), value.value);
        }
        if (value.adders !== undefined) {
          f = "adders";
          Sized.writeList(s.pointer(4), value.adders);
        }
        if (value.inner !== undefined) {
          f = "inner";
          if (value.inner.sized !== undefined) {
            f = "inner.sized";
            Sized.write(s.pointer(5), value.inner.sized);
          }
        }
        if (value.nested !== undefined) {
          f = "nested";
          Holder_Nested(T).write(s.pointer(6), value.nested);
        }
        if (value.raw !== undefined) {
          f = "raw";
          data_.Pair($.AnyPointer, $.AnyPointer).write(s.pointer(7), value.raw);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
}

/** @see interfaces.capnp:Holder.Nested, 0xdf189c8ed949a4c2 */
export interface Holder_Nested<T> extends $.Client<Holder_NestedServer<T>> {
  method(
    params: $.Init<Holder_Nested_Params<T>>,
    options?: $.CallOptions,
  ): $.Call<{ readonly holder: Holder<T> }>;
}
/** What an object implements to be served as `Holder_Nested`. */
export interface Holder_NestedServer<T> {
  method(
    params: Holder_Nested_Params<T>,
    context: $.CallContext,
  ): $.Served<{ readonly holder: Holder<T> }>;
}
export function Holder_Nested<T>(T: $.PointerType<T>): $.InterfaceType<Holder_Nested<T>> {
  const Holder_Nested_method_results: $.StructType<{ readonly holder: Holder<T> }> =
    /* @__PURE__ */ $.defineStruct({
      id: 0xd445a72445111a93n,
      name: "Holder.Nested.method$Results",
      dataWords: 0,
      pointers: 1,
      pipelined: { holder: [0, () => Holder(T)] },
      read: (s) => ({ holder: Holder(T).read(s.pointer(0)) }),
      write(s, value) {
        let f = "";
        try {
          if (value.holder !== undefined) {
            f = "holder";
            Holder(T).write(s.pointer(0), value.holder);
          }
        } catch (error) {
          throw $.inField(f, error);
        }
      },
    });
  return /* @__PURE__ */ $.defineInterface<Holder_Nested<T>>({
    id: 0xdf189c8ed949a4c2n,
    name: "Holder_Nested",
    methods: [
      {
        name: "method",
        params: () => Holder_Nested_Params(T),
        results: () => Holder_Nested_method_results,
      },
    ],
  });
}

/** @see interfaces.capnp:Holder.Nested.Kind, 0x885a156d78ff194e */
export type Holder_Nested_Kind = "one" | "two" | number;
export const Holder_Nested_Kind: $.EnumType<"one" | "two"> = /* @__PURE__ */ $.defineEnum([
  "one",
  "two",
]);

/** @see interfaces.capnp:Holder.Nested.Params, 0xf484e9a7c5653918 */
export interface Holder_Nested_Params<T> {
  readonly kind: Holder_Nested_Kind;
  readonly value: T;
}
export function Holder_Nested_Params<T>(
  T: $.PointerType<T>,
): $.StructType<Holder_Nested_Params<T>> {
  return /* @__PURE__ */ $.defineStruct<Holder_Nested_Params<T>>({
    id: 0xf484e9a7c5653918n,
    name: "Holder.Nested.Params",
    dataWords: 1,
    pointers: 1,
    pipelined: { value: [0, () => T] },
    read: (s) => ({ kind: Holder_Nested_Kind.toName(s.uint16(0)), value: T.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.kind !== undefined) {
          f = "kind";
          s.setUint16(0, Holder_Nested_Kind.toOrdinal(value.kind));
        }
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
