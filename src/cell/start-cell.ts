/** The host's side of a cell: a worker, its lines, and one status whatever happens. */
import { releaseProxy, transfer, wrap } from "comlink";
import { serveMounts, serveTree, toMessage } from "#base";
import type { Waiting } from "#base";
import type { Cell, CellSpec, ExitStatus } from "./cell.ts";
import { openLine } from "./line.ts";
import type { CellService } from "./service.ts";
import type { WorkerLike } from "./worker-like.ts";

export interface CellPowers extends Waiting {
  /** A worker that runs `serveCell`; it is the cell's own, and terminated with it. */
  readonly spawn: () => WorkerLike;
}

/**
 * Starts the component in a worker of its own. The pipes can be used at once.
 *
 * The signal kills the cell, with its reason as the reason. Killing works in the middle of a busy loop.
 */
export function startCell(spec: CellSpec, { spawn, signal }: CellPowers): Cell {
  signal?.throwIfAborted();
  const gone = new AbortController();
  const ending = Promise.withResolvers<ExitStatus>();
  const worker = spawn();
  const control = wrap<CellService>(worker);
  const stdin = openLine(gone.signal);
  const stdout = openLine(gone.signal);
  const stderr = openLine(gone.signal);
  const rpc = openLine(gone.signal);
  const files = new MessageChannel();
  serveTree(spec.tree, files.port1, gone.signal);
  // These lines go one way.
  stdin.duplex.source[Symbol.dispose]();
  stdout.duplex.sink.close();
  stderr.duplex.sink.close();

  const kill = (reason: unknown): void => {
    // First of all the worker: nothing that the guest does after this can be seen.
    worker.terminate();
    ending.resolve({ type: "killed", reason: toMessage(reason) });
  };
  const onAbort = (): void => kill(signal?.reason);
  signal?.addEventListener("abort", onAbort, { once: true });
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    const told = event instanceof ErrorEvent && event.message !== "";
    const why = told ? event.message : "its worker script could not be loaded; reload the page";
    ending.resolve({ type: "trapped", message: `Cell "${spec.name}" failed: ${why}` });
  });

  const run = async (): Promise<ExitStatus> => {
    const ports = {
      stdin: stdin.far,
      stdout: stdout.far,
      stderr: stderr.far,
      rpc: rpc.far,
      files: files.port2,
    };
    const { name, artefact, args, env, tree, terminal = false, bare = false } = spec;
    const mounts = serveMounts(spec.mounts ?? [], gone.signal);
    const given = { name, artefact, args, env, terminal, bare };
    const order = { ...given, entries: tree.entries, mounts, ports };
    const moved = [...Object.values(ports), ...mounts.map(({ port }) => port)];
    const status = await control.run(transfer(order, moved));
    // Ports know no order among each other: the status may overtake the last bytes.
    await Promise.all([stdout.finished, stderr.finished]);
    return status;
  };
  run().then(ending.resolve, (reason: unknown) =>
    ending.resolve({
      type: "trapped",
      message: `Cell "${spec.name}" failed: ${toMessage(reason)}`,
    }),
  );
  const exited = ending.promise.then((status) => {
    signal?.removeEventListener("abort", onAbort);
    control[releaseProxy]();
    worker.terminate();
    gone.abort();
    files.port1.close();
    return status;
  });

  return {
    stdin: stdin.duplex.sink,
    stdout: stdout.duplex.source,
    stderr: stderr.duplex.source,
    rpc: rpc.duplex,
    exited,
    async [Symbol.asyncDispose]() {
      kill("its host no longer needs it");
      await exited;
    },
  };
}
