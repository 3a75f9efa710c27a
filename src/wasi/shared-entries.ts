/** The entries of directories that the cell shares with others. */
import { after } from "#base";
import type { Eventually } from "#base";
import type { DescriptorType, DirectoryEntry } from "./file-types.ts";
import { toValue } from "./shared-host.ts";
import type { SharedHost } from "./shared-host.ts";

/** The resource `directory-entry-stream`: the host sends the entries in parts. */
export class SharedDirectoryEntryStream {
  readonly #host: SharedHost;
  /** Present while the host has more entries. */
  #handle: number | undefined;
  #entries: Iterator<[string, DescriptorType]>;

  constructor(host: SharedHost, { entries, handle }: FirstEntries) {
    this.#host = host;
    this.#handle = handle;
    this.#entries = Object.entries(entries)[Symbol.iterator]();
  }

  readDirectoryEntry(): Eventually<DirectoryEntry | undefined> {
    const { done, value } = this.#entries.next();
    if (done !== true) return { name: value[0].slice(1), type: value[1] };
    if (this.#handle === undefined) return undefined;
    const answer = this.#host.call(this.#handle, "readEntries", []);
    return after(after(this.#host.waits.settled(answer), toValue<NextEntries>), (next) => {
      this.#entries = Object.entries(next.entries)[Symbol.iterator]();
      if (next.isEnd) this[Symbol.dispose]();
      return this.readDirectoryEntry();
    });
  }

  [Symbol.dispose](): void {
    if (this.#handle !== undefined) this.#host.drop(this.#handle);
    this.#handle = undefined;
  }
}

export interface FirstEntries {
  /** Types by names, each with a colon before it. */
  readonly entries: Readonly<Record<string, DescriptorType>>;
  /** The handle for the remaining entries, if there are any. */
  readonly handle?: number;
}

interface NextEntries extends Pick<FirstEntries, "entries"> {
  readonly isEnd: boolean;
}
