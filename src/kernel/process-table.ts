/** The processes of one run: who lives, what each may reach, and that nobody outlives the run. */
import { Exception } from "#base";
import type { FileTree, Waiting } from "#base";
import { AnyClient, Host, serve } from "#capnp";
import type { Client } from "#capnp";
import { serveHost } from "#caps";
import type { Node, RunningProcess, Spawner } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import type { Cell, CellRequest, Cells, ExitStatus } from "./powers.ts";

/** How many processes one run may have at a time. */
const PROCESS_LIMIT = 128;

/** A process with its cell's own account of its end. */
export interface TableProcess extends RunningProcess {
  readonly exited: Promise<ExitStatus>;
}

export interface ProcessTable extends AsyncDisposable {
  /** Starts the first process, which bootstraps the given capability; lent. */
  startFirst(request: CellRequest, bootstrap: Client, options?: Waiting): Promise<TableProcess>;
  /** Starts children, each of which bootstraps a bare Host. */
  readonly spawner: Spawner;
}

export interface ProcessTablePowers {
  readonly cells: Cells;
  readonly node: Node;
  /** What children find at `/`. */
  readonly tree: FileTree;
}

export function createProcessTable({ cells, node, tree }: ProcessTablePowers): ProcessTable {
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();

  const start = async (
    request: CellRequest,
    bootstrap: Client,
    { signal }: Waiting = {},
  ): Promise<TableProcess> => {
    if (running.size >= PROCESS_LIMIT) {
      throw new Exception("overloaded", `Cannot start process: ${PROCESS_LIMIT} are running`);
    }
    // The caller's signal ends the waiting for the start; only the run's own ends the process.
    signal?.throwIfAborted();
    const starting = cells.start(request, { signal: stop.signal });
    const cell = await track(running, starting);
    if (signal?.aborted === true) {
      await cell[Symbol.asyncDispose]();
      throw signal.reason;
    }
    return toProcess(cell, bootstrap, running);
  };

  const spawner: Spawner = {
    async spawn({ component, args, env }, options) {
      using host = serve(Host, serveHost(node, spawner));
      return await start({ name: "process", component, args, env, tree }, host, options);
    },
  };
  return {
    startFirst: start,
    spawner,
    async [Symbol.asyncDispose]() {
      stop.abort(new Exception("disconnected", "The first process of the image has ended"));
      while (running.size > 0) await Promise.allSettled(running);
    },
  };
}

function toProcess(cell: Cell, bootstrap: Client, running: Set<Promise<unknown>>): TableProcess {
  const connection = connect(createStreamTransport(cell.rpc), { bootstrap });
  const exited = cell.exited.then((status) => {
    // Whatever the process held is released, whoever waits for it is told.
    connection[Symbol.dispose]();
    return status;
  });
  void track(running, exited); // never rejects
  return {
    stdin: cell.stdin,
    stdout: cell.stdout,
    stderr: cell.stderr,
    exited,
    exitCode: exited.then(toExitCode),
    bootstrap: () => connection.bootstrap(AnyClient),
    kill: () => void cell[Symbol.asyncDispose](), // `exited` tells when it has
  };
}

/** As shells have it: a trap is 1, a killed process 137. */
export function toExitCode(status: ExitStatus): number {
  if (status.type === "exited") return status.code;
  return status.type === "trapped" ? 1 : 137;
}

async function track<T>(running: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  running.add(promise);
  try {
    return await promise;
  } finally {
    running.delete(promise);
  }
}
