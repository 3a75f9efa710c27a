/** Cells for tests: a component is the name of a function, which runs in this thread with the pipes of a cell. */
import { createDuplexPair, createPipe, decodeText, encodeText, Exception, toMessage } from "#base";
import type { ByteSink, ByteSource, Duplex, ExitStatus, FileTree, Snapshot } from "#base";
import type { Cell, CellRequest, Cells } from "./powers.ts";

/** The argument of a cell's program. */
export interface Guest {
  readonly request: CellRequest;
  /** The name of its component. */
  readonly component: string;
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  readonly rpc: Duplex;
  /** The far end of an `HttpChannel`. */
  readonly http: Duplex;
  /** Fires when the cell is killed; later effects of the program are ignored. */
  readonly killed: AbortSignal;
}

/** Resolves to the exit code; an error is a trap. */
export type Program = (guest: Guest) => Promise<number>;

export interface MemoryCells extends Cells {
  /** Names of the running programs. */
  readonly running: readonly string[];
  /** The size of each run's tree cache in bytes. */
  readonly caches: readonly number[];
  /** CPU time that the kernel has charged, in ms. */
  readonly charged: readonly number[];
}

export const monotonicMs = (): number => performance.now();

const PIPE_BYTES = 64 * 1024;
const STREAMS = "wetware:streams/streams@0.1.0";

/** @param prepare awaited before a program starts, like a real cell's compilation */
export function createMemoryCells(
  programs: Readonly<Record<string, Program>>,
  prepare: (name: string) => Promise<void> = () => Promise.resolve(),
): MemoryCells {
  const running: string[] = [];
  const charged: number[] = [];
  const caches: number[] = [];
  return {
    mode: "jspi",
    openCache(limitBytes) {
      caches.push(limitBytes);
      return { open: (tree) => ({ ...tree, id: `cache ${caches.length} of ${tree.id}` }) };
    },
    openTree() {
      throw new Exception("unimplemented", "Programs in this thread share no files");
    },
    caches,
    running,
    charged,
    async prepare(component, limits, { signal } = {}) {
      const { promise: aborted, reject } = Promise.withResolvers<never>();
      const abort = (): void => reject(signal?.reason);
      if (signal?.aborted === true) abort();
      signal?.addEventListener("abort", abort, { once: true });
      // The name may be followed by the component's imports; it has the connection unless they say "unconnected".
      const [name = "", ...named] = decodeText(component).split(" ");
      const imports = named.includes("unconnected") ? named : [...named, STREAMS];
      await Promise.race([prepare(name), aborted]);
      const program = programs[name];
      if (program === undefined) throw new Exception("failed", `Not a component: "${name}"`);
      return {
        imports,
        isHandler: imports.includes("handler"),
        start(request, options = {}) {
          const cell = startProgram({ name, request }, program, charged, options.signal);
          running.push(name);
          void cell.exited.then(() => running.splice(running.indexOf(name), 1));
          return cell;
        },
      };
    },
  };
}

function startProgram(
  { name, request }: { readonly name: string; readonly request: CellRequest },
  program: Program,
  charged: number[],
  signal: AbortSignal | undefined,
): Cell {
  signal?.throwIfAborted();
  const [stdin, stdout, stderr] = [
    createPipe(PIPE_BYTES),
    createPipe(PIPE_BYTES),
    createPipe(PIPE_BYTES),
  ];
  let isReading = false;
  const read = stdin.source.read.bind(stdin.source);
  const input = Object.assign(stdin.source, {
    async read(...args: Parameters<typeof read>) {
      isReading = true;
      try {
        return await read(...args);
      } finally {
        isReading = false;
      }
    },
  });
  const [near, far] = createDuplexPair(PIPE_BYTES);
  const [nearHttp, farHttp] = createDuplexPair(PIPE_BYTES);
  const killing = new AbortController();
  const ending = Promise.withResolvers<ExitStatus>();
  const kill = (reason: unknown): void => {
    killing.abort(reason);
    ending.resolve({ type: "killed", reason: toMessage(reason) });
  };
  signal?.addEventListener("abort", () => kill(signal.reason), { once: true });
  program({
    request,
    component: name,
    stdin: input,
    stdout: stdout.sink,
    stderr: stderr.sink,
    rpc: far,
    http: farHttp,
    killed: killing.signal,
  }).then(
    async (code) => {
      await request.keepFiles?.(SNAPSHOT);
      ending.resolve({ type: "exited", code });
    },
    (reason: unknown) => ending.resolve({ type: "trapped", message: toMessage(reason) }),
  );
  const exited = ending.promise.then((status) => {
    stdin.source[Symbol.dispose]();
    stdout.sink.close();
    stderr.sink.close();
    far.sink.close();
    far[Symbol.dispose]();
    farHttp[Symbol.dispose]();
    return status;
  });
  return {
    stdin: stdin.sink,
    stdout: stdout.source,
    stderr: stderr.source,
    rpc: near,
    http: request.http === undefined ? undefined : nearHttp,
    exited,
    cpuMs: 0,
    waitsForInput: async () => isReading,
    chargeCpu: (ms) => void charged.push(ms),
    async [Symbol.asyncDispose]() {
      kill(new Exception("disconnected", "its host no longer needs it"));
      await exited;
    },
  };
}

/** A snapshot of every program's files. */
const SNAPSHOT: Snapshot = {
  entries: new Map([
    ["new", { type: "file", sizeBytes: 7, modifiedNs: 5n }],
    ["old", { type: "kept", volume: 0, path: "bin" }],
  ]),
  read: () => Promise.resolve(encodeText("content")),
};

/** A tree of files with the given contents. */
export function createTree(files: Readonly<Record<string, string>>): FileTree {
  const contents = new Map(
    Object.entries(files).map(([path, text]) => [path, encodeText(text)] as const),
  );
  const entries = new Map(
    [...contents].map(([path, bytes]) => [
      path,
      { type: "file", sizeBytes: bytes.length } as const,
    ]),
  );
  return {
    entries,
    async read(path, offset, lengthBytes) {
      const bytes = contents.get(path);
      if (bytes === undefined) throw new Exception("failed", `There is no "${path}"`);
      return bytes.slice(offset, offset + lengthBytes);
    },
  };
}
