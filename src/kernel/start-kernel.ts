/** The kernel as the page has it, which starts its worker and ends it. */
import { releaseProxy, transfer, wrap } from "comlink";
import type { Endpoint } from "comlink";
import { Exception } from "#base";
import { serve } from "#capnp";
import { Device, Owner } from "#schema";
import { connect, createPortTransport } from "#rpc";
import { serveDevice } from "./device.ts";
import type { DevicePowers } from "./device.ts";
import type { BootChoices, KernelService, PostedWorkers } from "./serve-kernel.ts";

/** The part of a `Worker` that is used. */
export interface KernelWorker extends Endpoint {
  terminate(): void;
}

/** Disposing ends the worker, and every cell with it. */
export interface StartedKernel extends Disposable {
  /** The power over the kernel, callable at once; lent. */
  readonly owner: Owner;
  /** Rejects with the reason when no cell can run here. */
  readonly booted: Promise<void>;
  /** Resolves with the reason when the worker has failed or was ended: every call then fails as `disconnected`. */
  readonly lost: Promise<Exception>;
  /** Gives the owner's capability to the far end of a port, by a duplex. Takes over the port. */
  attach(port: MessagePort): Promise<void>;
}

export interface KernelOptions extends DevicePowers, BootChoices {
  readonly workers: CellWorkers;
}

/** Starts the workers of cells: the kernel itself, or the page, which the kernel asks by a port. */
export type CellWorkers =
  | { readonly startedBy: "kernel"; readonly script: string }
  | {
      readonly startedBy: "page";
      /** Starts them as the kernel asks by the port, until it is disposed. */
      readonly serve: (port: MessagePort) => Disposable;
    };

/** Starts the kernel's worker, and lends it what it runs images with. */
export function startKernel(
  spawn: () => KernelWorker,
  { mode, logLevel, workers, ...powers }: KernelOptions,
): StartedKernel {
  const worker = spawn();
  const remote = wrap<KernelService>(worker);
  const gone = new AbortController();
  const { promise: lost, resolve } = Promise.withResolvers<Exception>();
  const lose = (reason: Exception): void => {
    resolve(reason);
    gone.abort(reason);
  };
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const { message } = event as Partial<ErrorEvent>;
    const why = message === undefined || message === "" ? "" : `: ${message}`;
    lose(new Exception("failed", `The kernel's worker failed${why}; reload the page`));
  });
  const owner = new MessageChannel();
  const { posted, moved, serving } = postWorkers(workers);
  using device = serve(Device, serveDevice(powers));
  const connection = connect(createPortTransport(owner.port1, undefined, gone.signal), {
    bootstrap: device,
    lendsData: true,
  });
  const ports = { owner: owner.port2, workers: posted };
  const booted = remote.boot(transfer(ports, [owner.port2, ...moved]), { mode, logLevel });
  // Every call on the owner's capability tells it too.
  booted.catch(() => undefined);
  return {
    owner: connection.bootstrap(Owner),
    booted: Promise.race([booted, lost.then((reason) => Promise.reject(reason))]),
    lost,
    attach: (port) => remote.attach(transfer(port, [port])),
    [Symbol.dispose]() {
      lose(new Exception("disconnected", "The kernel was stopped"));
      connection[Symbol.dispose]();
      remote[releaseProxy]();
      worker.terminate();
      serving?.[Symbol.dispose]();
    },
  };
}

interface Posted {
  readonly posted: PostedWorkers;
  readonly moved: Transferable[];
  readonly serving?: Disposable;
}

function postWorkers(workers: CellWorkers): Posted {
  if (workers.startedBy === "kernel") return { posted: workers.script, moved: [] };
  const { port1, port2 } = new MessageChannel();
  return { posted: port2, moved: [port2], serving: workers.serve(port1) };
}
