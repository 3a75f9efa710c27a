/** Creates the kernel and keeps its list of runs. */
import { Exception, SILENT } from "#base";
import type { Logger } from "#base";
import type { NodePowers } from "#caps";
import { createScheduler } from "#rpc";
import type { Kernel, Run } from "./kernel.ts";
import type { Cells, Images } from "./powers.ts";
import { createOwnerPeers } from "./owner-peers.ts";
import { openSandbox } from "./sandbox/sandbox.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import { startRun } from "./start-run.ts";

export interface KernelPowers extends NodePowers {
  readonly cells: Cells;
  readonly images: Images;
  /** Receives log entries about runs and processes; silent by default. */
  readonly logger?: Logger | undefined;
  /** Clock of the scheduler that all processes share. */
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970, for the owner's account. */
  readonly wallMs: () => number;
  /** CIDv1, as text, of the raw block with this SHA-256. */
  readonly toCid: (sha256: Uint8Array) => string;
}

interface Watcher {
  readonly changed: (run: Run) => void;
  readonly forgotten: (run: Run) => void;
}

export function createKernel({ monotonicMs, logger = SILENT, ...powers }: KernelPowers): Kernel {
  const clock = { nowMs: monotonicMs };
  const scheduler = createScheduler(monotonicMs);
  const listed = new Set<Run>();
  const running = new Set<Run>();
  const watchers = new Set<Watcher>();
  const sandboxes = new Set<Sandbox>();
  const stopped = new AbortController();
  let nextId = 1;
  const peers = createOwnerPeers({ ...powers, scheduler, clock });

  const onChanged = (run: Run): void => {
    if (listed.has(run)) for (const watcher of watchers) watcher.changed(run);
  };
  return {
    mode: powers.cells.mode,
    peers,
    get runs() {
      return [...listed];
    },
    start(order) {
      const run = startRun({ ...powers, id: nextId++, clock, scheduler, onChanged, logger }, order);
      listed.add(run);
      running.add(run);
      void run.ended.then(() => running.delete(run)); // never rejects
      onChanged(run);
      return run;
    },
    async openSandbox(order, signal) {
      const id = nextId++;
      const lent = { ...powers, scheduler, logger, monotonicMs, live: sandboxes };
      const ending = AbortSignal.any([signal, stopped.signal]);
      return { id, sandbox: await openSandbox(lent, order, ending) };
    },
    forget(run, reason) {
      run.stop(reason);
      if (!listed.delete(run)) return;
      for (const watcher of watchers) watcher.forgotten(run);
    },
    watch(changed, forgotten) {
      const watcher = { changed, forgotten };
      watchers.add(watcher);
      for (const run of listed) changed(run);
      return () => void watchers.delete(watcher);
    },
    async [Symbol.asyncDispose]() {
      peers[Symbol.dispose]();
      stopped.abort(new Exception("disconnected", "The kernel was stopped"));
      for (const sandbox of sandboxes) await sandbox[Symbol.asyncDispose]();
      for (const run of running) run.stop(new Exception("disconnected", "The kernel was stopped"));
      await Promise.all([...running].map(({ ended }) => ended));
    },
  };
}
