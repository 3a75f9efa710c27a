/** Generated from grants.capnp, file id 0x93430f052b8eb583. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";

/** @see common/grants.capnp:Export, 0xbb8d5590cb2f3d2e */
export interface Export {
  readonly name: string;
  readonly cap: $.Client;
}
export const Export: $.StructType<Export> = /* @__PURE__ */ $.defineStruct<Export>({
  id: 0xbb8d5590cb2f3d2en,
  name: "Export",
  dataWords: 0,
  pointers: 2,
  pipelined: { cap: [1, () => $.AnyClient] },
  read: (s) => ({ name: $.Text.read(s.pointer(0)), cap: $.AnyClient.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.cap !== undefined) {
        f = "cap";
        $.AnyClient.write(s.pointer(1), value.cap);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * The bootstrap capability of a process that was started with grants.
 * @see common/grants.capnp:InitialGrants, 0xae9edc968ee787fe
 */
export interface InitialGrants extends $.Client<InitialGrantsServer> {
  /** Exactly what the parent gave, the same at each call. */
  get(options?: $.CallOptions): $.Call<{ readonly caps: readonly Export[] }>;
}
/** What an object implements to be served as `InitialGrants`. */
export interface InitialGrantsServer {
  /** Exactly what the parent gave, the same at each call. */
  get(context: $.CallContext): $.Served<{ readonly caps: readonly Export[] }>;
}
const InitialGrants_get_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xef9adcc921212647n,
  name: "InitialGrants.get$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const InitialGrants_get_results: $.StructType<{ readonly caps: readonly Export[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9871a6887a5c451bn,
    name: "InitialGrants.get$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ caps: Export.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.caps !== undefined) {
          f = "caps";
          Export.writeList(s.pointer(0), value.caps);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const InitialGrants: $.InterfaceType<InitialGrants> =
  /* @__PURE__ */ $.defineInterface<InitialGrants>({
    id: 0xae9edc968ee787fen,
    name: "InitialGrants",
    methods: [
      {
        name: "get",
        parameters: [],
        params: () => InitialGrants_get_params,
        results: () => InitialGrants_get_results,
      },
    ],
  });

/**
 * The services of an image: nested images below svc/, which are started after its first process.
 * @see common/grants.capnp:Services, 0xc539a216fb16a5b5
 */
export interface Services extends $.Client<ServicesServer> {
  /** In the order of their names. */
  list(options?: $.CallOptions): $.Call<{ readonly services: readonly Service[] }>;
  /** What the service serves on its connection; waits until it runs. */
  find(name: string, options?: $.CallOptions): $.Call<{ readonly cap: $.Client }>;
}
/** What an object implements to be served as `Services`. */
export interface ServicesServer {
  /** In the order of their names. */
  list(context: $.CallContext): $.Served<{ readonly services: readonly Service[] }>;
  /** What the service serves on its connection; waits until it runs. */
  find(name: string, context: $.CallContext): $.Served<{ readonly cap: $.Client }>;
}
const Services_list_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd716955388de629bn,
  name: "Services.list$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Services_list_results: $.StructType<{ readonly services: readonly Service[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa4ced636ef2ffc1cn,
    name: "Services.list$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ services: Service.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.services !== undefined) {
          f = "services";
          Service.writeList(s.pointer(0), value.services);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Services_find_params: $.StructType<{ readonly name: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe91082c197ec0359n,
    name: "Services.find$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ name: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.name !== undefined) {
          f = "name";
          $.Text.write(s.pointer(0), value.name);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Services_find_results: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc86b641cb9e3db42n,
    name: "Services.find$Results",
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
export const Services: $.InterfaceType<Services> = /* @__PURE__ */ $.defineInterface<Services>({
  id: 0xc539a216fb16a5b5n,
  name: "Services",
  methods: [
    {
      name: "list",
      parameters: [],
      params: () => Services_list_params,
      results: () => Services_list_results,
    },
    {
      name: "find",
      parameters: ["name"],
      params: () => Services_find_params,
      results: () => Services_find_results,
    },
  ],
});

/** @see common/grants.capnp:Service, 0xc539a216fb16a5b6 */
export interface Service {
  readonly name: string;
  readonly state: ServiceState;
  /** How often it was started. */
  readonly starts: number;
}
export const Service: $.StructType<Service> = /* @__PURE__ */ $.defineStruct<Service>({
  id: 0xc539a216fb16a5b6n,
  name: "Service",
  dataWords: 1,
  pointers: 1,
  read: (s) => ({
    name: $.Text.read(s.pointer(0)),
    state: ServiceState.toName(s.uint16(0)),
    starts: s.uint32(4),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.state !== undefined) {
        f = "state";
        s.setUint16(0, ServiceState.toOrdinal(value.state));
      }
      if (value.starts !== undefined) {
        f = "starts";
        s.setUint32(4, value.starts);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/grants.capnp:ServiceState, 0xc539a216fb16a5b7 */
export type ServiceState = "starting" | "running" | "waiting" | "ended" | number;
export const ServiceState: $.EnumType<"starting" | "running" | "waiting" | "ended"> =
  /* @__PURE__ */ $.defineEnum(["starting", "running", "waiting", "ended"]);

/**
 * Starts processes that get named capabilities and nothing else. Their bootstrap capability is InitialGrants.
 * @see common/grants.capnp:Launcher, 0xc539a216fb16a5b1
 */
export interface Launcher extends $.Client<LauncherServer> {
  launch(
    launch: $.Init<Launch>,
    options?: $.CallOptions,
  ): $.Call<{ readonly process: node_.Process }>;
}
/** What an object implements to be served as `Launcher`. */
export interface LauncherServer {
  launch(launch: Launch, context: $.CallContext): $.Served<{ readonly process: node_.Process }>;
}
const Launcher_launch_params: $.StructType<{ readonly launch: Launch }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa01c3d1ce961d1ccn,
    name: "Launcher.launch$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { launch: [0, () => Launch] },
    read: (s) => ({ launch: Launch.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.launch !== undefined) {
          f = "launch";
          Launch.write(s.pointer(0), value.launch);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Launcher_launch_results: $.StructType<{ readonly process: node_.Process }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x80e8435e46d9da4cn,
    name: "Launcher.launch$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { process: [0, () => node_.Process] },
    read: (s) => ({ process: node_.Process.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.process !== undefined) {
          f = "process";
          node_.Process.write(s.pointer(0), value.process);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Launcher: $.InterfaceType<Launcher> = /* @__PURE__ */ $.defineInterface<Launcher>({
  id: 0xc539a216fb16a5b1n,
  name: "Launcher",
  methods: [
    {
      name: "launch",
      parameters: ["launch"],
      params: () => Launcher_launch_params,
      results: () => Launcher_launch_results,
    },
  ],
});

/** @see common/grants.capnp:Launch, 0xc539a216fb16a5b2 */
export interface Launch {
  readonly program:
    | { readonly which: "bytes"; readonly bytes: Uint8Array }
    | {
        readonly which: "path";
        /** In the image of the caller; the component does not pass through the caller. */
        readonly path: string;
      }
    | {
        readonly which: "image";
        /** A path of an image, beginning with /ipfs/. The process sees the files of that image. */
        readonly image: string;
      }
    | {
        readonly which: number;
        readonly bytes?: undefined;
        readonly path?: undefined;
        readonly image?: undefined;
      };
  readonly args: readonly string[];
  /** Each entry is "NAME=value". */
  readonly env: readonly string[];
  /** Names are not empty, and each is given once. */
  readonly grants: readonly Export[];
  /** What the owner's account calls the process; by default the name of the program. */
  readonly label: string;
  readonly memoryBytes: number;
  /** Limits of the process, within those of the run. Below 0, the kernel chooses. */
  readonly cpuSeconds: number;
}
export const Launch: $.StructType<Launch> = /* @__PURE__ */ $.defineStruct<Launch>({
  id: 0xc539a216fb16a5b2n,
  name: "Launch",
  dataWords: 3,
  pointers: 5,
  read: (s) => ({
    program: (() => {
      const which = s.uint16(0);
      switch (which) {
        case 0:
          return { which: "bytes" as const, bytes: $.Data.read(s.pointer(0)) };
        case 1:
          return { which: "path" as const, path: $.Text.read(s.pointer(0)) };
        case 2:
          return { which: "image" as const, image: $.Text.read(s.pointer(0)) };
        default:
          return { which };
      }
    })(),
    args: $.Text.readList(s.pointer(1)),
    env: $.Text.readList(s.pointer(2)),
    grants: Export.readList(s.pointer(3)),
    label: $.Text.read(s.pointer(4)),
    memoryBytes: s.float64(8, 0xbff0000000000000n),
    cpuSeconds: s.float64(16, 0xbff0000000000000n),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.program !== undefined) {
        f = "program";
        switch (value.program.which) {
          case "bytes":
            s.setUint16(0, 0);
            if (value.program.bytes !== undefined) {
              f = "program.bytes";
              $.Data.write(s.pointer(0), value.program.bytes);
            }
            break;
          case "path":
            s.setUint16(0, 1);
            if (value.program.path !== undefined) {
              f = "program.path";
              $.Text.write(s.pointer(0), value.program.path);
            }
            break;
          case "image":
            s.setUint16(0, 2);
            if (value.program.image !== undefined) {
              f = "program.image";
              $.Text.write(s.pointer(0), value.program.image);
            }
            break;
          case undefined:
            $.requireNone(value.program, ["bytes", "path", "image"]);
            break;
          default:
            f = "program.which";
            s.setUint16(0, value.program.which);
        }
      }
      if (value.args !== undefined) {
        f = "args";
        $.Text.writeList(s.pointer(1), value.args);
      }
      if (value.env !== undefined) {
        f = "env";
        $.Text.writeList(s.pointer(2), value.env);
      }
      if (value.grants !== undefined) {
        f = "grants";
        Export.writeList(s.pointer(3), value.grants);
      }
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(4), value.label);
      }
      if (value.memoryBytes !== undefined) {
        f = "memoryBytes";
        s.setFloat64(8, value.memoryBytes, 0xbff0000000000000n);
      }
      if (value.cpuSeconds !== undefined) {
        f = "cpuSeconds";
        s.setFloat64(16, value.cpuSeconds, 0xbff0000000000000n);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
