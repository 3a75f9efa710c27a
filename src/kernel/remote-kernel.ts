/** The kernel in its worker, as the page has it: control over Comlink, bytes over ports. */
import { expose, proxy, releaseProxy, transfer, wrap } from "comlink";
import type { Endpoint } from "comlink";
import {
  Exception,
  openPortDuplex,
  openRemoteMounts,
  openRemoteTree,
  serveMounts,
  serveTree,
  toMessage,
} from "#base";
import type { PostedMount, Snapshot, SnapshotEntry, Terminals, TreeEntry } from "#base";
import type { Node } from "#caps";
import type { Kernel, LocalKernel, RunLimits, RunOutcome, RunState } from "./kernel.ts";
import type { CellMode } from "./powers.ts";
import { pump } from "./pump.ts";
import { openRemoteNode, serveNode } from "./remote-node.ts";
import type { NodeService } from "./remote-node.ts";

/** The part of a `Worker` that is used. */
export interface KernelWorker extends Endpoint {
  terminate(): void;
}

/** Can be posted; the ports are transferred. */
interface RunOrder {
  readonly id: number;
  readonly name: string;
  readonly entrypoint: string | undefined;
  readonly argv0: string | undefined;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  readonly terminal: Terminals;
  readonly bare: boolean;
  readonly writable: boolean;
  readonly limits: RunLimits;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly mounts: readonly PostedMount[];
  readonly ports: {
    readonly files: MessagePort;
    readonly stdio: MessagePort;
    readonly stderr: MessagePort;
  };
}

/** Told what the files of the first process have become; contents come from the port until this resolves. */
type OnSnapshot = (entries: ReadonlyMap<string, SnapshotEntry>, port: MessagePort) => Promise<void>;

interface KernelService {
  /** Called once, before anything else; tells how guests wait. */
  boot(node: NodeService, wanted: CellMode | undefined, workers: MessagePort): Promise<CellMode>;
  run(
    order: RunOrder,
    onState: (state: RunState) => void,
    onSnapshot: OnSnapshot | undefined,
  ): Promise<RunOutcome>;
  stop(id: number, reason: string): void;
}

/** The kernel as the page has it. */
export interface RemoteKernel extends Kernel {
  /** Rejects with the reason when this browser can run no cells. */
  readonly mode: Promise<CellMode>;
}

export interface RemoteKernelOptions {
  /** What the kernel may know and do of the mesh. */
  readonly node: Node;
  /** How guests are to wait; the kernel chooses unless told. */
  readonly mode?: CellMode | undefined;
  /** Starts workers for cells, as the kernel asks for them by the port, until it is disposed. */
  readonly serveWorkers: (port: MessagePort) => Disposable;
}

