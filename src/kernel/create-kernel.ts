/** The kernel itself: boots an image, and sees to its end. */
import { Exception, toMessage } from "#base";
import type { FileTree } from "#base";
import { serve } from "#capnp";
import { Membrane, WetwareSession } from "#schema";
import { createEpochs, serveMembrane } from "#caps";
import type { Node } from "#caps";
import { createScheduler } from "#rpc";
import type { LocalKernel, RunOptions, RunOutcome, RunRequest } from "./kernel.ts";
import type { Cells } from "./powers.ts";
import { createProcessTable } from "./process-table.ts";
import { pump } from "./pump.ts";

const ENTRYPOINT = "bin/main.wasm";
/** No component that a tab could compile is larger. */
const COMPONENT_LIMIT_BYTES = 128 * 1024 * 1024;

export interface KernelPowers {
  readonly cells: Cells;
  readonly node: Node;
  /** By which the time of the thread is shared between the processes. */
  readonly monotonicMs: () => number;
}

/** A kernel in this worker. All of its images run in one epoch. */
export function createKernel(powers: KernelPowers): LocalKernel {
  const stop = new AbortController();
  const runs = new Set<Promise<unknown>>();
  const epochs = createEpochs(new Uint8Array(0));
  const scheduler = createScheduler(powers.monotonicMs);

  const run = async (request: RunRequest, options: RunOptions): Promise<RunOutcome> => {
    const signals = [stop.signal, options.signal].filter((signal) => signal !== undefined);
    const signal = AbortSignal.any(signals);
    const { stdin, stdout, stderr, limits, entrypoint = ENTRYPOINT, ...given } = request;
    const { tree, argv0 = entrypoint } = given;
    try {
      signal.throwIfAborted();
      options.onState?.("preparing");
      await using table = createProcessTable({ ...powers, scheduler, tree, limits });
      const component = await readComponent(tree, entrypoint, signal);
      using membrane = serve(
        Membrane(WetwareSession),
        serveMembrane({ epochs, node: powers.node, spawner: table.createSpawner() }),
      );
      const first = await table.startFirst({ ...given, argv0, component }, membrane, signal);
      options.onState?.("running");
      const writing = [pump(first.stdout, stdout), pump(first.stderr, stderr)];
      void pump(stdin, first.stdin); // ends with either
      const status = await first.exited;
      await Promise.all(writing);
      return status;
    } catch (error) {
      return signal.aborted
        ? { type: "killed", reason: toMessage(signal.reason) }
        : { type: "failed", reason: toMessage(error) };
    } finally {
      stdin[Symbol.dispose]();
      stdout.close();
      stderr.close();
    }
  };

  return {
    mode: powers.cells.mode,
    run(request, options = {}) {
      const running = run(request, options);
      runs.add(running);
      return running.finally(() => runs.delete(running));
    },
    async [Symbol.asyncDispose]() {
      stop.abort(new Exception("disconnected", "The kernel was stopped"));
      await Promise.all(runs);
    },
  };
}

async function readComponent(
  tree: FileTree,
  entrypoint: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const entry = tree.entries.get(entrypoint);
  if (entry?.type !== "file") {
    throw new Exception("failed", `Image has no "${entrypoint}", so there is nothing to run`);
  }
  if (entry.sizeBytes > COMPONENT_LIMIT_BYTES) {
    throw new Exception(
      "failed",
      `"${entrypoint}" has ${entry.sizeBytes} bytes; at most ${COMPONENT_LIMIT_BYTES} can be run`,
    );
  }
  return tree.read(entrypoint, 0, entry.sizeBytes, { signal });
}
