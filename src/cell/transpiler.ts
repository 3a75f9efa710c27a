/** Transpiling in a worker of its own: jco is 3.5 MB of WebAssembly and busy for a second. */
import { expose, releaseProxy, wrap } from "comlink";
import type { Endpoint, Remote } from "comlink";
import { Exception, toException } from "#base";
import type { Waiting } from "#base";
import type { CellMode } from "./mode.ts";
import type { Transpiled } from "./transpile.ts";
import { untilAborted } from "./until-aborted.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Disposing ends the worker; what is under way rejects with `disconnected`. */
export interface Transpiler extends Disposable {
  /**
   * The component as jco makes it.
   *
   * @throws {Exception} `failed` when jco refuses it; `disconnected` when the worker could not be loaded or ended.
   */
  transpile(component: Uint8Array, mode: CellMode, options?: Waiting): Promise<Transpiled>;
}

export interface TranspilerOptions {
  readonly spawn: () => WorkerLike;
  /** How long a worker without work is kept; a warm one is five times as fast. */
  readonly idleMs?: number;
}

interface TranspilerService {
  transpile(
    component: Uint8Array,
    mode: CellMode,
  ): Promise<Transpiled | { readonly refused: string }>;
}

interface Running {
  readonly worker: WorkerLike;
  readonly remote: Remote<TranspilerService>;
  readonly lost: Promise<never>;
  readonly lose: (reason: Exception) => void;
}

/** A transpiler whose worker comes with the first component and goes when idle. */
export function startTranspiler({ spawn, idleMs = 30_000 }: TranspilerOptions): Transpiler {
  let running: Running | undefined;
  let jobs = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  const end = (reason: Exception): void => {
    clearTimeout(timer);
    const ended = running;
    running = undefined;
    ended?.lose(reason);
    ended?.remote[releaseProxy]();
    ended?.worker.terminate();
  };
  const start = (): Running => {
    const worker = spawn();
    const { promise: lost, reject: lose } = Promise.withResolvers<never>();
    lost.catch(() => {});
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      const detail =
        event instanceof ErrorEvent && event.message !== "" ? `: ${event.message}` : "";
      end(
        new Exception(
          "disconnected",
          `Cannot transpile component: its worker failed${detail}; reload the page`,
        ),
      );
    });
    return { worker, remote: wrap<TranspilerService>(worker), lost, lose };
  };

  return {
    async transpile(component, mode, { signal } = {}) {
      signal?.throwIfAborted();
      if (disposed) throw new Exception("disconnected", "Transpiler was ended");
      clearTimeout(timer);
      running ??= start();
      const { remote, lost } = running;
      jobs++;
      try {
        // A view is cloned with all of its buffer.
        const whole = component.length === component.buffer.byteLength;
        const job = Promise.race([
          remote.transpile(whole ? component : component.slice(), mode),
          lost,
        ]);
        const result = await untilAborted(job, signal);
        if ("refused" in result) throw new Exception("failed", result.refused);
        return result;
      } finally {
        if (--jobs === 0 && running !== undefined) {
          timer = setTimeout(
            () => end(new Exception("disconnected", "Transpiler was idle")),
            idleMs,
          );
        }
      }
    },
    [Symbol.dispose]() {
      disposed = true;
      end(new Exception("disconnected", "Transpiler was ended"));
    },
  };
}

/** The worker's side of `startTranspiler`; jco is loaded with the first component. */
export function serveTranspiler(endpoint: Endpoint): void {
  const service: TranspilerService = {
    async transpile(component, mode) {
      try {
        const { transpileComponent } = await import("./transpile.ts");
        return await transpileComponent(component, mode);
      } catch (reason) {
        return { refused: toException(reason).message };
      }
    },
  };
  expose(service, endpoint);
}
