/** For tests of real cells: compiles components, and counts the workers. */
import type { FileTree } from "#base";
import script from "../workers/cell.worker.ts?script";
import type { Cell, CellSpec } from "./cell.ts";
import { createCompiler } from "./compile-component.ts";
import type { CompiledComponent } from "./compile-component.ts";
import type { CellMode } from "#base";
import { startCell } from "./start-cell.ts";
import type { StartPowers } from "./start-cell.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Both modes; tests of cells run in each. */
export const MODES: readonly CellMode[] = ["jspi", "shared-memory"];

/** Powers for the start of a cell, besides its spec. */
export type Given = Partial<Pick<StartPowers, "createSpill" | "keepFiles" | "signal">>;

export interface Bench {
  /** Workers that were started and not yet terminated. */
  readonly workers: ReadonlySet<WorkerLike>;
  compile(component: Uint8Array): Promise<CompiledComponent>;
  start(component: Uint8Array, spec?: Partial<CellSpec>, given?: Given): Promise<Cell>;
  startCompiled(component: CompiledComponent, spec?: Partial<CellSpec>, given?: Given): Cell;
}

/** The script of a cell's worker. */
export const CELL_SCRIPT: string = script;
/** URL of that script. */
export const CELL_ADDRESS: string = URL.createObjectURL(
  new Blob([script], { type: "text/javascript" }),
);

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
  const compiler = createCompiler();
  return {
    workers,
    compile: (component) => compiler.compile(component),
    async start(component, spec, given) {
      return this.startCompiled(await compiler.compile(component, spec?.limits), spec, given);
    },
    startCompiled(component, spec = {}, given = {}) {
      return startCell(
        { name: "guest", component, args: [], env: [], tree: NO_FILES, ...spec },
        {
          ...given,
          mode,
          monotonicMs: () => performance.now(),
          spawn: () => counted(new Worker(CELL_ADDRESS, { type: "module" })),
        },
      );
    },
  };
}
