/** Workers that wait for their cell: starting one takes longer than anything else that a small cell does. */
import { wrap } from "comlink";
import type { Remote } from "comlink";
import { createNotice } from "#base";
import type { Artefact } from "./artefact.ts";
import type { CellService } from "./service.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing ends the workers that wait; those that were taken belong to whoever took them. */
export interface WorkerPool extends Disposable {
  /**
   * A worker of the caller's own for a cell of this artefact, to be terminated by the caller and never given back: one that
   * has loaded its glue, else one that waits, else one that is still loading, else a new one.
   */
  take(artefact: Artefact): WorkerLike;
  /** Resolves when as many workers wait as there should, or when it is known that their script cannot be loaded. */
  filled(): Promise<void>;
}

export interface WorkerPoolOptions {
  /** A worker that calls `tellLoaded` once its script is there. */
  readonly spawn: () => WorkerLike;
  /** How many wait for any cell; one more has loaded the glue of what was started last, which is often started again. */
  readonly size: number;
  /** How long nobody must have taken a worker before others are started, so that they do not slow down a cell's start. */
  readonly idleMs?: number;
}

const LOADED = "loaded";

/** Says to the pool, if there is one, that the script of this worker is there; whoever else listens takes no notice. */
export function tellLoaded(scope: Pick<WorkerLike, "postMessage">): void {
  scope.postMessage(LOADED);
}

/** Prepared for the artefact of this key, and kept with what prepared it: forgotten, that would end the conversation. */
interface Prepared {
  readonly worker: WorkerLike;
  readonly key: string;
  readonly control: Remote<CellService>;
  ready: boolean;
}

export function createWorkerPool({ spawn, size, idleMs = 100 }: WorkerPoolOptions): WorkerPool {
  const changed = createNotice();
  const waiting: WorkerLike[] = [];
  let prepared: Prepared | undefined;
  /** Each with what ends the listening to it. */
  const loading = new Map<WorkerLike, () => void>();
  let last: Artefact | undefined;
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
  const isPrepared = (): boolean => last === undefined || prepared?.key === last.key;
  /** Lets one of those that wait load the glue; taken meanwhile, it has done part of what is to be done anyway. */
  const prepare = (artefact: Artefact): void => {
    prepared?.worker.terminate();
    prepared = undefined;
    const worker = waiting.shift();
    if (worker === undefined) return;
    const now: Prepared = {
      worker,
      key: artefact.key,
      control: wrap<CellService>(worker),
      ready: false,
    };
    prepared = now;
    const done = (): void => {
      now.ready = true;
      fill();
    };
    // Glue that cannot be loaded is told of to whoever starts it.
    now.control.prepare(artefact).then(done, done);
  };
  /** One after the other: the first is there sooner. */
  const fill = (): void => {
    if (disposed || failed) return;
    if (waiting.length > 0 && last !== undefined && !isPrepared()) prepare(last);
    if (waiting.length >= size) changed.notify();
    else if (loading.size === 0) load();
  };
  const fillLater = (): void => {
    clearTimeout(timer);
    timer = setTimeout(fill, idleMs);
  };
  const takePrepared = (key: string): WorkerLike | undefined => {
    if (prepared?.key !== key) return undefined;
    const { worker } = prepared;
    prepared = undefined;
    return worker;
  };
  const takeLoading = (): WorkerLike | undefined => {
    const [first] = loading;
    if (first === undefined) return undefined;
    const [worker, forget] = first;
    forget();
    return worker;
  };
  const isFilling = (): boolean =>
    !disposed &&
    !failed &&
    (waiting.length < size || (last !== undefined && !(isPrepared() && prepared?.ready === true)));
  fillLater();

  return {
    take(artefact) {
      if (disposed) return spawn();
      failed = false;
      last = artefact;
      fillLater();
      return takePrepared(artefact.key) ?? waiting.shift() ?? takeLoading() ?? spawn();
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
      prepared?.worker.terminate();
      for (const worker of waiting.splice(0)) worker.terminate();
      changed.notify();
    },
  };
}
