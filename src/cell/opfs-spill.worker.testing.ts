/** A tab's worker, as far as spills go: it has some, and files of a cell over one of them. */
import { equalBytes } from "#base";
import { Files } from "#vfs";
import { expose } from "comlink";
import { openOpfsSpills } from "./opfs-spill.ts";
import type { OpfsSpill, OpfsSpills } from "./opfs-spill.ts";

declare const self: DedicatedWorkerGlobalScope;

const MIB = 1024 * 1024;

function createTab(): SpillTab {
  let spills: OpfsSpills | undefined;
  const made: OpfsSpill[] = [];
  const at = (spill: number): OpfsSpill => {
    const found = made[spill];
    if (found === undefined) throw new Error(`There is no spill ${spill}`);
    return found;
  };
  return {
    async open(folder) {
      const root = await self.navigator.storage.getDirectory();
      spills = await openOpfsSpills(await root.getDirectoryHandle(folder, { create: true }));
    },
    create() {
      if (spills === undefined) throw new Error("The tab has not opened its spills");
      return made.push(spills.create()) - 1;
    },
    async write(spill, slot, bytes) {
      const written = at(spill).write(slot, bytes);
      await written;
      return !(written instanceof Promise);
    },
    async read(spill, slot, lengthBytes) {
      return await at(spill).read(slot, lengthBytes);
    },
    dispose: async (spill) => at(spill)[Symbol.asyncDispose](),
    async writeFile(spill, sizeMiB) {
      const tree = { entries: new Map(), read: () => new Uint8Array(0) };
      const limits = { memoryBytes: 4 * MIB };
      const files = new Files({ tree, mounts: [], nowNs: () => 0n, spill: at(spill), limits });
      const mode = { follow: true, create: true, exclusive: true, directory: false };
      const rest = { truncate: false, write: true, mutate: false };
      const file = files.open(files.root, "tmp/big", { ...mode, ...rest });
      if (typeof file === "string" || file.type !== "file") throw new Error("There is no file");
      for (let piece = 0; piece < sizeMiB; piece++) {
        const refusal = await file.content.prepare(piece * MIB, MIB);
        if (refusal !== undefined) throw new Error(refusal);
        files.write(file, piece * MIB, new Uint8Array(MIB).fill(piece));
      }
      let same = 0;
      for (let piece = 0; piece < sizeMiB; piece++) {
        // By now the file is open, so that everything is there at once.
        const bytes = file.content.read(piece * MIB, MIB);
        if (bytes instanceof Promise) throw new Error("What is in the spill came late");
        if (equalBytes(bytes, new Uint8Array(MIB).fill(piece))) same++;
      }
      return same;
    },
  };
}

export interface SpillTab {
  open(folder: string): Promise<void>;
  create(): number;
  /** Whether it was kept at once. */
  write(spill: number, slot: number, bytes: Uint8Array): Promise<boolean>;
  read(spill: number, slot: number, lengthBytes: number): Promise<Uint8Array>;
  dispose(spill: number): Promise<void>;
  /** Writes a file far beyond memory, and gives how many MiB of it are right. */
  writeFile(spill: number, sizeMiB: number): Promise<number>;
}

expose(createTab());
