/** Running a component in Node, for the toolchain's tests: jco's glue on the rooms' own WASI, suspended by JSPI. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { transpile } from "@bytecodealliance/jco/component";
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
import { createSuspendingWaits, createWasi, SUSPENDING_IMPORTS } from "#wasi";

export interface RunOptions {
  /** All of them, the program's name first. */
  readonly args: readonly string[];
  readonly env?: ReadonlyArray<readonly [string, string]>;
  readonly files?: Readonly<Record<string, Uint8Array>>;
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
    openFiles: 4096,
    stdin: stdin.source,
    stdout: stdout.sink,
    stderr: stderr.sink,
    rpc: near,
    tree: toTree(options.files ?? {}),
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
      await (await instantiate(component, wasi)).run.run();
      return 0;
    } catch (error) {
      // An error that run answers comes as jco's ComponentError; what exit throws to unwind says nothing.
      if (code !== undefined) return code;
      if (error instanceof Error && error.constructor.name === "ComponentError") return 1;
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

interface Glue {
  instantiate(
    getCoreModule: (name: string) => Promise<WebAssembly.Module>,
    imports: unknown,
  ): Promise<{ readonly run: { run(): Promise<void> } }>;
}

async function instantiate(
  component: Uint8Array,
  imports: unknown,
): Promise<{ readonly run: { run(): Promise<void> } }> {
  const { files } = await transpile(component, {
    name: "guest",
    map: [],
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
    instantiation: { tag: "async" },
    asyncMode: {
      tag: "jspi",
      val: { imports: [...SUSPENDING_IMPORTS], exports: ["wasi:cli/run#run"] },
    },
  });
  const byName = new Map(files);
  const part = (name: string): Uint8Array<ArrayBuffer> => new Uint8Array(byName.get(name) ?? []);
  const folder = await mkdtemp(join(tmpdir(), "ww-guest-"));
  try {
    const file = join(folder, "guest.mjs");
    await writeFile(file, part("guest.js"));
    const glue = (await import(/* @vite-ignore */ pathToFileURL(file).href)) as Glue;
    return await glue.instantiate((name) => WebAssembly.compile(part(name)), imports);
  } finally {
    await rm(folder, { recursive: true });
  }
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
