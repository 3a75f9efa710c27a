/** The spills of a tab's worker, and a cell's files over one of them. */
import { equalBytes } from "#base";
import { Files } from "#vfs";
import type { FileNode } from "#vfs";
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
      const { files, file } = openFile(at(spill));
      const end = await write(files, file, sizeMiB);
      return { ...end, right: countRight(file, end.written) };
    },
    async writeTwice(spill, sizeMiB) {
      const { files, file } = openFile(at(spill));
      const first = await write(files, file, sizeMiB);
      const right = countRight(file, first.written);
      files.resize(file, 0);
      const again = await write(files, file, sizeMiB);
      return [
        { ...first, right },
        { ...again, right: countRight(file, again.written) },
      ];
    },
  };
}

function openFile(spill: OpfsSpill): { readonly files: Files; readonly file: FileNode } {
  const tree = { entries: new Map(), read: () => new Uint8Array(0) };
  const limits = { memoryBytes: 4 * MIB };
  const files = new Files({ tree, mounts: [], nowNs: () => 0n, spill, limits });
  const mode = { follow: true, create: true, exclusive: true, directory: false };
  const rest = { truncate: false, write: true, mutate: false };
  const file = files.open(files.root, "tmp/big", { ...mode, ...rest });
  if (typeof file === "string" || file.type !== "file") throw new Error("There is no file");
  return { files, file };
}

/** Writes this many MiB, each filled with its own number, until a write is refused. */
async function write(
  files: Files,
  file: FileNode,
  sizeMiB: number,
): Promise<{ readonly written: number; readonly refusal?: string }> {
  for (let piece = 0; piece < sizeMiB; piece++) {
    const refusal = await file.content.prepare(piece * MIB, MIB);
    if (refusal !== undefined) return { written: piece, refusal };
    const written = files.write(file, piece * MIB, new Uint8Array(MIB).fill(piece));
    if (written !== MIB) throw new Error(`Of a MiB that was prepared, ${written} was written`);
  }
  return { written: sizeMiB };
}

/** Counts the MiB that read back as written. */
function countRight(file: FileNode, sizeMiB: number): number {
  let same = 0;
  for (let piece = 0; piece < sizeMiB; piece++) {
    // The spill file is open by now, so that reads are synchronous.
    const bytes = file.content.read(piece * MIB, MIB);
    if (bytes instanceof Promise) throw new Error("What is in the spill came late");
    if (equalBytes(bytes, new Uint8Array(MIB).fill(piece))) same++;
  }
  return same;
}

/** The number of MiB written before a refusal, if there was one, and of those that read back as written. */
export interface Written {
  readonly written: number;
  readonly refusal?: string;
  readonly right: number;
}

export interface SpillTab {
  open(folder: string): Promise<void>;
  create(): number;
  /** Resolves to whether the write was synchronous. */
  write(spill: number, slot: number, bytes: Uint8Array): Promise<boolean>;
  read(spill: number, slot: number, lengthBytes: number): Promise<Uint8Array>;
  dispose(spill: number): Promise<void>;
  /** Writes a file of a size far beyond the memory limit. */
  writeFile(spill: number, sizeMiB: number): Promise<Written>;
  /** Writes the file, truncates it, and writes it again. */
  writeTwice(spill: number, sizeMiB: number): Promise<readonly [Written, Written]>;
}

expose(createTab());
