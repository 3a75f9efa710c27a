/** WASI for one cell: the object of imports that a component is instantiated with. */
import type {
  ByteSink,
  ByteSource,
  Duplex,
  EventualTree,
  Mount,
  Snapshot,
  Spill,
  Terminals,
} from "#base";
import { Files, takeSnapshot } from "#vfs";
import { createClocks } from "./clocks.ts";
import { Connection, createConnections } from "./connection.ts";
import { Descriptor, DirectoryEntryStream } from "./descriptor.ts";
import { createHttp } from "./http.ts";
import { InputStream } from "./input-stream.ts";
import { OutputStream } from "./output-stream.ts";
import { createPoll, Pollable } from "./poll.ts";
import type { WasiPowers } from "./powers.ts";
import { createRandom } from "./random.ts";
import { createReader } from "./reader.ts";
import { createSockets } from "./sockets.ts";
import { createTerminal } from "./terminal.ts";
import { IoError, trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

export interface WasiOptions {
  /** Those that the component imports, without versions; others may be left out. All of them unless told. */
  readonly interfaces?: readonly string[] | undefined;
  /** All of them: the first is the program's name. */
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [string, string]>;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /** Whether a person reads and types there; false unless told. C programs then write line by line. */
  readonly terminal?: Terminals | undefined;
  /** What `wetware:streams` connects to. */
  readonly rpc: Duplex;
  /** What the guest finds at `/`; it has a `/tmp` of its own beside. */
  readonly tree: EventualTree;
  /** Whether it can write there too; false unless told. */
  readonly writable?: boolean | undefined;
  /** What else it finds, and can write to; what it writes goes with it. */
  readonly mounts?: readonly Mount<EventualTree>[] | undefined;
  /** Where files go that there is no memory for. Lent. */
  readonly spill?: Spill | undefined;
  /** Whether it finds no directory at all, neither `/` nor `/tmp`; false unless told. */
  readonly bare?: boolean | undefined;
  /** How many descriptors of files and their streams it may have open. */
  readonly openFiles: number;
  readonly powers: WasiPowers;
  /** How the guest waits. */
  readonly waits: Waits;
  /** Told the code when the guest calls `wasi:cli/exit`; the call itself then traps. */
  readonly onExit: (code: number) => void;
}

/** Something below can be changed; what cannot says so itself. */
const ROOT_FLAGS = { read: true, mutateDirectory: true };

/** Functions and resource classes by interface; names of interfaces without versions. */
export type WasiImports = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

export interface Wasi {
  readonly imports: WasiImports;
  /** What the cell's files are now, to be read before they change again. */
  takeSnapshot(): Snapshot;
}

/**
 * Imports of WASI 0.2 and `wetware:streams`, for one component instance.
 *
 * Takes over nothing: the pipes are the caller's to end.
 */
export function createWasi(options: WasiOptions): Wasi {
  const { powers, waits } = options;
  const clocks = createClocks(powers, waits);
  const random = createRandom(powers);
  const { tree, writable, mounts = [], spill } = options;
  const files = new Files({ tree, writable, mounts, spill, nowNs: clocks.wallNs });
  const stdin = createReader(options.stdin);
  const exitWithCode = (code: number): never => {
    options.onExit(code);
    return trap("wasi:cli/exit");
  };
  const isImported = (start: string): boolean =>
    options.interfaces?.some((name) => name.startsWith(start)) ?? true;
  const imports = {
    "wasi:cli/environment": {
      getArguments: () => [...options.args],
      getEnvironment: () => options.env.map(([name, value]) => [name, value]),
      initialCwd: () => "/",
    },
    "wasi:cli/exit": {
      exit: ({ tag }: { readonly tag: "ok" | "err" }) => exitWithCode(tag === "ok" ? 0 : 1),
      exitWithCode,
    },
    // A getter gives a new object each time: dropping one must not end the other.
    "wasi:cli/stdin": { getStdin: () => new InputStream(stdin, waits) },
    "wasi:cli/stdout": { getStdout: () => new OutputStream(options.stdout, waits) },
    "wasi:cli/stderr": { getStderr: () => new OutputStream(options.stderr, waits) },
    ...createTerminal(options.terminal ?? false),
    "wasi:clocks/monotonic-clock": clocks.monotonic,
    "wasi:clocks/wall-clock": clocks.wall,
    "wasi:filesystem/preopens": {
      getDirectories: () =>
        options.bare === true
          ? []
          : [
              [
                new Descriptor(
                  { files, waits, openLimit: options.openFiles },
                  files.root,
                  ROOT_FLAGS,
                ),
                "/",
              ],
            ],
    },
    "wasi:filesystem/types": {
      Descriptor,
      DirectoryEntryStream,
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
    "wetware:streams/streams": {
      Connection,
      createConnection: createConnections(options.rpc, waits),
    },
    // Most cells have no use for them, and a start is short.
    ...(isImported("wasi:sockets/") ? createSockets() : {}),
    ...(isImported("wasi:http/") ? createHttp() : {}),
  };
  return { imports, takeSnapshot: () => takeSnapshot(files) };
}
