/** A pool of workers that wait for a cell: starting a worker takes longer than anything else that a small cell does. */
import { createNotice } from "#base";
import type { CellMode, PortEnd } from "#base";
import type { PostedPipes } from "./pipes.ts";
import { openPipes } from "./open-pipes.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing terminates the waiting workers; workers that were taken belong to their callers. */
export interface WorkerPool extends Disposable {
  /**
   * Takes a worker: a waiting one, or else one that is still loading, or else a new one. The caller owns it, terminates
   * it, and never gives it back.
   */
  readonly take: () => WorkerLike;
  /** Resolves when the pool is full, or when the script could not be loaded. */
  filled(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** Starts a worker that calls `servePool`. */
  readonly spawn: () => WorkerLike;
  /** Called with each worker that will wait; the result waits in its place. */
  readonly equip?: ((worker: WorkerLike) => WorkerLike) | undefined;
  /** Number of waiting workers in a full pool. */
  readonly size: number;
  /** Text of a component that imports everything cells offer, and does nothing. @see createRehearsal */
  readonly component: string;
  /** How the cells will wait. */
  readonly mode: CellMode;
  readonly monotonicMs: () => number;
  /** The pool refills after this time without a `take`, so that refilling does not slow down a cell's start. */
  readonly idleMs?: number;
}

/** The material of a rehearsed start: a component, and pipes that lead nowhere. */
export interface Rehearsal {
  readonly component: string;
  readonly pipes: PostedPipes;
}

/** Tells a worker to rehearse. */
interface Prepare {
  readonly type: "prepare";
  readonly rehearsal: Rehearsal;
}

const REHEARSED_BYTES = 4096;

/** Sent by the worker after the rehearsal; other listeners ignore it. */
const PREPARED = "prepared";

/** The worker's side: does all work in advance that does not depend on the cell. */
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
  /** Removes the pool's listeners; from then on the taker handles errors. */
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
  /** In start order, so that the first one is the most likely to be ready. */
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
    // One worker at a time, so that the first is ready sooner.
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
