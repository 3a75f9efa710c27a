/** What tests of real cells need: artefacts without a store, and workers that are counted. */
import type { FileTree } from "#base";
import script from "../workers/cell.worker.ts?script";
import { createArtefacts } from "./artefacts.ts";
import type { Artefact } from "./artefact.ts";
import type { Cell, CellSpec } from "./cell.ts";
import type { CellMode } from "./mode.ts";
import { startCell } from "./start-cell.ts";
import type { StartPowers } from "./start-cell.ts";
import { startTranspiler } from "./transpiler.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Both ways to wait: what is said of cells holds for each. */
export const MODES: readonly CellMode[] = ["jspi", "shared-memory"];

/** What is handed to a cell that is started, beside its description. */
export type Given = Partial<Pick<StartPowers, "createSpill" | "keepFiles" | "signal">>;

export interface Bench extends Disposable {
  /** Started and not yet terminated. */
  readonly workers: ReadonlySet<WorkerLike>;
  make(component: Uint8Array): Promise<Artefact>;
  start(component: Uint8Array, spec?: Partial<CellSpec>, given?: Given): Promise<Cell>;
  startArtefact(artefact: Artefact, spec?: Partial<CellSpec>, given?: Given): Cell;
}

/** What serves a cell in its worker, laid before glue. */
export const CELL_SCRIPT: string = script;

export const NO_FILES: FileTree = {
  entries: new Map(),
  read: () => Promise.reject(new Error("There are no files")),
};

export function startBench(mode: CellMode = "jspi"): Bench {
  const workers = new Set<WorkerLike>();
  const counted = (worker: Worker): WorkerLike => {
    const terminate = worker.terminate.bind(worker);
    worker.terminate = () => {
      workers.delete(worker);
      terminate();
    };
    workers.add(worker);
    return worker;
  };
  const transpiler = startTranspiler({
    spawn: () =>
      new Worker(new URL("../workers/transpile.worker.ts", import.meta.url), { type: "module" }),
  });
  const artefacts = createArtefacts({
    mode,
    transpiler,
    script: CELL_SCRIPT,
    store: { get: () => Promise.resolve(undefined), put: () => Promise.resolve() },
  });
  return {
    workers,
    make: (component) => artefacts.get(component),
    async start(component, spec, given) {
      const memoryBytes = spec?.limits?.memoryBytes;
      const artefact = await artefacts.get(component, { memoryBytes });
      return this.startArtefact(artefact, spec, given);
    },
    startArtefact(artefact, spec = {}, given = {}) {
      return startCell(
        { name: "guest", artefact, args: [], env: [], tree: NO_FILES, ...spec },
        {
          ...given,
          monotonicMs: () => performance.now(),
          spawn: ({ address }) => counted(new Worker(address, { type: "module" })),
        },
      );
    },
    [Symbol.dispose]() {
      transpiler[Symbol.dispose]();
    },
  };
}
