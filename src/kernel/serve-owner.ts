/** Serves the power over a kernel as a capability. @see capnp/owner.capnp Owner */
import { Exception } from "#base";
import { AnyClient, dup, isNull, serve } from "#capnp";
import { Host, Share } from "#schema";
import type { Client, Init } from "#capnp";
import type { OwnerServer, RunEntry, RunServer, RunWatcher, ShareServer, Stage } from "#schema";
import { serveNode } from "#caps";
import type { LiveShare, Node } from "#caps";
import type { MeetPeer } from "./device.ts";
import type { Kernel, Run } from "./kernel.ts";
import { chooseLimits } from "./limits.ts";
import { toLimits, toOutcome } from "./owner-values.ts";
import { serveSandbox } from "./sandbox/serve-sandbox.ts";
import { serveRun } from "./serve-run.ts";

export interface OwnerPowers {
  readonly kernel: Kernel;
  readonly node: Node;
  readonly meet: MeetPeer;
  /** The origin's storage usage and quota, in bytes. */
  readonly estimateStorage: () => Promise<{ readonly usage?: number; readonly quota?: number }>;
}

/** Serves a borrowed kernel. A run is forgotten when its last client is released, unless it was kept. */
export function serveOwner({ kernel, node, meet, estimateStorage }: OwnerPowers): OwnerServer {
  const held = new Map<Run, HeldRun>();
  /** A server of the run that holds one reference to it until it is disposed. */
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
        kernel.forget(
          run,
          new Exception("disconnected", "The last client of the run was released"),
        );
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
      // Parameters are lent, and the run needs its chooser until it ends.
      const chooser = dup(order.chooser);
      const run = kernel.start({ ...order, chooser });
      void run.ended.then(() => chooser[Symbol.dispose]()); // never rejects
      return { run: serveHeld(run), id: run.id };
    },
    runs: () => ({ runs: kernel.runs.map(toEntry) }),
    watch: (watcher) => ({ watching: watchRuns(kernel, toEntry, dup(watcher)) }),
    node: () => ({ host: serve(Host, serveNode(node)) }),
    async storage() {
      const { usage = 0, quota = 0 } = await estimateStorage();
      return { usedBytes: usage, quotaBytes: quota };
    },
    async share(order) {
      return { share: serveShare(await kernel.peers.share(order)) };
    },
    async serve(service, narrowing, untilMs) {
      return { share: serveShare(await kernel.peers.serve({ service, narrowing, untilMs })) };
    },
    dial: async (peer, service, { signal }) => ({
      cap: await kernel.peers.dial(peer.slice(), service, { signal }),
    }),
    meet: async (address, { signal }) => ({ peer: await meet(address, { signal }) }),
    async sandbox(order, { signal }) {
      const { id, sandbox } = await kernel.openSandbox(order, signal);
      return { sandbox: serveSandbox(sandbox), id };
    },
    system: () => ({
      mode: kernel.mode === "jspi" ? "jspi" : "sharedMemory",
      limits: toLimits(chooseLimits()),
    }),
  };
}

/** Takes ownership of the share. */
function serveShare(share: LiveShare): Share {
  const server: ShareServer & Disposable = {
    attach: (client) => share.attach(isNull(client) ? undefined : dup(client)),
    visits: () => ({ visits: share.visits }),
    [Symbol.dispose]: () => share[Symbol.dispose](),
  };
  return serve(Share, server);
}

interface HeldRun {
  /** Servers of the run that have not been disposed. */
  holders: number;
  kept: boolean;
  readonly server: ReturnType<typeof serveRun>;
}

function toStage(run: Run): Init<Stage> {
  const { outcome } = run;
  return outcome === undefined ? run.stage : { which: "ended", ended: toOutcome(outcome) };
}

/**
 * Takes ownership of the watcher. One round of calls is in flight at a time; changes during a round are coalesced into
 * the next.
 */
function watchRuns(
  kernel: Kernel,
  toEntry: (run: Run) => Init<RunEntry>,
  watcher: RunWatcher,
): Client {
  const changed = new Set<Run>();
  const gone = new Set<Run>();
  let isReporting = false;
  const report = async (): Promise<void> => {
    if (isReporting) return;
    isReporting = true;
    try {
      // Coalesces the changes of one turn.
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
      // The watcher has disconnected or thrown.
      end();
    } finally {
      isReporting = false;
    }
  };
  const unwatch = kernel.watch(
    (run) => {
      changed.add(run);
      void report(); // never rejects
    },
    (run) => {
      changed.delete(run);
      gone.add(run);
      void report(); // never rejects
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
