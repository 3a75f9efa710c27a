/** Runs one order: from the names of its layers to the exit of its first process. */
import { Exception, toMessage } from "#base";
import type { FileTree, Logger, Outcome, Snapshot } from "#base";
import { serve } from "#capnp";
import { Membrane, WetwareSession } from "#schema";
import type { Order } from "#schema";
import { createEpochs, serveMembrane } from "#caps";
import type { Node, RunningProcess } from "#caps";
import type { Scheduler } from "#rpc";
import type { Run, Stage } from "./kernel.ts";
import { checkOrder } from "./check-order.ts";
import { chooseCacheBytes, chooseLimits } from "./limits.ts";
import { readLimits } from "./owner-values.ts";
import type { Cells, Images, OpenedImage, SavedImage } from "./powers.ts";
import { createProcessTable } from "./process-table.ts";
import type { ProcessTable } from "./process-table.ts";

/** The largest component that a tab can compile. */
const COMPONENT_LIMIT_BYTES = 128 * 1024 * 1024;

export interface RunPowers {
  readonly id: number;
  readonly cells: Cells;
  readonly images: Images;
  readonly node: Node;
  /** Shares the thread's time among the processes of all runs. */
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** Called when a stage begins, and when a process starts or ends. */
  readonly onChanged: (run: Run) => void;
}

export function startRun(powers: RunPowers, order: Order): Run {
  const { id, logger } = powers;
  const stop = new AbortController();
  const { signal } = stop;
  const started = Promise.withResolvers<RunningProcess | undefined>();
  const epochs = createEpochs(new Uint8Array(0));
  const wanted = readLimits(order.limits);
  checkOrder(order, wanted);
  const limits = chooseLimits(wanted);
  let stage: Stage = { which: "opening", opening: undefined };
  let table: ProcessTable | undefined;
  let outcome: Outcome | undefined;
  let saved: SavedImage | undefined;

  const changed = (): void => powers.onChanged(run);
  const enter = (next: Stage): void => {
    if (next.which !== stage.which) logger.log("info", "kernel", `run is ${next.which}`, { id });
    stage = next;
    changed();
  };

  /** Runs the first process; the image and the process table live until it ends. */
  const runImage = async (image: OpenedImage): Promise<Outcome> => {
    enter({ which: "preparing", preparing: undefined });
    const { program, entrypoint } = image;
    const cache = powers.cells.openCache(chooseCacheBytes(limits));
    const tree = cache.open(image.tree);
    const mounts = image.mounts.map((mount) => ({ ...mount, tree: cache.open(mount.tree) }));
    await using processes = createProcessTable({ ...powers, tree, limits, onChanged: changed });
    table = processes;
    // It is read once, and kept compiled.
    const component = await readComponent(image.tree, entrypoint, signal);
    const spawner = processes.createSpawner();
    using membrane = serve(
      Membrane(WetwareSession),
      serveMembrane({ epochs, node: powers.node, spawner }),
    );
    let failure: { readonly reason: unknown } | undefined;
    const keepFiles = async (snapshot: Snapshot): Promise<void> => {
      try {
        saved = await image.save(snapshot, { signal });
      } catch (reason) {
        failure = { reason };
      }
    };
    const first = await processes.startFirst(
      {
        name: order.layers.at(-1) ?? "image",
        argv0: order.argv0 === "" ? program : order.argv0,
        component,
        args: order.args,
        env: order.env.map(({ name, value }) => [name, value]),
        terminal: order.terminal,
        tree,
        mounts,
        bare: order.bare,
        writable: order.writable,
        keepFiles: order.saves ? keepFiles : undefined,
      },
      membrane,
      signal,
    );
    started.resolve(first);
    enter({ which: "running", running: undefined });
    const status = await first.exited;
    if (failure !== undefined) throw failure.reason;
    return status;
  };
  const runToEnd = async (): Promise<Outcome> => {
    try {
      using image = await powers.images.open(order, {
        signal,
        onProgress: (fetching) => enter({ which: "fetching", fetching }),
      });
      const status = await runImage(image);
      // The process was killed because the run was stopped: report that reason.
      if (status.type === "killed") signal.throwIfAborted();
      return status;
    } catch (error) {
      return signal.aborted
        ? { type: "killed", reason: toMessage(signal.reason) }
        : { type: "failed", reason: toMessage(error) };
    } finally {
      // A holder of the ended run must not keep its files in memory.
      table = undefined;
      started.resolve(undefined);
    }
  };

  const run: Run = {
    id,
    layers: order.layers,
    limits,
    epochs,
    get stage() {
      return stage;
    },
    get processes() {
      return outcome === undefined ? (table?.processes ?? []) : [];
    },
    get counters() {
      return table?.counters ?? [];
    },
    started: started.promise,
    ended: runToEnd().then((end) => {
      outcome = end;
      logger.log("info", "kernel", "run has ended", { id, ...end });
      changed();
      return end;
    }),
    get outcome() {
      return outcome;
    },
    get saved() {
      return saved;
    },
    stop: (reason) => stop.abort(reason),
  };
  return run;
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
