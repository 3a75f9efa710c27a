/** What host and cell worker say to each other, over Comlink. */
import type { SnapshotEntry, TreeEntry } from "#base";
import type { CompiledComponent } from "./compile-component.ts";
import type { ExitStatus } from "./cell.ts";
import type { CellLimits } from "./limits.ts";
import type { PostedLines } from "./lines.ts";

export interface CellService {
  /** The words of the CPU meter, where they are not shared. */
  readMeter(): Int32Array;
  /** Once it has run: what its files have become, and contents of them on the port. */
  takeSnapshot(port: MessagePort): ReadonlyMap<string, SnapshotEntry>;
  /** Runs the component to its end. */
  run(order: CellOrder): Promise<ExitStatus>;
}

/** Can be posted; what `lines` moves is transferred. */
export interface CellOrder {
  readonly name: string;
  readonly component: CompiledComponent;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  readonly terminal: boolean;
  readonly bare: boolean;
  readonly writable: boolean;
  readonly limits: CellLimits;
  /** What stands in the image, then in each mount. */
  readonly indexes: readonly ReadonlyMap<string, TreeEntry>[];
  /** Where the mounts are. */
  readonly mountPaths: readonly string[];
  readonly lines: PostedLines;
}