/** Starts the kernel's worker. Disposing ends it, and every cell with it. */
export function startKernel(
  spawn: () => KernelWorker,
  { node, mode, serveWorkers }: RemoteKernelOptions,
): RemoteKernel {
  const worker = spawn();
  const remote = wrap<KernelService>(worker);
  const { promise: lost, resolve: lose } = Promise.withResolvers<RunOutcome>();
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const { message } = event as Partial<ErrorEvent>;
    const why = message === undefined || message === "" ? "" : `: ${message}`;
    lose({ type: "failed", reason: `The kernel's worker failed${why}; reload the page` });
  });
  const { port1, port2 } = new MessageChannel();
  const workers = serveWorkers(port1);
  const booted = remote.boot(proxy(serveNode(node)), mode, transfer(port2, [port2]));
  // Every run tells it too.
  booted.catch(() => undefined);
  let nextId = 0;

  return {
    mode: booted,
    async run(request, { signal, onState } = {}) {
      const id = nextId++;
      const gone = new AbortController();
      const [files, stdio, stderr] = [
        new MessageChannel(),
        new MessageChannel(),
        new MessageChannel(),
      ];
      const near = { stdio: openPortDuplex(stdio.port1), stderr: openPortDuplex(stderr.port1) };
      serveTree(request.tree, files.port1, gone.signal);
      near.stderr.sink.close();
      void pump(request.stdin, near.stdio.sink); // ends when the run does
      const writing = [
        pump(near.stdio.source, request.stdout),
        pump(near.stderr.source, request.stderr),
      ];
      const onAbort = (): void => void remote.stop(id, toMessage(signal?.reason));
      try {
        await Promise.race([booted, lost]);
        const ports = { files: files.port2, stdio: stdio.port2, stderr: stderr.port2 };
        const { name, entrypoint, argv0, args, env, tree, limits = {}, keepFiles } = request;
        const { terminal = false, bare = false, writable = false } = request;
        const mounts = serveMounts(request.mounts ?? [], gone.signal);
        const given = { id, name, entrypoint, argv0, args, env, terminal, bare, writable, limits };
        const order = { ...given, entries: tree.entries, mounts, ports };
        const moved = [...Object.values(ports), ...mounts.map(({ port }) => port)];
        const told = proxy((state: RunState) => onState?.(state));
        const onSnapshot: OnSnapshot | undefined =
          keepFiles && ((entries, port) => keepFiles(openRemoteTree(entries, port)));
        const running = remote.run(transfer(order, moved), told, onSnapshot && proxy(onSnapshot));
        signal?.addEventListener("abort", onAbort, { once: true });
        if (signal?.aborted === true) onAbort();
        const outcome = await Promise.race([running, lost]);
        // Ports know no order among each other: the outcome may overtake the last bytes.
        await Promise.race([Promise.all(writing), lost]);
        return outcome;
      } catch (error) {
        return { type: "failed", reason: toMessage(error) };
      } finally {
        signal?.removeEventListener("abort", onAbort);
        gone.abort(new Exception("disconnected", "The image has ended"));
        files.port1.close();
        request.stdin[Symbol.dispose]();
        near.stdio[Symbol.dispose]();
        near.stderr[Symbol.dispose]();
        request.stdout.close();
        request.stderr.close();
      }
    },
    async [Symbol.asyncDispose]() {
      lose({ type: "killed", reason: "The kernel was stopped" });
      remote[releaseProxy]();
      worker.terminate();
      workers[Symbol.dispose]();
    },
  };
}

/** The worker's side of `startKernel`. */
export function serveKernel(
  endpoint: Endpoint,
  create: (node: Node, mode: CellMode | undefined, workers: MessagePort) => Promise<LocalKernel>,
): void {
  const stops = new Map<number, AbortController>();
  let kernel: Promise<LocalKernel> | undefined;
  const service: KernelService = {
    async boot(node, wanted, workers) {
      kernel ??= create(openRemoteNode(node), wanted, workers);
      return (await kernel).mode;
    },
    async run(order, onState, onSnapshot) {
      const stop = new AbortController();
      stops.set(order.id, stop);
      const stdio = openPortDuplex(order.ports.stdio);
      const stderr = openPortDuplex(order.ports.stderr);
      stderr.source[Symbol.dispose]();
      try {
        if (kernel === undefined) throw new Exception("failed", "The kernel was not booted");
        const { name, entrypoint, argv0, args, env, terminal } = order;
        const { bare, writable, limits, entries, ports } = order;
        const keepFiles = onSnapshot && ((snapshot: Snapshot) => passOn(snapshot, onSnapshot));
        const tree = openRemoteTree(entries, ports.files);
        const { source: stdin, sink: stdout } = stdio;
        const streams = { stdin, stdout, stderr: stderr.sink, terminal };
        const mounts = openRemoteMounts(order.mounts);
        const shown = { tree, mounts, bare, writable };
        const named = { name, entrypoint, argv0, args, env };
        const request = { ...named, limits, keepFiles, ...shown, ...streams };
        return await (await kernel).run(request, { signal: stop.signal, onState });
      } catch (error) {
        return { type: "failed", reason: toMessage(error) };
      } finally {
        stops.delete(order.id);
        stdio.source[Symbol.dispose]();
        stdio.sink.close();
        stderr.sink.close();
        order.ports.files.close();
        for (const { port } of order.mounts) port.close();
      }
    },
    stop(id, reason) {
      stops.get(id)?.abort(new Exception("disconnected", reason));
    },
  };
  expose(service, endpoint);
}

async function passOn(snapshot: Snapshot, onSnapshot: OnSnapshot): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const done = new AbortController();
  serveTree(snapshot, port1, done.signal);
  try {
    await onSnapshot(snapshot.entries, transfer(port2, [port2]));
  } finally {
    done.abort();
    port1.close();
  }
}
