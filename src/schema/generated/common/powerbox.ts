/** Generated from powerbox.capnp, file id 0xb251533dbe4d9f3d. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/**
 * A process names what it needs and why; the owner answers by designating something of that kind.
 * @see common/powerbox.capnp:Powerbox, 0xb251533dbe4d9f3e
 */
export interface Powerbox extends $.Client<PowerboxServer> {
  /** Waits for the owner. Fails as denied where the owner gives nothing. */
  request(ask: $.Init<Ask>, options?: $.CallOptions): $.Call<{ readonly grant: Grant }>;
  /** What a token was kept for, if its holder runs again and the owner has not revoked it. */
  restore(token: $.Init<Uint8Array>, options?: $.CallOptions): $.Call<{ readonly grant: Grant }>;
}
/** What an object implements to be served as `Powerbox`. */
export interface PowerboxServer {
  /** Waits for the owner. Fails as denied where the owner gives nothing. */
  request(ask: Ask, context: $.CallContext): $.Served<{ readonly grant: Grant }>;
  /** What a token was kept for, if its holder runs again and the owner has not revoked it. */
  restore(token: Uint8Array, context: $.CallContext): $.Served<{ readonly grant: Grant }>;
}
const Powerbox_request_params: $.StructType<{ readonly ask: Ask }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xa9262c2181d11e14n,
    name: "Powerbox.request$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { ask: [0, () => Ask] },
    read: (s) => ({ ask: Ask.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.ask !== undefined) {
          f = "ask";
          Ask.write(s.pointer(0), value.ask);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Powerbox_request_results: $.StructType<{ readonly grant: Grant }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe2530d0c746a2110n,
    name: "Powerbox.request$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { grant: [0, () => Grant] },
    read: (s) => ({ grant: Grant.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.grant !== undefined) {
          f = "grant";
          Grant.write(s.pointer(0), value.grant);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Powerbox_restore_params: $.StructType<{ readonly token: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfa6d26f4e63f85acn,
    name: "Powerbox.restore$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ token: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.token !== undefined) {
          f = "token";
          $.Data.write(s.pointer(0), value.token);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Powerbox_restore_results: $.StructType<{ readonly grant: Grant }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa165e3f92823593an,
    name: "Powerbox.restore$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { grant: [0, () => Grant] },
    read: (s) => ({ grant: Grant.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.grant !== undefined) {
          f = "grant";
          Grant.write(s.pointer(0), value.grant);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Powerbox: $.InterfaceType<Powerbox> = /* @__PURE__ */ $.defineInterface<Powerbox>({
  id: 0xb251533dbe4d9f3en,
  name: "Powerbox",
  methods: [
    {
      name: "request",
      parameters: ["ask"],
      params: () => Powerbox_request_params,
      results: () => Powerbox_request_results,
    },
    {
      name: "restore",
      parameters: ["token"],
      params: () => Powerbox_restore_params,
      results: () => Powerbox_restore_results,
    },
  ],
});

/** @see common/powerbox.capnp:Ask, 0xb251533dbe4d9f3f */
export type Ask = {
  /** For the owner: one line of at most 200 characters. */
  readonly reason: string;
} & (
  | { readonly which: "folder"; readonly folder: FolderAsk }
  | { readonly which: "http"; readonly http: HttpAsk }
  | {
      readonly which: "secret";
      /** A Secret, such as a key to a service. */
      readonly secret: undefined;
    }
  | {
      readonly which: "export";
      /** A capability of another process that implements the interface with this id. */
      readonly export: bigint;
    }
  | {
      readonly which: "clock";
      /** A Clock. */
      readonly clock: undefined;
    }
  | {
      readonly which: "randomness";
      /** A Randomness. */
      readonly randomness: undefined;
    }
  | {
      readonly which: "memory";
      /** So many bytes more for the run; there is no capability. */
      readonly memory: number;
    }
  | {
      readonly which: "time";
      /** So many seconds of processor time more; there is no capability. */
      readonly time: number;
    }
  | {
      readonly which: "peer";
      /** The capability service of a peer, by its name. */
      readonly peer: string;
    }
  | {
      readonly which: number;
      readonly folder?: undefined;
      readonly http?: undefined;
      readonly secret?: undefined;
      readonly export?: undefined;
      readonly clock?: undefined;
      readonly randomness?: undefined;
      readonly memory?: undefined;
      readonly time?: undefined;
      readonly peer?: undefined;
    }
);
export const Ask: $.StructType<Ask> = /* @__PURE__ */ $.defineStruct<Ask>({
  id: 0xb251533dbe4d9f3fn,
  name: "Ask",
  dataWords: 2,
  pointers: 2,
  read(s) {
    const common = { reason: $.Text.read(s.pointer(0)) };
    const which = s.uint16(0);
    switch (which) {
      case 0:
        return { ...common, which: "folder" as const, folder: FolderAsk.read(s.pointer(1)) };
      case 1:
        return { ...common, which: "http" as const, http: HttpAsk.read(s.pointer(1)) };
      case 2:
        return { ...common, which: "secret" as const, secret: undefined };
      case 3:
        return { ...common, which: "export" as const, export: s.uint64(8) };
      case 4:
        return { ...common, which: "clock" as const, clock: undefined };
      case 5:
        return { ...common, which: "randomness" as const, randomness: undefined };
      case 6:
        return { ...common, which: "memory" as const, memory: s.float64(8) };
      case 7:
        return { ...common, which: "time" as const, time: s.float64(8) };
      case 8:
        return { ...common, which: "peer" as const, peer: $.Text.read(s.pointer(1)) };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.reason !== undefined) {
        f = "reason";
        $.Text.write(s.pointer(0), value.reason);
      }
      switch (value.which) {
        case "folder":
          s.setUint16(0, 0);
          if (value.folder !== undefined) {
            f = "folder";
            FolderAsk.write(s.pointer(1), value.folder);
          }
          break;
        case "http":
          s.setUint16(0, 1);
          if (value.http !== undefined) {
            f = "http";
            HttpAsk.write(s.pointer(1), value.http);
          }
          break;
        case "secret":
          s.setUint16(0, 2);
          break;
        case "export":
          s.setUint16(0, 3);
          if (value.export !== undefined) {
            f = "export";
            s.setUint64(8, value.export);
          }
          break;
        case "clock":
          s.setUint16(0, 4);
          break;
        case "randomness":
          s.setUint16(0, 5);
          break;
        case "memory":
          s.setUint16(0, 6);
          if (value.memory !== undefined) {
            f = "memory";
            s.setFloat64(8, value.memory);
          }
          break;
        case "time":
          s.setUint16(0, 7);
          if (value.time !== undefined) {
            f = "time";
            s.setFloat64(8, value.time);
          }
          break;
        case "peer":
          s.setUint16(0, 8);
          if (value.peer !== undefined) {
            f = "peer";
            $.Text.write(s.pointer(1), value.peer);
          }
          break;
        case undefined:
          $.requireNone(value, [
            "folder",
            "http",
            "secret",
            "export",
            "clock",
            "randomness",
            "memory",
            "time",
            "peer",
          ]);
          break;
        default:
          f = "which";
          s.setUint16(0, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * A Folder.
 * @see common/powerbox.capnp:FolderAsk, 0xb251533dbe4d9f40
 */
export interface FolderAsk {
  readonly writes: boolean;
}
export const FolderAsk: $.StructType<FolderAsk> = /* @__PURE__ */ $.defineStruct<FolderAsk>({
  id: 0xb251533dbe4d9f40n,
  name: "FolderAsk",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ writes: s.bool(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.writes !== undefined) {
        f = "writes";
        s.setBool(0, value.writes);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * An HttpClient.
 * @see common/powerbox.capnp:HttpAsk, 0xb251533dbe4d9f41
 */
export interface HttpAsk {
  /** Each with its port unless that is the scheme's own; empty if the owner chooses. */
  readonly hosts: readonly string[];
  /** GET and POST; empty for both. */
  readonly methods: readonly string[];
}
export const HttpAsk: $.StructType<HttpAsk> = /* @__PURE__ */ $.defineStruct<HttpAsk>({
  id: 0xb251533dbe4d9f41n,
  name: "HttpAsk",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ hosts: $.Text.readList(s.pointer(0)), methods: $.Text.readList(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.hosts !== undefined) {
        f = "hosts";
        $.Text.writeList(s.pointer(0), value.hosts);
      }
      if (value.methods !== undefined) {
        f = "methods";
        $.Text.writeList(s.pointer(1), value.methods);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/powerbox.capnp:Grant, 0xb251533dbe4d9f42 */
export interface Grant {
  /** The owner's words for what was designated. */
  readonly label: string;
  readonly cap: $.Client;
  /** Null where the grant cannot be kept. */
  readonly keeper: Keeper;
}
export const Grant: $.StructType<Grant> = /* @__PURE__ */ $.defineStruct<Grant>({
  id: 0xb251533dbe4d9f42n,
  name: "Grant",
  dataWords: 0,
  pointers: 3,
  pipelined: { cap: [1, () => $.AnyClient], keeper: [2, () => Keeper] },
  read: (s) => ({
    label: $.Text.read(s.pointer(0)),
    cap: $.AnyClient.read(s.pointer(1)),
    keeper: Keeper.read(s.pointer(2)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(0), value.label);
      }
      if (value.cap !== undefined) {
        f = "cap";
        $.AnyClient.write(s.pointer(1), value.cap);
      }
      if (value.keeper !== undefined) {
        f = "keeper";
        Keeper.write(s.pointer(2), value.keeper);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/powerbox.capnp:Keeper, 0xb251533dbe4d9f43 */
export interface Keeper extends $.Client<KeeperServer> {
  /** A token by which the same image restores the grant in a later run; the same at each call. */
  keep(options?: $.CallOptions): $.Call<{ readonly token: Uint8Array }>;
}
/** What an object implements to be served as `Keeper`. */
export interface KeeperServer {
  /** A token by which the same image restores the grant in a later run; the same at each call. */
  keep(context: $.CallContext): $.Served<{ readonly token: Uint8Array }>;
}
const Keeper_keep_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x935f13ec22645ed9n,
  name: "Keeper.keep$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Keeper_keep_results: $.StructType<{ readonly token: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xda6913b409755665n,
    name: "Keeper.keep$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ token: $.Data.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.token !== undefined) {
          f = "token";
          $.Data.write(s.pointer(0), value.token);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Keeper: $.InterfaceType<Keeper> = /* @__PURE__ */ $.defineInterface<Keeper>({
  id: 0xb251533dbe4d9f43n,
  name: "Keeper",
  methods: [
    {
      name: "keep",
      parameters: [],
      params: () => Keeper_keep_params,
      results: () => Keeper_keep_results,
    },
  ],
});

/** @see common/powerbox.capnp:Secret, 0xb251533dbe4d9f44 */
export interface Secret extends $.Client<SecretServer> {
  reveal(options?: $.CallOptions): $.Call<{ readonly value: string }>;
}
/** What an object implements to be served as `Secret`. */
export interface SecretServer {
  reveal(context: $.CallContext): $.Served<{ readonly value: string }>;
}
const Secret_reveal_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9d85984af30b58abn,
  name: "Secret.reveal$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Secret_reveal_results: $.StructType<{ readonly value: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa1ffec522d4e6b98n,
    name: "Secret.reveal$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ value: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.value !== undefined) {
          f = "value";
          $.Text.write(s.pointer(0), value.value);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Secret: $.InterfaceType<Secret> = /* @__PURE__ */ $.defineInterface<Secret>({
  id: 0xb251533dbe4d9f44n,
  name: "Secret",
  methods: [
    {
      name: "reveal",
      parameters: [],
      params: () => Secret_reveal_params,
      results: () => Secret_reveal_results,
    },
  ],
});

/** @see common/powerbox.capnp:Clock, 0xb251533dbe4d9f45 */
export interface Clock extends $.Client<ClockServer> {
  /** Since 1970. */
  now(options?: $.CallOptions): $.Call<{ readonly ms: number }>;
}
/** What an object implements to be served as `Clock`. */
export interface ClockServer {
  /** Since 1970. */
  now(context: $.CallContext): $.Served<{ readonly ms: number }>;
}
const Clock_now_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbddeb0ffa7b19aefn,
  name: "Clock.now$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Clock_now_results: $.StructType<{ readonly ms: number }> = /* @__PURE__ */ $.defineStruct({
  id: 0x975aab0e307475cbn,
  name: "Clock.now$Results",
  dataWords: 1,
  pointers: 0,
  read: (s) => ({ ms: s.float64(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.ms !== undefined) {
        f = "ms";
        s.setFloat64(0, value.ms);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Clock: $.InterfaceType<Clock> = /* @__PURE__ */ $.defineInterface<Clock>({
  id: 0xb251533dbe4d9f45n,
  name: "Clock",
  methods: [
    {
      name: "now",
      parameters: [],
      params: () => Clock_now_params,
      results: () => Clock_now_results,
    },
  ],
});

/** @see common/powerbox.capnp:Randomness, 0xb251533dbe4d9f46 */
export interface Randomness extends $.Client<RandomnessServer> {
  /** At most 65536 bytes. */
  draw(count: number, options?: $.CallOptions): $.Call<{ readonly data: Uint8Array }>;
}
/** What an object implements to be served as `Randomness`. */
export interface RandomnessServer {
  /** At most 65536 bytes. */
  draw(count: number, context: $.CallContext): $.Served<{ readonly data: Uint8Array }>;
}
const Randomness_draw_params: $.StructType<{ readonly count: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb33a751507364bb1n,
    name: "Randomness.draw$Params",
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
const Randomness_draw_results: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x8e059c7e2b41e444n,
    name: "Randomness.draw$Results",
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
export const Randomness: $.InterfaceType<Randomness> =
  /* @__PURE__ */ $.defineInterface<Randomness>({
    id: 0xb251533dbe4d9f46n,
    name: "Randomness",
    methods: [
      {
        name: "draw",
        parameters: ["count"],
        params: () => Randomness_draw_params,
        results: () => Randomness_draw_results,
      },
    ],
  });
