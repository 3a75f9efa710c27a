/** WASI for one cell: the object of imports that a component is instantiated with. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  EventualTree,
  HttpExchange,
  Snapshot,
  Spill,
  Terminals,
  View,
} from "#base";
import { Exception, toStreams } from "#base";
import { Files, takeSnapshot } from "#vfs";
import type { Quota } from "#vfs";
import { createClocks } from "./clocks.ts";
import { Connection, createConnections } from "./connection.ts";
import { Descriptor } from "./descriptor.ts";
import type { AskFiles } from "./file-calls.ts";
import { DirectoryEntryStream } from "./directory-entry-stream.ts";
import { createHttp } from "./http.ts";
import type { HttpImports, WasiHttp } from "./http.ts";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { createPoll, Pollable } from "./poll.ts";
import type { WasiPowers } from "./powers.ts";
import { createRandom } from "./random.ts";
import { createReader } from "./reader.ts";
import { SharedDescriptor } from "./shared-descriptor.ts";
import { SharedDirectoryEntryStream } from "./shared-entries.ts";
import { createSharedHost } from "./shared-host.ts";
import { SOCKETS } from "./sockets.ts";
import { createTerminal } from "./terminal.ts";
import { IoError, trap } from "./trap.ts";
import { createTty } from "./tty.ts";
import type { TtyPower } from "./tty.ts";
import type { Waits } from "./waits.ts";

export interface WasiOptions extends View<EventualTree> {
  /** All arguments; the first is the program's name. */
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [string, string]>;
  /** The directory that it starts in; the root by default. */
  readonly cwd?: string | undefined;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /**
   * Which streams are connected to a terminal; none by default. C programs flush each line to a terminal.
   * If both outputs are, both go to `stdout`.
   */
  readonly terminal?: Terminals | undefined;
  /** Further powers of the terminal, if standard input is one; none by default. Lent. */
  readonly tty?: TtyPower | undefined;
  /** The far end of the connection of `wetware:streams`. */
  readonly rpc: Duplex;
  /** Carries HTTP requests in and out; without it, no request leaves the cell. */
  readonly http?: WasiHttp | undefined;
  /** Asks the host for files that the cell shares with others; they replace files of its own. */
  readonly askFiles?: AskFiles | undefined;
  /** Where pages of files are evicted to when memory is short. Lent. */
  readonly spill?: Spill | undefined;
  /** The cell's memory limit, which also bounds what the host keeps for it. */
  readonly memoryBytes: number;
  /** Number of file descriptors and streams of files that it may have open. */
  readonly openFiles: number;
  readonly powers: WasiPowers;
  /** How the guest waits. */
  readonly waits: Waits;
  /** Called with the code when the guest calls `wasi:cli/exit`; the call itself then traps. */
  readonly onExit: (code: number) => void;
}

/** Bytes of the heap for a string, and at most for each of its characters. */
const TEXT_BYTES = 40;
const LETTER_BYTES = 2;
/** Some mounted tree is writable; read-only ones refuse writes themselves. */
const ROOT_FLAGS = { read: true, mutateDirectory: true };

/** Functions and resource classes by interface, whose names have no versions. */
export type WasiImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Wasi {
  readonly imports: WasiImports;
  /** A snapshot of the cell's own files, to be read before they change again. */
  takeSnapshot(): Snapshot;
  /** The arguments of the guest's `handle` of `wasi:http/incoming-handler`. */
  toArguments(exchange: HttpExchange): readonly unknown[];
  /** Resolves when all that was written to shared files has arrived. */
  flush(): Promise<void>;
}

/**
 * Imports of WASI 0.2 and `wetware:streams`, for one component instance.
 *
 * Takes over nothing: the caller ends the pipes.
 */
