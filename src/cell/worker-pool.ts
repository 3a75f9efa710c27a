/** Workers that wait for their cell: starting one takes longer than anything else that a small cell does. */
import { createNotice } from "#base";
import type { CellMode, PortEnd } from "#base";
import type { PostedPipes } from "./pipes.ts";
import { openPipes } from "./open-pipes.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing terminates the waiting workers; taken ones belong to their takers. */
export interface WorkerPool extends Disposable {
  /**
   * A worker of the caller's own, to be terminated by the caller and never given back: one that waits, else one that is
   * still loading, else a new one.
   */
  readonly take: () => WorkerLike;
  /** Resolves when all wait that should, or when it is known that the script cannot be loaded. */
  filled(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** A worker that calls `servePool`. */
  readonly spawn: () => WorkerLike;
  /** Given each that is to wait; what it gives waits in its place. */
  readonly equip?: ((worker: WorkerLike) => WorkerLike) | undefined;
  /** How many wait. */
  readonly size: number;
  /** The text of a component that imports whatever cells may, and does nothing: see `createRehearsal`. */
  readonly component: string;
  /** How the cells will wait. */
  readonly mode: CellMode;
  readonly monotonicMs: () => number;
  /** The pool refills after so long without a `take`, so that refilling does not slow down a cell's start. */
  readonly idleMs?: number;
}

/** What a worker prepares with: a component, and pipes that lead nowhere. */
export interface Rehearsal {
  readonly component: string;
  readonly pipes: PostedPipes;
}

/** Asked of a worker. */
interface Prepare {
  readonly type: "prepare";
  readonly rehearsal: Rehearsal;
}

const REHEARSED_BYTES = 4096;

/** Sent by the worker; other listeners ignore it. */
const PREPARED = "prepared";

/** The side of the worker: does in advance all work that does not depend on the cell. */
export function servePool(scope: PortEnd, prepare: (rehearsal: Rehearsal) => void): void {
  scope.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<Partial<Prepare>>;
    if (data.type !== "prepare" || data.rehearsal === undefined) return;
    prepare(data.rehearsal);
    scope.postMessage(PREPARED);
  });
}

interface Waiting {
  readonly worker: WorkerLike;
  prepared: boolean;
  /** Removes the listeners: from here on its taker handles its errors. */
  forget(): void;
}

export function createWorkerPool({
  spawn,
  equip = (worker) => worker,
  size,
  component,
  mode,
  monotonicMs,
  idleMs = 100,
}: WorkerPoolOptions): WorkerPool {
  const changed = createNotice();
  /** In the order in which they were started, so the first is the one that is most likely ready. */
  const waiting: Waiting[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the script could not be loaded; the next `take` tries again. */
  let failed = false;
  let disposed = false;

  const load = (): void => {
    const worker = equip(spawn());
    const over = new AbortController();
    const { posted, moved } = openPipes(mode, {
      trees: [],
      spill: undefined,
      http: false,
      files: undefined,
      hasTty: false,
      pipeBytes: REHEARSED_BYTES,
      stdioBytes: REHEARSED_BYTES,
      gone: over.signal,
      monotonicMs,
    });
    const onMessage = (event: Event): void => {
      if ((event as MessageEvent<unknown>).data !== PREPARED) return;
      entry.prepared = true;
      over.abort();
      worker.removeEventListener("message", onMessage);
      fill();
    };
    const onError = (event: Event): void => {
      event.preventDefault();
      entry.forget();
      waiting.splice(waiting.indexOf(entry), 1);
      worker.terminate();
      failed = true;
      changed.notify();
    };
    const entry: Waiting = {
      worker,
      prepared: false,
      forget() {
        over.abort();
        worker.removeEventListener("message", onMessage);
        worker.removeEventListener("error", onError);
      },
    };
    waiting.push(entry);
    worker.addEventListener("message", onMessage);
    worker.addEventListener("error", onError);
    const rehearsal: Rehearsal = { component, pipes: posted };
    worker.postMessage({ type: "prepare", rehearsal } satisfies Prepare, moved);
  };
  const isFilling = (): boolean =>
    !disposed && !failed && (waiting.length < size || waiting.some(({ prepared }) => !prepared));
  const fill = (): void => {
    // One after the other: the first is there sooner.
    if (isFilling() && waiting.every(({ prepared }) => prepared)) load();
    else if (!isFilling()) changed.notify();
  };

  timer = setTimeout(fill, idleMs);
  return {
    take() {
      if (disposed) return spawn();
      failed = false;
      clearTimeout(timer);
      timer = setTimeout(fill, idleMs);
      const taken = waiting.shift();
      taken?.forget();
      return taken?.worker ?? spawn();
    },
    async filled() {
      while (isFilling()) await changed.wait();
    },
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
      for (const entry of waiting.splice(0)) {
        entry.forget();
        entry.worker.terminate();
      }
      changed.notify();
    },
  };
}
