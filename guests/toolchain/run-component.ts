/** Running a component in Node, for the toolchain's tests: the rooms' own linker and WASI, suspended by JSPI. */
import {
  createDuplexPair,
  createPipe,
  decodeText,
  readAll,
  type ByteSink,
  type ByteSource,
  type Duplex,
  type FileTree,
  type TreeEntry,
} from "#base";
import {
  findExportedFunc,
  instantiateComponent,
  listModules,
  parseComponent,
  surveyComponent,
} from "#component";
import type { ExportedFunc, HostImports } from "#component";
import { createSuspendingWaits, createWasi, SUSPENDING_IMPORTS } from "#wasi";

export interface RunOptions {
  /** All of them, the program's name first. */
  readonly args: readonly string[];
  readonly env?: ReadonlyArray<readonly [string, string]>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
  /** Whether the files can be changed, for this run. */
  readonly writable?: boolean;
}

export interface RunningComponent {
  readonly stdin: ByteSink;
  readonly output: ByteSource;
  readonly errors: ByteSource;
  /** The host's end of the connection. */
  readonly rpc: Duplex;
  readonly exited: Promise<number>;
}

const PIPE_BYTES = 64 * 1024;

/** All text of an output, at its end. */
export async function readText(source: ByteSource): Promise<string> {
  return decodeText(await readAll(source, 10_000_000));
}

export function runComponent(component: Uint8Array, options: RunOptions): RunningComponent {
  const stdin = createPipe(PIPE_BYTES);
  const stdout = createPipe(PIPE_BYTES);
  const stderr = createPipe(PIPE_BYTES);
  const [near, far] = createDuplexPair(PIPE_BYTES);
  let code: number | undefined;
  const { imports: wasi } = createWasi({
    args: options.args,
    env: options.env ?? [],
    memoryBytes: Infinity,
    openFiles: 4096,
    stdin: stdin.source,
    stdout: stdout.sink,
    stderr: stderr.sink,
    rpc: near,
    tree: toTree(options.files ?? {}),
    writable: options.writable,
    powers: {
      wallClockMs: () => Date.now(),
      monotonicMs: () => performance.now(),
      sleep: (durationMs) => new Promise((resolve) => setTimeout(resolve, durationMs)),
      fillRandom: (bytes) => void crypto.getRandomValues(bytes),
    },
    waits: createSuspendingWaits({
      monotonicMs: () => performance.now(),
      nextTurn: () => new Promise((resolve) => setImmediate(resolve)),
    }),
    onExit: (status) => (code = status),
  });
  const run = async (): Promise<number> => {
    try {
      const run = await instantiate(component, wasi);
      return ((await run()) as { readonly tag: string }).tag === "ok" ? 0 : 1;
    } catch (error) {
      // What exit throws to unwind says nothing.
      if (code !== undefined) return code;
      throw error;
    } finally {
      stdout.sink.close();
      stderr.sink.close();
      near[Symbol.dispose]();
    }
  };
  return {
    stdin: stdin.sink,
    output: stdout.source,
    errors: stderr.source,
    rpc: far,
    exited: run(),
  };
}

async function instantiate(bytes: Uint8Array, imports: HostImports): Promise<ExportedFunc> {
  const component = parseComponent(bytes);
  const modules = await Promise.all(
    listModules(component).map((module) =>
      WebAssembly.compile(module.bytes as Uint8Array<ArrayBuffer>),
    ),
  );
  const { exports } = surveyComponent(component);
  const found = findExportedFunc(exports, (name) => name.startsWith("wasi:cli/run@"), "run");
  const run = instantiateComponent(component, {
    imports,
    suspending: SUSPENDING_IMPORTS,
    instantiateCore: ({ index }, given) =>
      new WebAssembly.Instance(modules[index] as WebAssembly.Module, given),
  }).func(found?.interfaceName, "run");
  if (run === undefined) throw new Error("The component is no command");
  return run;
}

function toTree(files: Readonly<Record<string, Uint8Array>>): FileTree {
  const entries = new Map<string, TreeEntry>([["", { type: "directory" }]]);
  for (const [path, bytes] of Object.entries(files)) {
    const names = path.split("/");
    names.forEach((_, depth) =>
      entries.set(names.slice(0, depth).join("/"), { type: "directory" }),
    );
    entries.set(path, { type: "file", sizeBytes: bytes.length });
  }
  return {
    entries,
    read: async (path, offset, lengthBytes) =>
      (files[path] ?? new Uint8Array(0)).slice(offset, offset + lengthBytes),
  };
}
