/** The power over a kernel, as a capability. @see capnp/owner.capnp Owner */
import { Exception } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import { Host } from "#schema";
import type { Client, Init } from "#capnp";
import type { OwnerServer, RunEntry, RunServer, RunWatcher, Stage } from "#schema";
import { serveNode } from "#caps";
import type { Node } from "#caps";
import type { Kernel, Run } from "./kernel.ts";
import { chooseLimits } from "./limits.ts";
import { toLimits, toOutcome } from "./owner-values.ts";
import { serveRun } from "./serve-run.ts";

export interface OwnerPowers {
  readonly kernel: Kernel;
  readonly node: Node;
  /** What the origin has stored and may store, in bytes. */
  readonly estimateStorage: () => Promise<{ readonly usage?: number; readonly quota?: number }>;
}

/** Serves the kernel, which is lent. A run is forgotten when no client of it is left, unless somebody has kept it. */
export function serveOwner({ kernel, node, estimateStorage }: OwnerPowers): OwnerServer {
  const held = new Map<Run, HeldRun>();
  /** Served by whoever the object is given to, until nobody there holds it. */
  const serveHeld = (run: Run): RunServer & Disposable => {
    const hold = held.get(run) ?? { holders: 0, kept: false, server: serveRun(run) };
    held.set(run, hold);
    hold.holders++;
    return {
      ...hold.server,
      keep: () => void (hold.kept = true),
      [Symbol.dispose]() {
        if (--hold.holders > 0 || hold.kept) return;
        held.delete(run);
        kernel.forget(run, new Exception("disconnected", "Nobody holds the run any more"));
      },
    };
  };
  const toEntry = (run: Run): Init<RunEntry> => ({
    id: run.id,
    layers: run.layers,
    stage: toStage(run),
    processes: run.processes,
    run: serveHeld(run),
  });
  return {
    boot(order) {
      const run = kernel.start(order);
      return { run: serveHeld(run), id: run.id };
    },
    runs: () => ({ runs: kernel.runs.map(toEntry) }),
    watch: (watcher) => ({ watching: watchRuns(kernel, toEntry, dup(watcher)) }),
    node: () => ({ host: serve(Host, serveNode(node)) }),
    async storage() {
      const { usage = 0, quota = 0 } = await estimateStorage();
      return { usedBytes: usage, quotaBytes: quota };
    },
    system: () => ({
      mode: kernel.mode === "jspi" ? "jspi" : "sharedMemory",
      limits: toLimits(chooseLimits()),
    }),
  };
}

interface HeldRun {
  /** How many clients there are. */
  holders: number;
  kept: boolean;
  readonly server: ReturnType<typeof serveRun>;
}

function toStage(run: Run): Init<Stage> {
  const { outcome } = run;
  return outcome === undefined ? run.stage : { which: "ended", ended: toOutcome(outcome) };
}

/** Takes over the watcher. One call is under way at a time: what changes meanwhile is told as it is then. */
function watchRuns(
  kernel: Kernel,
  toEntry: (run: Run) => Init<RunEntry>,
  watcher: RunWatcher,
): Client {
  const changed = new Set<Run>();
  const gone = new Set<Run>();
  let telling = false;
  const tell = async (): Promise<void> => {
    if (telling) return;
    telling = true;
    try {
      // What one turn has changed is one change.
      await Promise.resolve();
      while (changed.size + gone.size > 0) {
        const calls: PromiseLike<unknown>[] = [];
        for (const run of changed) calls.push(watcher.changed(toEntry(run)));
        for (const { id } of gone) calls.push(watcher.gone(id));
        changed.clear();
        gone.clear();
        await Promise.all(calls);
      }
    } catch {
      // The watcher is gone, or does not want to know.
      end();
    } finally {
      telling = false;
    }
  };
  const unwatch = kernel.watch(
    (run) => {
      changed.add(run);
      void tell(); // never rejects
    },
    (run) => {
      changed.delete(run);
      gone.add(run);
      void tell(); // never rejects
    },
  );
  const end = (): void => {
    unwatch();
    changed.clear();
    gone.clear();
    watcher[Symbol.dispose]();
  };
  return serve(AnyClient, { [Symbol.dispose]: end });
}
