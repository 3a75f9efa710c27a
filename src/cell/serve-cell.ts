/** The worker's side of a cell: one component, run once. */
import { expose } from "comlink";
import { Exception, serveTree, toMessage } from "#base";
import type { Eventually } from "#base";
import { createWasi, listOffer } from "#wasi";
import type { Wasi, WasiImports } from "#wasi";
import type { Artefact } from "./artefact.ts";
import type { ExitStatus } from "./cell.ts";
import { createPowers } from "./cell-scope.ts";
import type { CellPowers, CellScope } from "./cell-scope.ts";
import type { CellLines } from "./lines.ts";
import { joinPortLines } from "./port-lines.ts";
import { sealScope } from "./seal-scope.ts";
import { joinSharedLines } from "./shared-lines.ts";
import type { CellOrder, CellService } from "./service.ts";
import { servePool } from "./worker-pool.ts";

/** What jco's glue exports. `run` returns a promise when the guest may be suspended. */
export type Instantiate = (
  getCoreModule: (name: string) => WebAssembly.Module,
  imports: WasiImports,
  instantiateCore: (
    module: WebAssembly.Module,
    imports?: WebAssembly.Imports,
  ) => WebAssembly.Instance,
) => Eventually<Readonly<Record<string, { run(): Eventually<void> }>>>;

/** The one component of this worker. */
interface Running {
  readonly order: CellOrder;
  readonly lines: CellLines;
  readonly wasi: Wasi;
  readonly ending: PromiseWithResolvers<ExitStatus>;
}

/**
 * Takes away the scope's powers at once, then waits on it for the host's order, from when the glue is handed over.
 *
 * @throws {Exception} `failed` when something cannot be taken: no guest may run here.
 */
export function serveCell(scope: CellScope): (instantiate: Instantiate) => void {
  // What powers are made of is not there any more after the scope is sealed.
  const powers = createPowers(scope);
  sealScope(scope);
  return (instantiate) => waitForOrder(scope, powers, instantiate);
}

function waitForOrder(scope: CellScope, powers: CellPowers, instantiate: Instantiate): void {
  let running: Running | undefined;
  const service: CellService = {
    run(order) {
      const lines = joinLines(order, powers);
      const ending = Promise.withResolvers<ExitStatus>();
      const wasi = openWasi(order, powers, lines, (code) =>
        ending.resolve({ type: "exited", code }),
      );
      running = { order, lines, wasi, ending };
      return runCell(scope, running, instantiate);
    },
    readMeter: () => running?.lines.meter.words ?? new Int32Array(0),
    takeSnapshot(port) {
      if (running === undefined) throw new TypeError("Nothing has run here");
      const snapshot = running.wasi.takeSnapshot();
      // Until the worker ends.
      serveTree(snapshot, port, new AbortController().signal);
      return snapshot.entries;
    },
  };
  expose(service, scope);
  // What has been made once is made faster the second time.
  servePool(scope, listOffer);
}

function joinLines({ lines, indexes }: CellOrder, powers: CellPowers): CellLines {
  return lines.type === "memory"
    ? joinSharedLines(lines, indexes, powers)
    : joinPortLines(lines, indexes, powers);
}

function openWasi(
  order: CellOrder,
  powers: CellPowers,
  { stdin, stdout, stderr, rpc, spill, waits, trees }: CellLines,
  onExit: (code: number) => void,
): Wasi {
  const [tree, ...mounted] = trees;
  if (tree === undefined) throw new TypeError("A cell was given no image");
  return createWasi({
    interfaces: order.artefact.imports,
    args: [order.name, ...order.args],
    env: order.env,
    terminal: order.terminal,
    stdin,
    stdout,
    stderr,
    rpc,
    tree,
    mounts: mounted.map((mount, at) => ({ path: order.mountPaths[at] ?? "", tree: mount })),
    spill,
    bare: order.bare,
    writable: order.writable,
    openFiles: order.limits.openFiles,
    powers,
    waits,
    onExit,
  });
}

async function runCell(
  scope: CellScope,
  { order, lines, wasi, ending }: Running,
  instantiate: Instantiate,
): Promise<ExitStatus> {
  const memories = new Set<WebAssembly.Memory>();
  const fail = (reason: unknown): void => {
    ending.resolve(toStatus(order, reason, memories));
  };
  scope.addEventListener("unhandledrejection", (event) => {
    if (event instanceof PromiseRejectionEvent) fail(event.reason);
  });
  runArtefact(instantiate, order.artefact, wasi.imports, {
    memories,
    begin: () => lines.meter.resume(),
  }).then(() => ending.resolve({ type: "exited", code: 0 }), fail);
  const status = await ending.promise;
  lines.meter.end();
  const { stdin, stdout, stderr, rpc } = lines;
  stdout.close();
  stderr.close();
  rpc.sink.close();
  rpc[Symbol.dispose]();
  stdin[Symbol.dispose]();
  return status;
}

async function runArtefact(
  instantiate: Instantiate,
  { modules, run }: Artefact,
  imports: WasiImports,
  told: { readonly memories: Set<WebAssembly.Memory>; begin(): void },
): Promise<void> {
  // A module may run code when it is instantiated.
  told.begin();
  const instance = await instantiate(
    (name) => {
      const module = modules.get(name);
      if (module === undefined) throw new TypeError(`Artefact has no module "${name}"`);
      return module;
    },
    imports,
    // A worker may wait for that, and has nothing else to do.
    (module, given) => {
      const core = new WebAssembly.Instance(module, given);
      for (const item of Object.values(core.exports)) {
        if (item instanceof WebAssembly.Memory) told.memories.add(item);
      }
      return core;
    },
  );
  const command = instance[run];
  if (command === undefined) throw new TypeError(`Component does not export "${run}"`);
  await command.run();
}

/** The `err` of `wasi:cli/run` comes as an error with a payload; anything else is no way to end. */
function toStatus(
  { name, limits }: CellOrder,
  reason: unknown,
  memories: ReadonlySet<WebAssembly.Memory>,
): ExitStatus {
  if (reason instanceof Error && Object.hasOwn(reason, "payload"))
    return { type: "exited", code: 1 };
  if (reason instanceof Exception) {
    return { type: "trapped", message: `Cell "${name}" cannot run: ${reason.message}` };
  }
  const why = toMessage(reason).replace(/^wasm trap: /, "");
  const used = describeMemory(memories, limits.memoryBytes);
  return { type: "trapped", message: `Cell "${name}" trapped: ${why}${used}; tell its author` };
}

/** A guest that was refused memory has most of it: nobody asks for the last page alone. */
function describeMemory(memories: ReadonlySet<WebAssembly.Memory>, limitBytes: number): string {
  const bytes = Math.max(0, ...[...memories].map(({ buffer }) => buffer.byteLength));
  if (bytes < limitBytes * 0.75) return "";
  return `, with ${toMiB(bytes)} of the ${toMiB(limitBytes)} MiB of memory that a cell may have`;
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
