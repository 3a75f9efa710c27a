/** Generated from sandbox.capnp, file id 0x8482326a18c85029. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as node_ from "./node.ts";

/**
 * All power over one sandbox. Its processes live until it ends.
 * @see common/sandbox.capnp:Sandbox, 0xa15a6f41b088c508
 */
export interface Sandbox extends $.Client<SandboxServer> {
  spawner(options?: $.CallOptions): $.Call<{ readonly spawner: Spawner }>;
  files(options?: $.CallOptions): $.Call<{ readonly files: Files }>;
  usage(options?: $.CallOptions): $.Call<{ readonly usage: Usage }>;
  /**
   * Stores the files as they are at this moment as an image: the path of its link, and the whole image. Processes are not
   * part of it.
   */
  snapshot(
    options?: $.CallOptions,
  ): $.Call<{ readonly path: string; readonly car: node_.ByteStream }>;
  /**
   * Another sandbox with the files as they are at this moment, and with the same grants and limits; unchanged files are kept
   * once for both. Processes are not part of it.
   */
  fork(options?: $.CallOptions): $.Call<{ readonly sandbox: Sandbox }>;
  /** The HttpHandler of the process that serves the port. Fails if none does. */
  port(port: number, options?: $.CallOptions): $.Call<{ readonly handler: $.Client }>;
}
/** What an object implements to be served as `Sandbox`. */
export interface SandboxServer {
  spawner(context: $.CallContext): $.Served<{ readonly spawner: Spawner }>;
  files(context: $.CallContext): $.Served<{ readonly files: Files }>;
  usage(context: $.CallContext): $.Served<{ readonly usage: Usage }>;
  /**
   * Stores the files as they are at this moment as an image: the path of its link, and the whole image. Processes are not
   * part of it.
   */
  snapshot(
    context: $.CallContext,
  ): $.Served<{ readonly path: string; readonly car: node_.ByteStream }>;
  /**
   * Another sandbox with the files as they are at this moment, and with the same grants and limits; unchanged files are kept
   * once for both. Processes are not part of it.
   */
  fork(context: $.CallContext): $.Served<{ readonly sandbox: Sandbox }>;
  /** The HttpHandler of the process that serves the port. Fails if none does. */
  port(port: number, context: $.CallContext): $.Served<{ readonly handler: $.Client }>;
}
const Sandbox_spawner_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xacf0f8b882906904n,
  name: "Sandbox.spawner$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Sandbox_spawner_results: $.StructType<{ readonly spawner: Spawner }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd80fd1439262a722n,
    name: "Sandbox.spawner$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { spawner: [0, () => Spawner] },
    read: (s) => ({ spawner: Spawner.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.spawner !== undefined) {
          f = "spawner";
          Spawner.write(s.pointer(0), value.spawner);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Sandbox_files_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc2127074fcdce519n,
  name: "Sandbox.files$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Sandbox_files_results: $.StructType<{ readonly files: Files }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa0377debf1369734n,
    name: "Sandbox.files$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { files: [0, () => Files] },
    read: (s) => ({ files: Files.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.files !== undefined) {
          f = "files";
          Files.write(s.pointer(0), value.files);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Sandbox_usage_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc3ce97dcb6d5d304n,
  name: "Sandbox.usage$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Sandbox_usage_results: $.StructType<{ readonly usage: Usage }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xaaa8d61853e35eb5n,
    name: "Sandbox.usage$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { usage: [0, () => Usage] },
    read: (s) => ({ usage: Usage.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.usage !== undefined) {
          f = "usage";
          Usage.write(s.pointer(0), value.usage);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Sandbox_snapshot_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc6838faabd4cad9cn,
  name: "Sandbox.snapshot$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Sandbox_snapshot_results: $.StructType<{
  readonly path: string;
  readonly car: node_.ByteStream;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xf4e5fbae98225e43n,
  name: "Sandbox.snapshot$Results",
  dataWords: 0,
  pointers: 2,
  pipelined: { car: [1, () => node_.ByteStream] },
  read: (s) => ({ path: $.Text.read(s.pointer(0)), car: node_.ByteStream.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.car !== undefined) {
        f = "car";
        node_.ByteStream.write(s.pointer(1), value.car);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Sandbox_fork_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x8a5fe0c23827599cn,
  name: "Sandbox.fork$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Sandbox_fork_results: $.StructType<{ readonly sandbox: Sandbox }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd137f36ca3f0a29cn,
    name: "Sandbox.fork$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { sandbox: [0, () => Sandbox] },
    read: (s) => ({ sandbox: Sandbox.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.sandbox !== undefined) {
          f = "sandbox";
          Sandbox.write(s.pointer(0), value.sandbox);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Sandbox_port_params: $.StructType<{ readonly port: number }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xd3e60e31bf1456d6n,
    name: "Sandbox.port$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ port: s.uint16(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.port !== undefined) {
          f = "port";
          s.setUint16(0, value.port);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Sandbox_port_results: $.StructType<{ readonly handler: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd9c9520433401b92n,
    name: "Sandbox.port$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { handler: [0, () => $.AnyClient] },
    read: (s) => ({ handler: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.handler !== undefined) {
          f = "handler";
          $.AnyClient.write(s.pointer(0), value.handler);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Sandbox: $.InterfaceType<Sandbox> = /* @__PURE__ */ $.defineInterface<Sandbox>({
  id: 0xa15a6f41b088c508n,
  name: "Sandbox",
  methods: [
    {
      name: "spawner",
      parameters: [],
      params: () => Sandbox_spawner_params,
      results: () => Sandbox_spawner_results,
    },
    {
      name: "files",
      parameters: [],
      params: () => Sandbox_files_params,
      results: () => Sandbox_files_results,
    },
    {
      name: "usage",
      parameters: [],
      params: () => Sandbox_usage_params,
      results: () => Sandbox_usage_results,
    },
    {
      name: "snapshot",
      parameters: [],
      params: () => Sandbox_snapshot_params,
      results: () => Sandbox_snapshot_results,
    },
    {
      name: "fork",
      parameters: [],
      params: () => Sandbox_fork_params,
      results: () => Sandbox_fork_results,
    },
    {
      name: "port",
      parameters: ["port"],
      params: () => Sandbox_port_params,
      results: () => Sandbox_port_results,
    },
  ],
});

/**
 * Starts processes in a sandbox, and reaches what they serve. A process finds a spawner of its own among its grants, named "spawner".
 * @see common/sandbox.capnp:Spawner, 0xad9bb53622e40a05
 */
export interface Spawner extends $.Client<SpawnerServer> {
  /** Returns once the process has started. Fails, in a sentence, if there is no such program. */
  spawn(
    command: $.Init<Command>,
    options?: $.CallOptions,
  ): $.Call<{ readonly process: SandboxProcess; readonly pid: number }>;
  /** The HttpHandler of the process of the sandbox that serves the port. Fails if none does. */
  port(port: number, options?: $.CallOptions): $.Call<{ readonly handler: $.Client }>;
}
/** What an object implements to be served as `Spawner`. */
export interface SpawnerServer {
  /** Returns once the process has started. Fails, in a sentence, if there is no such program. */
  spawn(
    command: Command,
    context: $.CallContext,
  ): $.Served<{ readonly process: SandboxProcess; readonly pid: number }>;
  /** The HttpHandler of the process of the sandbox that serves the port. Fails if none does. */
  port(port: number, context: $.CallContext): $.Served<{ readonly handler: $.Client }>;
}
const Spawner_spawn_params: $.StructType<{ readonly command: Command }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa030f3e738fc35ban,
    name: "Spawner.spawn$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { command: [0, () => Command] },
    read: (s) => ({ command: Command.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.command !== undefined) {
          f = "command";
          Command.write(s.pointer(0), value.command);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Spawner_spawn_results: $.StructType<{
  readonly process: SandboxProcess;
  readonly pid: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xb0bc3e140a0a6f1bn,
  name: "Spawner.spawn$Results",
  dataWords: 1,
  pointers: 1,
  pipelined: { process: [0, () => SandboxProcess] },
  read: (s) => ({ process: SandboxProcess.read(s.pointer(0)), pid: s.uint32(0) }),
  write(s, value) {
    let f = "";
    try {
      if (value.process !== undefined) {
        f = "process";
        SandboxProcess.write(s.pointer(0), value.process);
      }
      if (value.pid !== undefined) {
        f = "pid";
        s.setUint32(0, value.pid);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Spawner_port_params: $.StructType<{ readonly port: number }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xd708e6078fcad229n,
    name: "Spawner.port$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ port: s.uint16(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.port !== undefined) {
          f = "port";
          s.setUint16(0, value.port);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  },
);
const Spawner_port_results: $.StructType<{ readonly handler: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xdf83b2bb1927677en,
    name: "Spawner.port$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { handler: [0, () => $.AnyClient] },
    read: (s) => ({ handler: $.AnyClient.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.handler !== undefined) {
          f = "handler";
          $.AnyClient.write(s.pointer(0), value.handler);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Spawner: $.InterfaceType<Spawner> = /* @__PURE__ */ $.defineInterface<Spawner>({
  id: 0xad9bb53622e40a05n,
  name: "Spawner",
  methods: [
    {
      name: "spawn",
      parameters: ["command"],
      params: () => Spawner_spawn_params,
      results: () => Spawner_spawn_results,
    },
    {
      name: "port",
      parameters: ["port"],
      params: () => Spawner_port_params,
      results: () => Spawner_port_results,
    },
  ],
});

/** @see common/sandbox.capnp:Command, 0xe3f7b297606b7821 */
export interface Command {
  /** A path, from `cwd` unless it begins with a slash; without a slash, a name that is looked up in the PATH of `env`. */
  readonly program: string;
  /** By default `program`. */
  readonly argv0: string;
  /** After the first. */
  readonly args: readonly string[];
  /** Each entry is "NAME=value". */
  readonly env: readonly string[];
  /** By default the root. */
  readonly cwd: string;
  readonly stdin: Stdio;
  readonly stdout: Stdio;
  readonly stderr: Stdio;
  /** The size of a terminal of its own, for all three streams; no columns for none. Its output is one stream, `stdout`. */
  readonly terminal: TerminalSize;
  /** The name of the process in the owner's account: one line of at most 100 letters; by default the path of the program. */
  readonly label: string;
  /**
   * The port of the sandbox that the process serves while it lives: by its bootstrap capability, an HttpHandler, or by
   * `wasi:http/incoming-handler` alone. 0 for none.
   */
  readonly port: number;
}
export const Command: $.StructType<Command> = /* @__PURE__ */ $.defineStruct<Command>({
  id: 0xe3f7b297606b7821n,
  name: "Command",
  dataWords: 1,
  pointers: 7,
  pipelined: { terminal: [5, () => TerminalSize] },
  read: (s) => ({
    program: $.Text.read(s.pointer(0)),
    argv0: $.Text.read(s.pointer(1)),
    args: $.Text.readList(s.pointer(2)),
    env: $.Text.readList(s.pointer(3)),
    cwd: $.Text.read(s.pointer(4)),
    stdin: Stdio.toName(s.uint16(0)),
    stdout: Stdio.toName(s.uint16(2)),
    stderr: Stdio.toName(s.uint16(4)),
    terminal: TerminalSize.read(s.pointer(5)),
    label: $.Text.read(s.pointer(6)),
    port: s.uint16(6),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.program !== undefined) {
        f = "program";
        $.Text.write(s.pointer(0), value.program);
      }
      if (value.argv0 !== undefined) {
        f = "argv0";
        $.Text.write(s.pointer(1), value.argv0);
      }
      if (value.args !== undefined) {
        f = "args";
        $.Text.writeList(s.pointer(2), value.args);
      }
      if (value.env !== undefined) {
        f = "env";
        $.Text.writeList(s.pointer(3), value.env);
      }
      if (value.cwd !== undefined) {
        f = "cwd";
        $.Text.write(s.pointer(4), value.cwd);
      }
      if (value.stdin !== undefined) {
        f = "stdin";
        s.setUint16(0, Stdio.toOrdinal(value.stdin));
      }
      if (value.stdout !== undefined) {
        f = "stdout";
        s.setUint16(2, Stdio.toOrdinal(value.stdout));
      }
      if (value.stderr !== undefined) {
        f = "stderr";
        s.setUint16(4, Stdio.toOrdinal(value.stderr));
      }
      if (value.terminal !== undefined) {
        f = "terminal";
        TerminalSize.write(s.pointer(5), value.terminal);
      }
      if (value.label !== undefined) {
        f = "label";
        $.Text.write(s.pointer(6), value.label);
      }
      if (value.port !== undefined) {
        f = "port";
        s.setUint16(6, value.port);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/sandbox.capnp:Stdio, 0xe00600557c97ea96 */
export type Stdio = "piped" | "nothing" | "inherited" | number;
export const Stdio: $.EnumType<"piped" | "nothing" | "inherited"> = /* @__PURE__ */ $.defineEnum([
  "piped",
  "nothing",
  "inherited",
]);

/** @see common/sandbox.capnp:TerminalSize, 0x8ebe526d6f9331e9 */
export interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
}
export const TerminalSize: $.StructType<TerminalSize> =
  /* @__PURE__ */ $.defineStruct<TerminalSize>({
    id: 0x8ebe526d6f9331e9n,
    name: "TerminalSize",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ columns: s.uint16(0), rows: s.uint16(2) }),
    write(s, value) {
      let f = "";
      try {
        if (value.columns !== undefined) {
          f = "columns";
          s.setUint16(0, value.columns);
        }
        if (value.rows !== undefined) {
          f = "rows";
          s.setUint16(2, value.rows);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });

/**
 * Releasing it does not end the process.
 * @see common/sandbox.capnp:SandboxProcess, 0xd4bda4d786a5273a
 */
export interface SandboxProcess extends $.Client<SandboxProcessServer> {
  stdin(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  stdout(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  /** Unread output holds the process back. */
  stderr(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  /** Returns at the end of the process, each time with the same. */
  wait(options?: $.CallOptions): $.Call<{ readonly exit: Exit }>;
  /**
   * 2 (interrupt) ends the process unless it handles interrupts; 15 (terminate) and 9 end it, with those that it has started.
   * Others fail.
   */
  signal(signal: number, options?: $.CallOptions): $.Call<object>;
  /** Fails if it has no terminal of its own. */
  resize(size: $.Init<TerminalSize>, options?: $.CallOptions): $.Call<object>;
  /** The capability that the process serves on its own connection. */
  bootstrap(options?: $.CallOptions): $.Call<{ readonly cap: $.Client }>;
}
/** What an object implements to be served as `SandboxProcess`. */
export interface SandboxProcessServer {
  stdin(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  stdout(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  /** Unread output holds the process back. */
  stderr(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  /** Returns at the end of the process, each time with the same. */
  wait(context: $.CallContext): $.Served<{ readonly exit: Exit }>;
  /**
   * 2 (interrupt) ends the process unless it handles interrupts; 15 (terminate) and 9 end it, with those that it has started.
   * Others fail.
   */
  signal(signal: number, context: $.CallContext): void | Promise<void>;
  /** Fails if it has no terminal of its own. */
  resize(size: TerminalSize, context: $.CallContext): void | Promise<void>;
  /** The capability that the process serves on its own connection. */
  bootstrap(context: $.CallContext): $.Served<{ readonly cap: $.Client }>;
}
const SandboxProcess_stdin_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xbd9f0ed695552cdan,
  name: "SandboxProcess.stdin$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_stdin_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xb25aef0f9b53eddan,
    name: "SandboxProcess.stdin$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const SandboxProcess_stdout_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd12d0aa9095f694an,
  name: "SandboxProcess.stdout$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_stdout_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf508d57c58fcb0ccn,
    name: "SandboxProcess.stdout$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const SandboxProcess_stderr_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa13ff3cd2e1a0df1n,
  name: "SandboxProcess.stderr$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_stderr_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfc1141ea706abd05n,
    name: "SandboxProcess.stderr$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const SandboxProcess_wait_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xb9bf3020759f2fc6n,
  name: "SandboxProcess.wait$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_wait_results: $.StructType<{ readonly exit: Exit }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xf9cc7e75bac82db9n,
    name: "SandboxProcess.wait$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { exit: [0, () => Exit] },
    read: (s) => ({ exit: Exit.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.exit !== undefined) {
          f = "exit";
          Exit.write(s.pointer(0), value.exit);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const SandboxProcess_signal_params: $.StructType<{ readonly signal: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbeed74e9cacdff41n,
    name: "SandboxProcess.signal$Params",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ signal: s.uint8(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.signal !== undefined) {
          f = "signal";
          s.setUint8(0, value.signal);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const SandboxProcess_signal_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xd6472295eb7cd52dn,
  name: "SandboxProcess.signal$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_resize_params: $.StructType<{ readonly size: TerminalSize }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe50d52200c413c68n,
    name: "SandboxProcess.resize$Params",
    dataWords: 0,
    pointers: 1,
    pipelined: { size: [0, () => TerminalSize] },
    read: (s) => ({ size: TerminalSize.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.size !== undefined) {
          f = "size";
          TerminalSize.write(s.pointer(0), value.size);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const SandboxProcess_resize_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xa5717e42567b6953n,
  name: "SandboxProcess.resize$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_bootstrap_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xde9eef3d94ae1f51n,
  name: "SandboxProcess.bootstrap$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const SandboxProcess_bootstrap_results: $.StructType<{ readonly cap: $.Client }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xa1d91b6b2a07c089n,
    name: "SandboxProcess.bootstrap$Results",
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
export const SandboxProcess: $.InterfaceType<SandboxProcess> =
  /* @__PURE__ */ $.defineInterface<SandboxProcess>({
    id: 0xd4bda4d786a5273an,
    name: "SandboxProcess",
    methods: [
      {
        name: "stdin",
        parameters: [],
        params: () => SandboxProcess_stdin_params,
        results: () => SandboxProcess_stdin_results,
      },
      {
        name: "stdout",
        parameters: [],
        params: () => SandboxProcess_stdout_params,
        results: () => SandboxProcess_stdout_results,
      },
      {
        name: "stderr",
        parameters: [],
        params: () => SandboxProcess_stderr_params,
        results: () => SandboxProcess_stderr_results,
      },
      {
        name: "wait",
        parameters: [],
        params: () => SandboxProcess_wait_params,
        results: () => SandboxProcess_wait_results,
      },
      {
        name: "signal",
        parameters: ["signal"],
        params: () => SandboxProcess_signal_params,
        results: () => SandboxProcess_signal_results,
      },
      {
        name: "resize",
        parameters: ["size"],
        params: () => SandboxProcess_resize_params,
        results: () => SandboxProcess_resize_results,
      },
      {
        name: "bootstrap",
        parameters: [],
        params: () => SandboxProcess_bootstrap_params,
        results: () => SandboxProcess_bootstrap_results,
      },
    ],
  });

/** @see common/sandbox.capnp:Exit, 0xde3bb0ada1fcc562 */
export type Exit =
  | { readonly which: "code"; readonly code: number }
  | {
      readonly which: "signal";
      /** It was ended by this signal. */
      readonly signal: number;
    }
  | {
      readonly which: "trap";
      /** It failed: why, for users. */
      readonly trap: string;
    }
  | {
      readonly which: number;
      readonly code?: undefined;
      readonly signal?: undefined;
      readonly trap?: undefined;
    };
export const Exit: $.StructType<Exit> = /* @__PURE__ */ $.defineStruct<Exit>({
  id: 0xde3bb0ada1fcc562n,
  name: "Exit",
  dataWords: 1,
  pointers: 1,
  read(s) {
    const which = s.uint16(2);
    switch (which) {
      case 0:
        return { which: "code" as const, code: s.uint8(0) };
      case 1:
        return { which: "signal" as const, signal: s.uint8(0) };
      case 2:
        return { which: "trap" as const, trap: $.Text.read(s.pointer(0)) };
      default:
        return { which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      switch (value.which) {
        case "code":
          s.setUint16(2, 0);
          if (value.code !== undefined) {
            f = "code";
            s.setUint8(0, value.code);
          }
          break;
        case "signal":
          s.setUint16(2, 1);
          if (value.signal !== undefined) {
            f = "signal";
            s.setUint8(0, value.signal);
          }
          break;
        case "trap":
          s.setUint16(2, 2);
          if (value.trap !== undefined) {
            f = "trap";
            $.Text.write(s.pointer(0), value.trap);
          }
          break;
        case undefined:
          $.requireNone(value, ["code", "signal", "trap"]);
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

/** @see common/sandbox.capnp:Usage, 0xce8e278b376798b5 */
export interface Usage {
  /** Granted to live processes. */
  readonly memoryBytes: number;
  readonly memoryLimitBytes: number;
  /** Written to files. */
  readonly diskBytes: number;
  readonly diskLimitBytes: number;
  /** Used by live processes, as of the last wait of each. */
  readonly cpuSeconds: number;
  /** Live ones. */
  readonly processes: number;
}
export const Usage: $.StructType<Usage> = /* @__PURE__ */ $.defineStruct<Usage>({
  id: 0xce8e278b376798b5n,
  name: "Usage",
  dataWords: 6,
  pointers: 0,
  read: (s) => ({
    memoryBytes: s.float64(0),
    memoryLimitBytes: s.float64(8),
    diskBytes: s.float64(16),
    diskLimitBytes: s.float64(24),
    cpuSeconds: s.float64(32),
    processes: s.uint32(40),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.memoryBytes !== undefined) {
        f = "memoryBytes";
        s.setFloat64(0, value.memoryBytes);
      }
      if (value.memoryLimitBytes !== undefined) {
        f = "memoryLimitBytes";
        s.setFloat64(8, value.memoryLimitBytes);
      }
      if (value.diskBytes !== undefined) {
        f = "diskBytes";
        s.setFloat64(16, value.diskBytes);
      }
      if (value.diskLimitBytes !== undefined) {
        f = "diskLimitBytes";
        s.setFloat64(24, value.diskLimitBytes);
      }
      if (value.cpuSeconds !== undefined) {
        f = "cpuSeconds";
        s.setFloat64(32, value.cpuSeconds);
      }
      if (value.processes !== undefined) {
        f = "processes";
        s.setUint32(40, value.processes);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/**
 * Paths are names joined by slashes from the root of the tree; a slash at the front changes nothing. A refusal is a
 * result, other failures are exceptions.
 * @see common/sandbox.capnp:Files, 0xb15f58ffe1a207da
 */
export interface Files extends $.Client<FilesServer> {
  /** With `follow`, the entry's path is the one that links have led to. */
  stat(
    path: string,
    follow: boolean,
    options?: $.CallOptions,
  ): $.Call<{ readonly entry: FileEntry; readonly refusal: FileRefusal }>;
  /**
   * The entries below a directory, down to `depth` levels: parents first, names in order. Links are not followed. Paths begin
   * with `path` as it was given.
   */
  list(
    path: string,
    depth: number,
    options?: $.CallOptions,
  ): $.Call<{ readonly entries: readonly FileEntry[]; readonly refusal: FileRefusal }>;
  /** The bytes of a file from an offset, to its end for a length below 0; `sizeBytes` is that of the whole file. */
  read(
    path: string,
    offset: number,
    lengthBytes?: number | undefined,
    options?: $.CallOptions,
  ): $.Call<{
    readonly stream: node_.ByteStream;
    readonly sizeBytes: number;
    readonly refusal: FileRefusal;
  }>;
  /** Begins a new file. Its commit puts it at the path, replaces what is there, and creates missing parents. */
  write(
    path: string,
    options?: $.CallOptions,
  ): $.Call<{ readonly upload: Upload; readonly refusal: FileRefusal }>;
  /** Creates missing parents as well. `exist` if something has the path. */
  makeDirectory(path: string, options?: $.CallOptions): $.Call<{ readonly refusal: FileRefusal }>;
  /** Replaces a file or an empty directory. Missing parents are created. */
  move(
    path: string,
    to: string,
    options?: $.CallOptions,
  ): $.Call<{ readonly refusal: FileRefusal }>;
  /** Removes everything below it as well. */
  remove(path: string, options?: $.CallOptions): $.Call<{ readonly refusal: FileRefusal }>;
  /** Reports each change below a directory, in order, until `watching` is released. */
  watch(
    path: string,
    recursive: boolean,
    watcher: $.Init<FileWatcher>,
    options?: $.CallOptions,
  ): $.Call<{ readonly watching: $.Client; readonly refusal: FileRefusal }>;
  /** Replaces the metadata of a file. */
  setMetadata(
    path: string,
    metadata: $.Init<readonly Metadata[]>,
    options?: $.CallOptions,
  ): $.Call<{ readonly refusal: FileRefusal }>;
}
/** What an object implements to be served as `Files`. */
export interface FilesServer {
  /** With `follow`, the entry's path is the one that links have led to. */
  stat(
    path: string,
    follow: boolean,
    context: $.CallContext,
  ): $.Served<{ readonly entry: FileEntry; readonly refusal: FileRefusal }>;
  /**
   * The entries below a directory, down to `depth` levels: parents first, names in order. Links are not followed. Paths begin
   * with `path` as it was given.
   */
  list(
    path: string,
    depth: number,
    context: $.CallContext,
  ): $.Served<{ readonly entries: readonly FileEntry[]; readonly refusal: FileRefusal }>;
  /** The bytes of a file from an offset, to its end for a length below 0; `sizeBytes` is that of the whole file. */
  read(
    path: string,
    offset: number,
    lengthBytes: number,
    context: $.CallContext,
  ): $.Served<{
    readonly stream: node_.ByteStream;
    readonly sizeBytes: number;
    readonly refusal: FileRefusal;
  }>;
  /** Begins a new file. Its commit puts it at the path, replaces what is there, and creates missing parents. */
  write(
    path: string,
    context: $.CallContext,
  ): $.Served<{ readonly upload: Upload; readonly refusal: FileRefusal }>;
  /** Creates missing parents as well. `exist` if something has the path. */
  makeDirectory(path: string, context: $.CallContext): $.Served<{ readonly refusal: FileRefusal }>;
  /** Replaces a file or an empty directory. Missing parents are created. */
  move(
    path: string,
    to: string,
    context: $.CallContext,
  ): $.Served<{ readonly refusal: FileRefusal }>;
  /** Removes everything below it as well. */
  remove(path: string, context: $.CallContext): $.Served<{ readonly refusal: FileRefusal }>;
  /** Reports each change below a directory, in order, until `watching` is released. */
  watch(
    path: string,
    recursive: boolean,
    watcher: FileWatcher,
    context: $.CallContext,
  ): $.Served<{ readonly watching: $.Client; readonly refusal: FileRefusal }>;
  /** Replaces the metadata of a file. */
  setMetadata(
    path: string,
    metadata: readonly Metadata[],
    context: $.CallContext,
  ): $.Served<{ readonly refusal: FileRefusal }>;
}
const Files_stat_params: $.StructType<{ readonly path: string; readonly follow: boolean }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xae5dd45ffded37d5n,
    name: "Files.stat$Params",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ path: $.Text.read(s.pointer(0)), follow: s.bool(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
        if (value.follow !== undefined) {
          f = "follow";
          s.setBool(0, value.follow);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Files_stat_results: $.StructType<{
  readonly entry: FileEntry;
  readonly refusal: FileRefusal;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xf16bb47e77d2b88an,
  name: "Files.stat$Results",
  dataWords: 1,
  pointers: 1,
  pipelined: { entry: [0, () => FileEntry] },
  read: (s) => ({ entry: FileEntry.read(s.pointer(0)), refusal: FileRefusal.toName(s.uint16(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.entry !== undefined) {
        f = "entry";
        FileEntry.write(s.pointer(0), value.entry);
      }
      if (value.refusal !== undefined) {
        f = "refusal";
        s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_list_params: $.StructType<{ readonly path: string; readonly depth: number }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfbdc4c0bbd25d961n,
    name: "Files.list$Params",
    dataWords: 1,
    pointers: 1,
    read: (s) => ({ path: $.Text.read(s.pointer(0)), depth: s.uint32(0) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
        if (value.depth !== undefined) {
          f = "depth";
          s.setUint32(0, value.depth);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Files_list_results: $.StructType<{
  readonly entries: readonly FileEntry[];
  readonly refusal: FileRefusal;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9c600d2487790a60n,
  name: "Files.list$Results",
  dataWords: 1,
  pointers: 1,
  read: (s) => ({
    entries: FileEntry.readList(s.pointer(0)),
    refusal: FileRefusal.toName(s.uint16(0)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.entries !== undefined) {
        f = "entries";
        FileEntry.writeList(s.pointer(0), value.entries);
      }
      if (value.refusal !== undefined) {
        f = "refusal";
        s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_read_params: $.StructType<{
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xb209074bf212846bn,
  name: "Files.read$Params",
  dataWords: 2,
  pointers: 1,
  read: (s) => ({
    path: $.Text.read(s.pointer(0)),
    offset: s.float64(0),
    lengthBytes: s.float64(8, 0xbff0000000000000n),
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
        s.setFloat64(8, value.lengthBytes, 0xbff0000000000000n);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_read_results: $.StructType<{
  readonly stream: node_.ByteStream;
  readonly sizeBytes: number;
  readonly refusal: FileRefusal;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xb4ae28d2120edb23n,
  name: "Files.read$Results",
  dataWords: 2,
  pointers: 1,
  pipelined: { stream: [0, () => node_.ByteStream] },
  read: (s) => ({
    stream: node_.ByteStream.read(s.pointer(0)),
    sizeBytes: s.float64(0),
    refusal: FileRefusal.toName(s.uint16(8)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.stream !== undefined) {
        f = "stream";
        node_.ByteStream.write(s.pointer(0), value.stream);
      }
      if (value.sizeBytes !== undefined) {
        f = "sizeBytes";
        s.setFloat64(0, value.sizeBytes);
      }
      if (value.refusal !== undefined) {
        f = "refusal";
        s.setUint16(8, FileRefusal.toOrdinal(value.refusal));
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_write_params: $.StructType<{ readonly path: string }> = /* @__PURE__ */ $.defineStruct({
  id: 0xf615451e05028fcfn,
  name: "Files.write$Params",
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
const Files_write_results: $.StructType<{
  readonly upload: Upload;
  readonly refusal: FileRefusal;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xca92f27eeb0d86d0n,
  name: "Files.write$Results",
  dataWords: 1,
  pointers: 1,
  pipelined: { upload: [0, () => Upload] },
  read: (s) => ({ upload: Upload.read(s.pointer(0)), refusal: FileRefusal.toName(s.uint16(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.upload !== undefined) {
        f = "upload";
        Upload.write(s.pointer(0), value.upload);
      }
      if (value.refusal !== undefined) {
        f = "refusal";
        s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_makeDirectory_params: $.StructType<{ readonly path: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xafb488dbe543cf52n,
    name: "Files.makeDirectory$Params",
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
const Files_makeDirectory_results: $.StructType<{ readonly refusal: FileRefusal }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xc502642ea46392b4n,
    name: "Files.makeDirectory$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ refusal: FileRefusal.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.refusal !== undefined) {
          f = "refusal";
          s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Files_move_params: $.StructType<{ readonly path: string; readonly to: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd927061f9ec61f5en,
    name: "Files.move$Params",
    dataWords: 0,
    pointers: 2,
    read: (s) => ({ path: $.Text.read(s.pointer(0)), to: $.Text.read(s.pointer(1)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.path !== undefined) {
          f = "path";
          $.Text.write(s.pointer(0), value.path);
        }
        if (value.to !== undefined) {
          f = "to";
          $.Text.write(s.pointer(1), value.to);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Files_move_results: $.StructType<{ readonly refusal: FileRefusal }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe0e5c3ca98ae9b2bn,
    name: "Files.move$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ refusal: FileRefusal.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.refusal !== undefined) {
          f = "refusal";
          s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Files_remove_params: $.StructType<{ readonly path: string }> = /* @__PURE__ */ $.defineStruct(
  {
    id: 0xb0ba9052f7681aabn,
    name: "Files.remove$Params",
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
  },
);
const Files_remove_results: $.StructType<{ readonly refusal: FileRefusal }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xfc51b5cc63f6f93bn,
    name: "Files.remove$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ refusal: FileRefusal.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.refusal !== undefined) {
          f = "refusal";
          s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Files_watch_params: $.StructType<{
  readonly path: string;
  readonly recursive: boolean;
  readonly watcher: FileWatcher;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9c4ac4959f1373cdn,
  name: "Files.watch$Params",
  dataWords: 1,
  pointers: 2,
  pipelined: { watcher: [1, () => FileWatcher] },
  read: (s) => ({
    path: $.Text.read(s.pointer(0)),
    recursive: s.bool(0),
    watcher: FileWatcher.read(s.pointer(1)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.recursive !== undefined) {
        f = "recursive";
        s.setBool(0, value.recursive);
      }
      if (value.watcher !== undefined) {
        f = "watcher";
        FileWatcher.write(s.pointer(1), value.watcher);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_watch_results: $.StructType<{
  readonly watching: $.Client;
  readonly refusal: FileRefusal;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0x9266461c1dc39688n,
  name: "Files.watch$Results",
  dataWords: 1,
  pointers: 1,
  pipelined: { watching: [0, () => $.AnyClient] },
  read: (s) => ({
    watching: $.AnyClient.read(s.pointer(0)),
    refusal: FileRefusal.toName(s.uint16(0)),
  }),
  write(s, value) {
    let f = "";
    try {
      if (value.watching !== undefined) {
        f = "watching";
        $.AnyClient.write(s.pointer(0), value.watching);
      }
      if (value.refusal !== undefined) {
        f = "refusal";
        s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_setMetadata_params: $.StructType<{
  readonly path: string;
  readonly metadata: readonly Metadata[];
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xcd1d1ac4b68466d0n,
  name: "Files.setMetadata$Params",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ path: $.Text.read(s.pointer(0)), metadata: Metadata.readList(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.metadata !== undefined) {
        f = "metadata";
        Metadata.writeList(s.pointer(1), value.metadata);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
const Files_setMetadata_results: $.StructType<{ readonly refusal: FileRefusal }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xe6339c17b19671edn,
    name: "Files.setMetadata$Results",
    dataWords: 1,
    pointers: 0,
    read: (s) => ({ refusal: FileRefusal.toName(s.uint16(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.refusal !== undefined) {
          f = "refusal";
          s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
export const Files: $.InterfaceType<Files> = /* @__PURE__ */ $.defineInterface<Files>({
  id: 0xb15f58ffe1a207dan,
  name: "Files",
  methods: [
    {
      name: "stat",
      parameters: ["path", "follow"],
      params: () => Files_stat_params,
      results: () => Files_stat_results,
    },
    {
      name: "list",
      parameters: ["path", "depth"],
      params: () => Files_list_params,
      results: () => Files_list_results,
    },
    {
      name: "read",
      parameters: ["path", "offset", "lengthBytes"],
      params: () => Files_read_params,
      results: () => Files_read_results,
    },
    {
      name: "write",
      parameters: ["path"],
      params: () => Files_write_params,
      results: () => Files_write_results,
    },
    {
      name: "makeDirectory",
      parameters: ["path"],
      params: () => Files_makeDirectory_params,
      results: () => Files_makeDirectory_results,
    },
    {
      name: "move",
      parameters: ["path", "to"],
      params: () => Files_move_params,
      results: () => Files_move_results,
    },
    {
      name: "remove",
      parameters: ["path"],
      params: () => Files_remove_params,
      results: () => Files_remove_results,
    },
    {
      name: "watch",
      parameters: ["path", "recursive", "watcher"],
      params: () => Files_watch_params,
      results: () => Files_watch_results,
    },
    {
      name: "setMetadata",
      parameters: ["path", "metadata"],
      params: () => Files_setMetadata_params,
      results: () => Files_setMetadata_results,
    },
  ],
});

/** @see common/sandbox.capnp:Metadata, 0xd09d066cd2132413 */
export interface Metadata {
  readonly name: string;
  readonly value: string;
}
export const Metadata: $.StructType<Metadata> = /* @__PURE__ */ $.defineStruct<Metadata>({
  id: 0xd09d066cd2132413n,
  name: "Metadata",
  dataWords: 0,
  pointers: 2,
  read: (s) => ({ name: $.Text.read(s.pointer(0)), value: $.Text.read(s.pointer(1)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.name !== undefined) {
        f = "name";
        $.Text.write(s.pointer(0), value.name);
      }
      if (value.value !== undefined) {
        f = "value";
        $.Text.write(s.pointer(1), value.value);
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});

/** @see common/sandbox.capnp:FileEntry, 0xe0abb9d041530e69 */
export type FileEntry = {
  /** From the root, without a slash at the front; empty for the root. */
  readonly path: string;
  /** Since 1970; below 0 if unknown. */
  readonly modifiedNs: bigint;
  readonly metadata: readonly Metadata[];
} & (
  | { readonly which: "directory"; readonly directory: undefined }
  | {
      readonly which: "file";
      /** Its size in bytes. */
      readonly file: number;
    }
  | {
      readonly which: "link";
      /** The target, as it was written. Never from `stat` with `follow`. */
      readonly link: string;
    }
  | {
      readonly which: number;
      readonly directory?: undefined;
      readonly file?: undefined;
      readonly link?: undefined;
    }
);
export const FileEntry: $.StructType<FileEntry> = /* @__PURE__ */ $.defineStruct<FileEntry>({
  id: 0xe0abb9d041530e69n,
  name: "FileEntry",
  dataWords: 3,
  pointers: 3,
  read(s) {
    const common = {
      path: $.Text.read(s.pointer(0)),
      modifiedNs: s.int64(0, -1n),
      metadata: Metadata.readList(s.pointer(1)),
    };
    const which = s.uint16(8);
    switch (which) {
      case 0:
        return { ...common, which: "directory" as const, directory: undefined };
      case 1:
        return { ...common, which: "file" as const, file: s.float64(16) };
      case 2:
        return { ...common, which: "link" as const, link: $.Text.read(s.pointer(2)) };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      if (value.modifiedNs !== undefined) {
        f = "modifiedNs";
        s.setInt64(0, value.modifiedNs, -1n);
      }
      if (value.metadata !== undefined) {
        f = "metadata";
        Metadata.writeList(s.pointer(1), value.metadata);
      }
      switch (value.which) {
        case "directory":
          s.setUint16(8, 0);
          break;
        case "file":
          s.setUint16(8, 1);
          if (value.file !== undefined) {
            f = "file";
            s.setFloat64(16, value.file);
          }
          break;
        case "link":
          s.setUint16(8, 2);
          if (value.link !== undefined) {
            f = "link";
            $.Text.write(s.pointer(2), value.link);
          }
          break;
        case undefined:
          $.requireNone(value, ["directory", "file", "link"]);
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

/**
 * The codes of wasi:filesystem.
 * @see common/sandbox.capnp:FileRefusal, 0xbe96ec86759aa903
 */
export type FileRefusal =
  | "none"
  | "badDescriptor"
  | "busy"
  | "crossDevice"
  | "exist"
  | "fileTooLarge"
  | "insufficientMemory"
  | "insufficientSpace"
  | "invalid"
  | "io"
  | "isDirectory"
  | "loop"
  | "nameTooLong"
  | "noEntry"
  | "notDirectory"
  | "notEmpty"
  | "notPermitted"
  | "readOnly"
  | number;
export const FileRefusal: $.EnumType<
  | "none"
  | "badDescriptor"
  | "busy"
  | "crossDevice"
  | "exist"
  | "fileTooLarge"
  | "insufficientMemory"
  | "insufficientSpace"
  | "invalid"
  | "io"
  | "isDirectory"
  | "loop"
  | "nameTooLong"
  | "noEntry"
  | "notDirectory"
  | "notEmpty"
  | "notPermitted"
  | "readOnly"
> = /* @__PURE__ */ $.defineEnum([
  "none",
  "badDescriptor",
  "busy",
  "crossDevice",
  "exist",
  "fileTooLarge",
  "insufficientMemory",
  "insufficientSpace",
  "invalid",
  "io",
  "isDirectory",
  "loop",
  "nameTooLong",
  "noEntry",
  "notDirectory",
  "notEmpty",
  "notPermitted",
  "readOnly",
]);

/**
 * Releasing it before it was committed leaves nothing behind.
 * @see common/sandbox.capnp:Upload, 0xb8c9106be20ce582
 */
export interface Upload extends $.Client<UploadServer> {
  stream(options?: $.CallOptions): $.Call<{ readonly stream: node_.ByteStream }>;
  /** Makes what was written so far the file. Waits for writes that are under way. */
  commit(
    options?: $.CallOptions,
  ): $.Call<{ readonly entry: FileEntry; readonly refusal: FileRefusal }>;
}
/** What an object implements to be served as `Upload`. */
export interface UploadServer {
  stream(context: $.CallContext): $.Served<{ readonly stream: node_.ByteStream }>;
  /** Makes what was written so far the file. Waits for writes that are under way. */
  commit(
    context: $.CallContext,
  ): $.Served<{ readonly entry: FileEntry; readonly refusal: FileRefusal }>;
}
const Upload_stream_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0x9c690510d61f591an,
  name: "Upload.stream$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Upload_stream_results: $.StructType<{ readonly stream: node_.ByteStream }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd846d415939f1464n,
    name: "Upload.stream$Results",
    dataWords: 0,
    pointers: 1,
    pipelined: { stream: [0, () => node_.ByteStream] },
    read: (s) => ({ stream: node_.ByteStream.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.stream !== undefined) {
          f = "stream";
          node_.ByteStream.write(s.pointer(0), value.stream);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const Upload_commit_params: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xcd77e67feadca6fcn,
  name: "Upload.commit$Params",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const Upload_commit_results: $.StructType<{
  readonly entry: FileEntry;
  readonly refusal: FileRefusal;
}> = /* @__PURE__ */ $.defineStruct({
  id: 0xec316c76c76be170n,
  name: "Upload.commit$Results",
  dataWords: 1,
  pointers: 1,
  pipelined: { entry: [0, () => FileEntry] },
  read: (s) => ({ entry: FileEntry.read(s.pointer(0)), refusal: FileRefusal.toName(s.uint16(0)) }),
  write(s, value) {
    let f = "";
    try {
      if (value.entry !== undefined) {
        f = "entry";
        FileEntry.write(s.pointer(0), value.entry);
      }
      if (value.refusal !== undefined) {
        f = "refusal";
        s.setUint16(0, FileRefusal.toOrdinal(value.refusal));
      }
    } catch (error) {
      throw $.inField(f, error);
    }
  },
});
export const Upload: $.InterfaceType<Upload> = /* @__PURE__ */ $.defineInterface<Upload>({
  id: 0xb8c9106be20ce582n,
  name: "Upload",
  methods: [
    {
      name: "stream",
      parameters: [],
      params: () => Upload_stream_params,
      results: () => Upload_stream_results,
    },
    {
      name: "commit",
      parameters: [],
      params: () => Upload_commit_params,
      results: () => Upload_commit_results,
    },
  ],
});

/** @see common/sandbox.capnp:FileWatcher, 0xc0a1d5f7be93e244 */
export interface FileWatcher extends $.Client<FileWatcherServer> {
  /** The next call waits for this one. Fails the watcher if too many changes wait: `lost` is the last call then. */
  changed(changes: $.Init<readonly FileChange[]>, options?: $.CallOptions): $.Call<object>;
  lost(reason: string, options?: $.CallOptions): $.Call<object>;
}
/** What an object implements to be served as `FileWatcher`. */
export interface FileWatcherServer {
  /** The next call waits for this one. Fails the watcher if too many changes wait: `lost` is the last call then. */
  changed(changes: readonly FileChange[], context: $.CallContext): void | Promise<void>;
  lost(reason: string, context: $.CallContext): void | Promise<void>;
}
const FileWatcher_changed_params: $.StructType<{ readonly changes: readonly FileChange[] }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xbbbcf8bfb91ce164n,
    name: "FileWatcher.changed$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ changes: FileChange.readList(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.changes !== undefined) {
          f = "changes";
          FileChange.writeList(s.pointer(0), value.changes);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const FileWatcher_changed_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xaf830a68bc34b39dn,
  name: "FileWatcher.changed$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
const FileWatcher_lost_params: $.StructType<{ readonly reason: string }> =
  /* @__PURE__ */ $.defineStruct({
    id: 0xd01040a5357e8ba2n,
    name: "FileWatcher.lost$Params",
    dataWords: 0,
    pointers: 1,
    read: (s) => ({ reason: $.Text.read(s.pointer(0)) }),
    write(s, value) {
      let f = "";
      try {
        if (value.reason !== undefined) {
          f = "reason";
          $.Text.write(s.pointer(0), value.reason);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
const FileWatcher_lost_results: $.StructType<object> = /* @__PURE__ */ $.defineStruct({
  id: 0xc8679821fd685369n,
  name: "FileWatcher.lost$Results",
  dataWords: 0,
  pointers: 0,
  read: () => ({}),
  write: () => undefined,
});
export const FileWatcher: $.InterfaceType<FileWatcher> =
  /* @__PURE__ */ $.defineInterface<FileWatcher>({
    id: 0xc0a1d5f7be93e244n,
    name: "FileWatcher",
    methods: [
      {
        name: "changed",
        parameters: ["changes"],
        params: () => FileWatcher_changed_params,
        results: () => FileWatcher_changed_results,
      },
      {
        name: "lost",
        parameters: ["reason"],
        params: () => FileWatcher_lost_params,
        results: () => FileWatcher_lost_results,
      },
    ],
  });

/** @see common/sandbox.capnp:FileChange, 0xf2c7d09be41a6635 */
export type FileChange = {
  /** From the root. */
  readonly path: string;
} & (
  | { readonly which: "created"; readonly created: undefined }
  | { readonly which: "written"; readonly written: undefined }
  | { readonly which: "removed"; readonly removed: undefined }
  | {
      readonly which: "touched";
      /** Its times or metadata. */
      readonly touched: undefined;
    }
  | {
      readonly which: "renamed";
      /** To this path. */
      readonly renamed: string;
    }
  | {
      readonly which: number;
      readonly created?: undefined;
      readonly written?: undefined;
      readonly removed?: undefined;
      readonly touched?: undefined;
      readonly renamed?: undefined;
    }
);
export const FileChange: $.StructType<FileChange> = /* @__PURE__ */ $.defineStruct<FileChange>({
  id: 0xf2c7d09be41a6635n,
  name: "FileChange",
  dataWords: 1,
  pointers: 2,
  read(s) {
    const common = { path: $.Text.read(s.pointer(0)) };
    const which = s.uint16(0);
    switch (which) {
      case 0:
        return { ...common, which: "created" as const, created: undefined };
      case 1:
        return { ...common, which: "written" as const, written: undefined };
      case 2:
        return { ...common, which: "removed" as const, removed: undefined };
      case 3:
        return { ...common, which: "touched" as const, touched: undefined };
      case 4:
        return { ...common, which: "renamed" as const, renamed: $.Text.read(s.pointer(1)) };
      default:
        return { ...common, which };
    }
  },
  write(s, value) {
    let f = "";
    try {
      if (value.path !== undefined) {
        f = "path";
        $.Text.write(s.pointer(0), value.path);
      }
      switch (value.which) {
        case "created":
          s.setUint16(0, 0);
          break;
        case "written":
          s.setUint16(0, 1);
          break;
        case "removed":
          s.setUint16(0, 2);
          break;
        case "touched":
          s.setUint16(0, 3);
          break;
        case "renamed":
          s.setUint16(0, 4);
          if (value.renamed !== undefined) {
            f = "renamed";
            $.Text.write(s.pointer(1), value.renamed);
          }
          break;
        case undefined:
          $.requireNone(value, ["created", "written", "removed", "touched", "renamed"]);
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
