/** Workers that wait for their cell: starting one takes longer than anything else that a small cell does. */
import { createNotice } from "#base";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing ends the workers that wait; those that were taken belong to whoever took them. */
export interface WorkerPool extends Disposable {
  /**
   * A worker of the caller's own, to be terminated by it and never given back: one that waits, else one that is still
   * loading, else a new one.
   */
  take(): WorkerLike;
  /** Resolves when as many workers wait as there should, or when it is known that their script cannot be loaded. */
  filled(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** A worker that calls `tellLoaded` once its script is there. */
  readonly spawn: () => WorkerLike;
  /** How many wait at most. */
  readonly size: number;
  /** How long nobody must have taken a worker before others are started, so that they do not slow down a cell's start. */
  readonly idleMs?: number;
}

const LOADED = "loaded";

/** Says to the pool, if there is one, that the script of this worker is there; whoever else listens takes no notice. */
export function tellLoaded(scope: Pick<WorkerLike, "postMessage">): void {
  scope.postMessage(LOADED);
}

export function createWorkerPool({ spawn, size, idleMs = 100 }: WorkerPoolOptions): WorkerPool {
  const changed = createNotice();
  const waiting: WorkerLike[] = [];
  /** Each with what ends the listening to it. */
  const loading = new Map<WorkerLike, () => void>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** A script that could not be loaded is tried again once somebody asks for a worker. */
  let failed = false;
  let disposed = false;

  const load = (): void => {
    const worker = spawn();
    const onMessage = (event: Event): void => {
      if ((event as MessageEvent<unknown>).data !== LOADED) return;
      forget();
      waiting.push(worker);
      fill();
    };
    const onError = (event: Event): void => {
      event.preventDefault();
      forget();
      worker.terminate();
      failed = true;
      changed.notify();
    };
    const forget = (): void => {
      loading.delete(worker);
      worker.removeEventListener("message", onMessage);
      worker.removeEventListener("error", onError);
    };
    loading.set(worker, forget);
    worker.addEventListener("message", onMessage);
    worker.addEventListener("error", onError);
  };
  /** One after the other: the first is there sooner. */
  const fill = (): void => {
    if (waiting.length >= size) changed.notify();
    else if (loading.size === 0) load();
  };
  const fillLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(fill, idleMs);
  };
  const takeLoading = (): WorkerLike | undefined => {
    const [first] = loading;
    if (first === undefined) return undefined;
    const [worker, forget] = first;
    forget();
    return worker;
  };
  const isFilling = (): boolean => !disposed && !failed && waiting.length < size;
  fillLater();

  return {
    take() {
      if (disposed) return spawn();
      failed = false;
      fillLater();
      return waiting.shift() ?? takeLoading() ?? spawn();
    },
    async filled() {
      while (isFilling()) await changed.wait();
    },
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
      for (let worker = takeLoading(); worker !== undefined; worker = takeLoading()) {
        worker.terminate();
      }
      for (const worker of waiting.splice(0)) worker.terminate();
      changed.notify();
    },
  };
}
