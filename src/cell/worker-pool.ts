/** Workers that wait for their cell: starting one takes longer than anything else that a small cell does. */
import type { Endpoint } from "comlink";
import { createNotice } from "#base";
import type { Artefact } from "./artefact.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing ends the workers that wait; those that were taken belong to whoever took them. */
export interface WorkerPool extends Disposable {
  /**
   * A worker of the caller's own for a cell of this artefact, to be terminated by the caller and never given back: one that
   * waits, else one that is still loading, else a new one.
   */
  readonly take: (artefact: Artefact) => WorkerLike;
  /** Resolves when all wait that should, or when it is known that a script cannot be loaded. */
  filled(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** A worker that calls `servePool`. */
  readonly spawn: (artefact: Artefact) => WorkerLike;
  /** How many artefacts have a worker waiting: those that were started last, which are often started again. */
  readonly size: number;
  /** How long nobody must have taken a worker before others are started, so that they do not slow down a cell's start. */
  readonly idleMs?: number;
}

/** Asked of a worker, and said by it; whoever else listens takes no notice. */
const PREPARE = "prepare";
const PREPARED = "prepared";

/** The side of the worker: does, while nobody waits for it, what can be done before it is known for which cell. */
export function servePool(scope: Endpoint, prepare: () => void): void {
  scope.addEventListener("message", (event) => {
    if ((event as MessageEvent<unknown>).data !== PREPARE) return;
    prepare();
    scope.postMessage(PREPARED);
  });
}

interface Waiting {
  readonly worker: WorkerLike;
  prepared: boolean;
  /** Ends the listening to it. */
  forget(): void;
}

export function createWorkerPool({ spawn, size, idleMs = 100 }: WorkerPoolOptions): WorkerPool {
  const changed = createNotice();
  /** What was started last comes first. */
  let recent: readonly Artefact[] = [];
  /** By the key of its artefact. */
  const waiting = new Map<string, Waiting>();
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** A script that could not be loaded is tried again once somebody asks for a worker. */
  let failed = false;
  let disposed = false;

  /** It is no longer the pool's. */
  const remove = (key: string): WorkerLike | undefined => {
    const removed = waiting.get(key);
    waiting.delete(key);
    removed?.forget();
    return removed?.worker;
  };
  const load = (artefact: Artefact): void => {
    const worker = spawn(artefact);
    const onMessage = (event: Event): void => {
      if ((event as MessageEvent<unknown>).data !== PREPARED) return;
      entry.prepared = true;
      entry.forget();
      fill();
    };
    const onError = (event: Event): void => {
      event.preventDefault();
      remove(artefact.key)?.terminate();
      failed = true;
      changed.notify();
    };
    const entry: Waiting = {
      worker,
      prepared: false,
      forget() {
        worker.removeEventListener("message", onMessage);
        worker.removeEventListener("error", onError);
      },
    };
    waiting.set(artefact.key, entry);
    worker.addEventListener("message", onMessage);
    worker.addEventListener("error", onError);
    worker.postMessage(PREPARE);
  };
  const fill = (): void => {
    if (disposed || failed) return;
    for (const key of waiting.keys()) {
      if (!recent.some((artefact) => artefact.key === key)) remove(key)?.terminate();
    }
    // One after the other: the first is there sooner.
    if ([...waiting.values()].some(({ prepared }) => !prepared)) return;
    const next = recent.find(({ key }) => !waiting.has(key));
    if (next === undefined) changed.notify();
    else load(next);
  };
  const fillLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(fill, idleMs);
  };
  const isFilling = (): boolean =>
    !disposed && !failed && recent.some(({ key }) => waiting.get(key)?.prepared !== true);

  return {
    take(artefact) {
      if (disposed) return spawn(artefact);
      failed = false;
      const others = recent.filter(({ key }) => key !== artefact.key);
      recent = [artefact, ...others].slice(0, size);
      fillLater();
      return remove(artefact.key) ?? spawn(artefact);
    },
    async filled() {
      while (isFilling()) await changed.wait();
    },
    [Symbol.dispose]() {
      disposed = true;
      clearTimeout(timer);
      for (const key of waiting.keys()) remove(key)?.terminate();
      changed.notify();
    },
  };
}
