/** Generated from folder.capnp, file id 0x81036fffece67977. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";

/**
 * Paths are relative to the folder, of names joined by slashes; the empty path is the folder itself.
 * @see common/folder.capnp:Folder, 0x81036fffece67978
 */
export interface Folder extends $.Client<FolderServer> {
  /** In the order of their names. */
  list(path: string, options?: $.CallOptions): $.Call<{ readonly entries: readonly FolderEntry[] }>;
  stat(path: string, options?: $.CallOptions): $.Call<{ readonly entry: FolderEntry }>;
  /** Returns fewer bytes only at the end of the file. */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    options?: $.CallOptions,
  ): $.Call<{ readonly data: Uint8Array }>;
  /** Creates the file where there is none. The bytes between its end and the offset become 0. */
  write(
    path: string,
    offset: number,
    data: $.Init<Uint8Array>,
    options?: $.CallOptions,
  ): $.Call<object>;
  truncate(path: string, sizeBytes: number, options?: $.CallOptions): $.Call<object>;
  makeFolder(path: string, options?: $.CallOptions): $.Call<object>;
  /** A file, or an empty folder. */
  remove(path: string, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `Folder`. */
export interface FolderServer {
  /** In the order of their names. */
  list(
    path: string,
    context: $.CallContext,
  ): $.Served<{ readonly entries: readonly FolderEntry[] }>;
  stat(path: string, context: $.CallContext): $.Served<{ readonly entry: FolderEntry }>;
  /** Returns fewer bytes only at the end of the file. */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    context: $.CallContext,
  ): $.Served<{ readonly data: Uint8Array }>;
  /** Creates the file where there is none. The bytes between its end and the offset become 0. */
  write(
    path: string,
    offset: number,
    data: Uint8Array,
    context: $.CallContext,
  ): void | Promise<void>;
  truncate(path: string, sizeBytes: number, context: $.CallContext): void | Promise<void>;
  makeFolder(path: string, context: $.CallContext): void | Promise<void>;
  /** A file, or an empty folder. */
  remove(path: string, context: $.CallContext): void | Promise<void>;
}
const Folder_list_params: $.StructType<{ readonly path: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xfb282a00700eee4fn,
  name: "Folder.list$Params",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ path: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Folder_list_results: $.StructType<{ readonly entries: readonly FolderEntry[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd255a7f38e98d5dfn,
    name: "Folder.list$Results",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ entries: FolderEntry.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.entries !== undefined) {
          f = "entries";
          FolderEntry.writeList(s.pointer(0), value.entries);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Folder_stat_params: $.StructType<{ readonly path: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0x87a5ac995352bed1n,
  name: "Folder.stat$Params",
  dataWords: 0,
  pointers: 1,
  read: (s) => ({ path: $.Text.read(s.pointer(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Folder_stat_results: $.StructType<{ readonly entry: FolderEntry }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0x9fb751fd50965346n,
    name: "Folder.stat$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { entry: [0, () => FolderEntry] },
    read: (s) => ({ entry: FolderEntry.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.entry !== undefined) {
          f = "entry";
          FolderEntry.write(s.pointer(0), value.entry);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Folder_read_params: $.StructType<{
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xcca8cd84ca916572n,
  name: "Folder.read$Params",
  dataWords: 2,
  pointers: 1,
  read: (s) => ({
    path: $.Text.read(s.pointer(0)),
    offset: s.float64(0),
    lengthBytes: s.uint32(8),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.offset !== undefined) {
        f = "offset";
        s.setFloat64(0, value.offset);
      }
      if (value.lengthBytes !== undefined) {
        f = "lengthBytes";
        s.setUint32(8, value.lengthBytes);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Folder_read_results: $.StructType<{ readonly data: Uint8Array }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe0e328fad5848590n,
    name: "Folder.read$Results",
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
const Folder_write_params: $.StructType<{
  readonly path: string;
  readonly offset: number;
  readonly data: Uint8Array;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9713b1463d7959ccn,
  name: "Folder.write$Params",
  dataWords: 1,
  pointers: 2,
  read: (s) => ({
    path: $.Text.read(s.pointer(0)),
    offset: s.float64(0),
    data: $.Data.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.offset !== undefined) {
        f = "offset";
        s.setFloat64(0, value.offset);
      }
      if (value.data !== undefined) {
        f = "data";
        $.Data.write(s.pointer(1), value.data);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Folder_write_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa7489e11c4ec4e0cn,
  name: "Folder.write$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Folder_truncate_params: $.StructType<{ readonly path: string; readonly sizeBytes: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa9690d0cdfb20145n,
    name: "Folder.truncate$Params",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ path: $.Text.read(s.pointer(0)), sizeBytes: s.float64(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
        if (value.sizeBytes !== undefined) {
          f = "sizeBytes";
          s.setFloat64(0, value.sizeBytes);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Folder_truncate_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc5421301861866bbn,
  name: "Folder.truncate$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Folder_makeFolder_params: $.StructType<{ readonly path: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xebf6dcdef80768fan,
    name: "Folder.makeFolder$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ path: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Folder_makeFolder_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xecf6efce64f2501en,
  name: "Folder.makeFolder$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Folder_remove_params: $.StructType<{ readonly path: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa0b8b8a45879ed52n,
    name: "Folder.remove$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ path: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Folder_remove_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbb4761d2e2c15aafn,
  name: "Folder.remove$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const Folder: $.InterfaceType<Folder> = /* @__PURE__ */ $.defineInterface<Folder>({
  id: 0x81036fffece67978n,
  name: "Folder",
  methods: [
    {
      name: "list",
      parameters: ["path"],
      params: () => Folder_list_params,
      results: () => Folder_list_results,
    },
    {
      name: "stat",
      parameters: ["path"],
      params: () => Folder_stat_params,
      results: () => Folder_stat_results,
    },
    {
      name: "read",
      parameters: ["path", "offset", "lengthBytes"],
      params: () => Folder_read_params,
      results: () => Folder_read_results,
    },
    {
      name: "write",
      parameters: ["path", "offset", "data"],
      params: () => Folder_write_params,
      results: () => Folder_write_results,
    },
    {
      name: "truncate",
      parameters: ["path", "sizeBytes"],
      params: () => Folder_truncate_params,
      results: () => Folder_truncate_results,
    },
    {
      name: "makeFolder",
      parameters: ["path"],
      params: () => Folder_makeFolder_params,
      results: () => Folder_makeFolder_results,
    },
    {
      name: "remove",
      parameters: ["path"],
      params: () => Folder_remove_params,
      results: () => Folder_remove_results,
    },
  ],
});

/** @see common/folder.capnp:FolderEntry, 0x81036fffece67979 */
export type FolderEntry = {
  readonly name: string;
  /** Since 1970; below 0 if unknown. */
  readonly modifiedMs: number;
} & (
  | { readonly which: "folder"; readonly folder: undefined }
  | {
      readonly which: "file";
      /** Its size in bytes. */
      readonly file: number;
    }
  | { readonly which: number; readonly folder?: undefined; readonly file?: undefined }
);
export const FolderEntry: $.StructType<FolderEntry> = /* @__PURE__ */ $.defineStruct<FolderEntry>({
  id: 0x81036fffece67979n,
  name: "FolderEntry",
  dataWords: 3,
  pointers: 1,
  read(s) {
    const common = {
      name: $.Text.read(s.pointer(0)),
      modifiedMs: s.float64(0, 0xbff0000000000000n),
    };
    const which = s.uint16(8);
    switch (which) {
      case 0:
        return { ...common, which: "folder" as const, folder: undefined };
      case 1:
        return { ...common, which: "file" as const, file: s.float64(16) };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.modifiedMs !== undefined) {
        f = "modifiedMs";
        s.setFloat64(0, value.modifiedMs, 0xbff0000000000000n);
      }
      switch (value.which) {
        case "folder":
          s.setUint16(8, 0);
          break;
        case "file":
          s.setUint16(8, 1);
          if (value.file !== undefined) {
            f = "file";
            s.setFloat64(16, value.file);
          }
          break;
        case undefined:
          $.requireNone(value, ["folder", "file"]);
          break;
        default:
          f = "which";
          s.setUint16(8, value.which);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
