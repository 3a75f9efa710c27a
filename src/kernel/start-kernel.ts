/** Starts the kernel's worker on the page, and ends it. */
import { releaseProxy, transfer, wrap } from "comlink";
import type { Endpoint } from "comlink";
import { Exception } from "#base";
import { serve } from "#capnp";
import { Device, Owner } from "#schema";
import { connect, createPortTransport } from "#rpc";
import { serveDevice } from "./device.ts";
import type { DevicePowers } from "./device.ts";
import { servePeerPorts } from "./peer-ports.ts";
import type { BootChoices, KernelService, PostedWorkers } from "./serve-kernel.ts";

/** The part of `Worker` that `startKernel` uses. */
export interface KernelWorker extends Endpoint {
  terminate(): void;
}

/** A running kernel. Disposing ends its worker and every cell. */
export interface StartedKernel extends Disposable {
  /** The power over the kernel; borrowed. Calls before the boot is complete wait for it. */
  readonly owner: Owner;
  /** Rejects when cells cannot run here. */
  readonly booted: Promise<void>;
  /** Resolves with the reason when the worker fails or is ended; every later call fails as `disconnected`. */
  readonly lost: Promise<Exception>;
  /** Serves `Owner` to the far end of a port, which opens it as a duplex. Takes ownership of the port. */
  attach(port: MessagePort): Promise<void>;
}

export interface KernelOptions extends DevicePowers, BootChoices {
  readonly workers: CellWorkers;
}

/** Who starts the workers of cells: the kernel, from a script's address, or the page, on requests over a port. */
export type CellWorkers =
  | { readonly startedBy: "kernel"; readonly script: string }
  | {
      readonly startedBy: "page";
      /** Starts workers on requests from the port, until the result is disposed. */
      readonly serve: (port: MessagePort) => Disposable;
    };

/** Starts the kernel's worker, and lends it the page's node and images. */
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
  const peers = new MessageChannel();
  servePeerPorts(peers.port1, powers.streams, (accepted) => {
    void remote.accept(transfer(accepted, [accepted.port])).catch(() => undefined);
  });
  const ports = { owner: owner.port2, workers: posted, peers: peers.port2 };
  const moves = [owner.port2, peers.port2, ...moved];
  const booted = remote.boot(transfer(ports, moves), { mode, logLevel });
  // Not lost: every call on `owner` fails with the same reason.
  booted.catch(() => undefined);
  return {
    owner: connection.bootstrap(Owner),
    booted: Promise.race([booted, lost.then((reason) => Promise.reject(reason))]),
    lost,
    attach: (port) => remote.attach(transfer(port, [port])),
    [Symbol.dispose]() {
      lose(new Exception("disconnected", "The kernel was stopped"));
      connection[Symbol.dispose]();
      peers.port1.close();
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