export function createWasi(options: WasiOptions): Wasi {
  const { powers, waits } = options;
  const clocks = createClocks(powers, waits);
  const random = createRandom(powers);
  const { tree, writable, mounts = [], spill, memoryBytes: cellMemoryBytes } = options;
  const nowNs = clocks.wallNs;
  const files = new Files({ tree, writable, mounts, spill, nowNs, cellMemoryBytes });
  requireMemory(files.quota, options);
  const stdin = createReader(options.stdin, true);
  const { terminal = false, stdout } = options;
  // A terminal is one device: it shows what is written by either name in the order of the writes.
  const shown = toStreams(terminal);
  const isOne = shown.stdout && shown.stderr;
  const output = createOutputLine(stdout, isOne);
  const errors = isOne ? output : createOutputLine(options.stderr, false);
  const exitWithCode = (code: number): never => {
    options.onExit(code);
    return trap("wasi:cli/exit");
  };
  let opened: HttpImports | undefined;
  // Created on first access: these classes cost more than everything else here, and few cells import them.
  const openHttp = (): HttpImports => (opened ??= createHttp(files.quota, waits, options.http));
  const shared = options.askFiles && createSharedHost(options.askFiles, waits);
  const openRoot = (): Descriptor | SharedDescriptor =>
    shared === undefined
      ? new Descriptor({ files, waits, openLimit: options.openFiles }, files.root, ROOT_FLAGS)
      : SharedDescriptor.root(shared);
  const imports = {
    "wasi:cli/environment": {
      getArguments: () => [...options.args],
      getEnvironment: () => options.env.map(([name, value]) => [name, value]),
      initialCwd: () => options.cwd ?? "/",
    },
    "wasi:cli/exit": {
      exit: ({ tag }: { readonly tag: "ok" | "err" }) => exitWithCode(tag === "ok" ? 0 : 1),
      exitWithCode,
    },
    // A getter returns a new object each time: dropping one must not end the others.
    "wasi:cli/stdin": { getStdin: () => new InputStream(stdin, waits) },
    "wasi:cli/stdout": { getStdout: () => new OutputStream(output.open(), waits) },
    "wasi:cli/stderr": { getStderr: () => new OutputStream(errors.open(), waits) },
    ...createTerminal(terminal),
    "wasi:clocks/monotonic-clock": clocks.monotonic,
    "wasi:clocks/wall-clock": clocks.wall,
    "wasi:filesystem/preopens": {
      getDirectories: () => (options.bare === true ? [] : [[openRoot(), "/"]]),
    },
    "wasi:filesystem/types": {
      Descriptor: shared === undefined ? Descriptor : SharedDescriptor,
      DirectoryEntryStream:
        shared === undefined ? DirectoryEntryStream : SharedDirectoryEntryStream,
      filesystemErrorCode: (error: IoError) => error.fileCode,
    },
    "wasi:io/error": { Error: IoError },
    "wasi:io/poll": { Pollable, poll: createPoll(waits) },
    "wasi:io/streams": { InputStream, OutputStream },
    "wasi:random/insecure": {
      getInsecureRandomBytes: random.bytes,
      getInsecureRandomU64: random.u64,
    },
    "wasi:random/insecure-seed": { insecureSeed: random.seed },
    "wasi:random/random": { getRandomBytes: random.bytes, getRandomU64: random.u64 },
    // The host ends a cell with its epoch, so a guest that can call is never stale.
    "wetware:kernel-runtime/readiness": { kernelReady: () => undefined },
    "wetware:tty/terminal": createTty(options.tty, waits),
    "wetware:streams/streams": {
      Connection,
      createConnection: createConnections(options.rpc, waits),
    },
    ...SOCKETS,
    get "wasi:http/outgoing-handler"() {
      return openHttp().outgoingHandler;
    },
    get "wasi:http/types"() {
      return openHttp().types;
    },
  };
  return {
    imports,
    takeSnapshot: () => takeSnapshot(files),
    toArguments: (exchange) => openHttp().toArguments(exchange),
    flush: () => shared?.flush() ?? Promise.resolve(),
  };
}

/** Charges for strings that the guest gets as often as it asks. */
function requireMemory(quota: Quota, { args, env }: Pick<WasiOptions, "args" | "env">): void {
  const texts = [...args, ...env.flat()];
  const bytes = texts.reduce((sum, text) => sum + TEXT_BYTES + text.length * LETTER_BYTES, 0);
  if (quota.takeMemory(bytes)) return;
  throw new Exception(
    "failed",
    "its arguments and environment take more memory than it may have; give it fewer, or more memory",
  );
}
