/** The worker's side of a cell: one component, run once. */
import { expose } from "comlink";
import { Exception, toMessage } from "#base";
import type { Eventually } from "#base";
import { createWasi } from "#wasi";
import type { WasiImports } from "#wasi";
import type { Artefact } from "./artefact.ts";
import type { ExitStatus } from "./cell.ts";
import { createPowers } from "./cell-scope.ts";
import type { CellScope } from "./cell-scope.ts";
import { MEMORY_LIMIT_BYTES } from "./limit-memory.ts";
import { joinPortLines } from "./port-lines.ts";
import { sealScope } from "./seal-scope.ts";
import { joinSharedLines } from "./shared-lines.ts";
import type { CellOrder, CellService } from "./service.ts";

/** What jco's glue exports. `run` returns a promise when the guest may be suspended. */
interface Glue {
  instantiate(
    this: void,
    getCoreModule: (name: string) => WebAssembly.Module,
    imports: WasiImports,
    instantiateCore: (
      module: WebAssembly.Module,
      imports?: WebAssembly.Imports,
    ) => Promise<WebAssembly.Instance>,
  ): Promise<Readonly<Record<string, { run(): Eventually<void> }>>>;
}

/** Waits for the host's order on the worker's scope, and takes away the scope's powers when it comes. */
export function serveCell(scope: CellScope): void {
  const service: CellService = { run: (order) => runCell(scope, order) };
  expose(service, scope);
}

async function runCell(scope: CellScope, order: CellOrder): Promise<ExitStatus> {
  const ending = Promise.withResolvers<ExitStatus>();
  const powers = createPowers(scope);
  const { lines: posted, indexes } = order;
  const lines =
    posted.type === "memory"
      ? joinSharedLines(posted, indexes, powers)
      : joinPortLines(posted, indexes, powers);
  const { stdin, stdout, stderr, rpc, waits } = lines;
  const [tree, ...mounted] = lines.trees;
  if (tree === undefined) throw new TypeError("A cell was given no image");
  const imports = createWasi({
    args: [order.name, ...order.args],
    env: order.env,
    terminal: order.terminal,
    stdin,
    stdout,
    stderr,
    rpc,
    tree,
    mounts: mounted.map((mount, at) => ({ path: order.mountPaths[at] ?? "", tree: mount })),
    bare: order.bare,
    powers,
    waits,
    onExit: (code) => ending.resolve({ type: "exited", code }),
  });
  const memories = new Set<WebAssembly.Memory>();
  const fail = (reason: unknown): void => {
    ending.resolve(toStatus(order.name, reason, memories));
  };
  scope.addEventListener("unhandledrejection", (event) => {
    if (event instanceof PromiseRejectionEvent) fail(event.reason);
  });
  runArtefact(scope, order.artefact, imports, memories).then(
    () => ending.resolve({ type: "exited", code: 0 }),
    fail,
  );
  const status = await ending.promise;
  stdout.close();
  stderr.close();
  rpc.sink.close();
  rpc[Symbol.dispose]();
  stdin[Symbol.dispose]();
  return status;
}

async function runArtefact(
  scope: CellScope,
  { glue, modules, run }: Artefact,
  imports: WasiImports,
  memories: Set<WebAssembly.Memory>,
): Promise<void> {
  const { URL } = scope;
  const address = URL.createObjectURL(new Blob([glue], { type: "text/javascript" }));
  sealScope(scope);
  const { instantiate } = (await import(/* @vite-ignore */ address)) as Glue;
  URL.revokeObjectURL(address);
  const instance = await instantiate(
    (name) => {
      const module = modules.get(name);
      if (module === undefined) throw new TypeError(`Artefact has no module "${name}"`);
      return module;
    },
    imports,
    async (module, given) => {
      const core = await WebAssembly.instantiate(module, given);
      for (const item of Object.values(core.exports)) {
        if (item instanceof WebAssembly.Memory) memories.add(item);
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
  name: string,
  reason: unknown,
  memories: ReadonlySet<WebAssembly.Memory>,
): ExitStatus {
  if (reason instanceof Error && Object.hasOwn(reason, "payload"))
    return { type: "exited", code: 1 };
  if (reason instanceof Exception) {
    return { type: "trapped", message: `Cell "${name}" cannot run: ${reason.message}` };
  }
  const why = toMessage(reason).replace(/^wasm trap: /, "");
  const used = describeMemory(memories);
  return { type: "trapped", message: `Cell "${name}" trapped: ${why}${used}; tell its author` };
}

/** A guest that was refused memory has most of it: nobody asks for the last page alone. */
function describeMemory(memories: ReadonlySet<WebAssembly.Memory>): string {
  const bytes = Math.max(0, ...[...memories].map(({ buffer }) => buffer.byteLength));
  if (bytes < MEMORY_LIMIT_BYTES * 0.75) return "";
  return `, with ${toMiB(bytes)} of the ${toMiB(MEMORY_LIMIT_BYTES)} MiB of memory that a cell may have`;
}

function toMiB(bytes: number): number {
  return Math.floor(bytes / 1024 / 1024);
}
