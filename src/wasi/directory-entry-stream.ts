/** The resource `directory-entry-stream`: the names at the time when the directory was read. */
import type { DirectoryNode, Files } from "#vfs";
import { toDescriptorType } from "./file-types.ts";
import type { DirectoryEntry } from "./file-types.ts";
import { refuse } from "./trap.ts";

/** Bytes of the heap for a stream, and for each of its names: the strings belong to the directory. */
const STREAM_BYTES = 200;
const NAME_BYTES = 16;

export class DirectoryEntryStream {
  readonly #files: Files;
  readonly #directory: DirectoryNode;
  readonly #names: readonly string[];
  #next = 0;
  #memoryBytes: number;

  /** Refuses with `insufficient-memory` when the cell has no room for the names. */
  constructor(files: Files, directory: DirectoryNode) {
    this.#files = files;
    this.#directory = directory;
    this.#names = files.names(directory);
    this.#memoryBytes = STREAM_BYTES + this.#names.length * NAME_BYTES;
    if (!files.quota.takeMemory(this.#memoryBytes)) refuse("insufficient-memory");
  }

  readDirectoryEntry(): DirectoryEntry | undefined {
    for (;;) {
      const name = this.#names[this.#next++];
      if (name === undefined) return undefined;
      const type = this.#files.typeOf(this.#directory, name);
      // Skips names that were removed since then.
      if (type !== undefined) return { name, type: toDescriptorType(type) };
    }
  }

  [Symbol.dispose](): void {
    this.#files.quota.takeMemory(-this.#memoryBytes);
    this.#memoryBytes = 0;
  }
}
