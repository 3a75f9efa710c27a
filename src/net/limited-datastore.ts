/** A datastore in memory that anybody may fill: what was put first makes room. */
import { MemoryDatastore } from "datastore-core";
import type { Key } from "interface-datastore";

/** Keeps up to `limit` entries; each of a hash table is 12 KiB at most. */
export class LimitedDatastore extends MemoryDatastore {
  readonly #limit: number;
  /** In the order of their last `put`. */
  readonly #keys = new Map<string, Key>();

  constructor(limit = 4096) {
    super();
    this.#limit = limit;
  }

  override put(key: Key, value: Uint8Array): Key | Promise<Key> {
    this.#keys.delete(key.toString());
    this.#keys.set(key.toString(), key);
    const [oldest] = this.#keys.values();
    if (this.#keys.size > this.#limit && oldest !== undefined) void this.delete(oldest);
    return super.put(key, value);
  }

  override delete(key: Key): void | Promise<void> {
    this.#keys.delete(key.toString());
    return super.delete(key);
  }
}
