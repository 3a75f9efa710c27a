/** Generated from bench.capnp, file id 0xbd188465f360fb2d. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/** @see bench.capnp:Bench, 0x8980defd41e03b0d */
export interface Bench extends $.Client<BenchServer> {
  echo(text: string, options?: $.CallOptions): $.Call<{ readonly text: string }>;
  echoData(
    data: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<{ readonly data: Uint8Array }>;
  /** A further object of this kind. */
  descend(options?: $.CallOptions): $.Call<{ readonly next: Bench }>;
  count(options?: $.CallOptions): $.Call<{ readonly count: number }>;
}
/** What an object implements to be served as `Bench`. */
export interface BenchServer {
  echo(text: string, context: $.CallContext): $.Served<{ readonly text: string }>;
  echoData(data: Uint8Array, context: $.CallContext): $.Served<{ readonly data: Uint8Array }>;
  /** A further object of this kind. */
  descend(context: $.CallContext): $.Served<{ readonly next: Bench }>;
  count(context: $.CallContext): $.Served<{ readonly count: number }>;
}
const Bench_echo_params: $.StructType<{ readonly text: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xc151ea49b0bc9639n,
  name: "Bench.echo$Params",
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
const Bench_echo_results: $.StructType<{ readonly text: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xd39ce988a4c817c4n,
  name: "Bench.echo$Results",
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
const Bench_echoData_params: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe2f45c3699326956n,
    name: "Bench.echoData$Params",
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
const Bench_echoData_results: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe3dc06e223dab58fn,
    name: "Bench.echoData$Results",
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
const Bench_descend_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9c6fc0119c785ed1n,
  name: "Bench.descend$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Bench_descend_results: $.StructType<{ readonly next: Bench }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc3f120929f946308n,
    name: "Bench.descend$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { next: [0, () => Bench] },
    read: (s) => ({ next: Bench.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.next !== undefined) {
          f = "next";
          Bench.write(s.pointer(0), value.next);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Bench_count_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xebe92bdebc3088den,
  name: "Bench.count$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Bench_count_results: $.StructType<{ readonly count: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe49d8e88c13c0e13n,
    name: "Bench.count$Results",
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
export const Bench: $.InterfaceType<Bench> = /* @__PURE__ */ $.defineInterface<Bench>({
  id: 0x8980defd41e03b0dn,
  name: "Bench",
  methods: [
    {
      name: "echo",
      parameters: ["text"],
      params: () => Bench_echo_params,
      results: () => Bench_echo_results,
    },
    {
      name: "echoData",
      parameters: ["data"],
      params: () => Bench_echoData_params,
      results: () => Bench_echoData_results,
    },
    {
      name: "descend",
      parameters: [],
      params: () => Bench_descend_params,
      results: () => Bench_descend_results,
    },
    {
      name: "count",
      parameters: [],
      params: () => Bench_count_params,
      results: () => Bench_count_results,
    },
  ],
});
