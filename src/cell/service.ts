/** What host and cell worker say to each other, over Comlink. */
import type { PostedMount, TreeEntry } from "#base";
import type { Artefact } from "./artefact.ts";
import type { ExitStatus } from "./cell.ts";

export interface CellService {
  /** Runs the component to its end. */
  run(order: CellOrder): Promise<ExitStatus>;
}

/** Can be cloned and posted; the ports are transferred. */
export interface CellOrder {
  readonly name: string;
  readonly artefact: Artefact;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  readonly terminal: boolean;
  readonly bare: boolean;
  readonly entries: ReadonlyMap<string, TreeEntry>;
  readonly mounts: readonly PostedMount[];
  readonly ports: {
    readonly stdin: MessagePort;
    readonly stdout: MessagePort;
    readonly stderr: MessagePort;
    readonly rpc: MessagePort;
    readonly files: MessagePort;
  };
}
