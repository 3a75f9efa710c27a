/** A kernel over cells in memory, and runs on it with their output. */
import { createPipe, decodeText, Exception, readAll } from "#base";
import type { ByteSink, FileTree } from "#base";
import { Membrane, WetwareSession } from "#schema";
import type { Process } from "#schema";
import type { Node } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { createKernel } from "./create-kernel.ts";
import type { Kernel, RunOptions, RunOutcome, RunRequest } from "./kernel.ts";
import { monotonicMs, createMemoryCells, createTree } from "./memory-cells.testing.ts";
import type { Guest, MemoryCells, Program } from "./memory-cells.testing.ts";

export const PEER_ID: Uint8Array = Uint8Array.of(1, 2, 3);

export const NODE: Node = {
  id: () => Promise.resolve(PEER_ID),
  addrs: () => Promise.resolve([]),
  peers: () => Promise.resolve([]),
  connect: () => Promise.reject(new Exception("failed", "connect failed: nobody is there")),
};

type Given = Pick<RunRequest, "limits" | "entrypoint" | "argv0">;

export interface Bench extends AsyncDisposable {
  readonly kernel: Kernel;
  readonly cells: MemoryCells;
  /** Runs the program `main`, or whatever else stands in the tree. */
  start(options?: RunOptions & Given & { readonly tree?: FileTree }): StartedRun;
}

export interface StartedRun {
  readonly stdin: ByteSink;
  readonly outcome: Promise<RunOutcome>;
  /** All that was written, once the run has ended. */
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
}

export function openBench(
  programs: Readonly<Record<string, Program>>,
  prepare?: (name: string) => Promise<void>,
): Bench {
  const cells = createMemoryCells(programs, prepare);
  const kernel = createKernel({ cells, node: NODE, monotonicMs });
  return {
    kernel,
    cells,
    start({
      tree = createTree({ "bin/main.wasm": "main" }),
      limits,
      entrypoint,
      argv0,
      ...options
    } = {}) {
      return startRun(kernel, tree, options, { limits, entrypoint, argv0 });
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

export function startRun(
  kernel: Kernel,
  tree: FileTree,
  options?: RunOptions,
  more: Partial<RunRequest> = {},
): StartedRun {
  const [stdin, stdout, stderr] = [createPipe(64), createPipe(64), createPipe(64)];
  const read = async (source: typeof stdout.source): Promise<string> =>
    decodeText(await readAll(source, 1_000_000));
  const outcome = kernel.run(
    {
      name: "/ipfs/bafy",
      args: ["a", "b"],
      env: [["K", "v"]],
      tree,
      stdin: stdin.source,
      stdout: stdout.sink,
      stderr: stderr.sink,
      terminal: true,
      ...more,
    },
    options,
  );
  return {
    stdin: stdin.sink,
    outcome,
    stdout: read(stdout.source),
    stderr: read(stderr.source),
  };
}

/** A guest's first steps: its connection, and a session that is its own to release, or not. */
export async function graft(
  guest: Guest,
): Promise<{ readonly connection: Connection; readonly session: WetwareSession }> {
  const connection = connect(createStreamTransport(guest.rpc));
  const membrane = connection.bootstrap(Membrane(WetwareSession));
  const { session } = await membrane.graft(null);
  return { connection, session: session.extension };
}

/** Never ends by itself. */
export const forever: Program = ({ killed }) =>
  new Promise((_, reject) => {
    killed.addEventListener("abort", () => reject(killed.reason), { once: true });
  });

/** Starts a program by its name. */
export async function spawn(
  { executor }: Pick<WetwareSession, "executor">,
  program: string,
  args: readonly string[] = [],
): Promise<Process> {
  return (await executor.runBytes(new TextEncoder().encode(program), args, [])).process;
}
