/** A bounded datastore in memory that any peer may fill: the entry that was put longest ago is evicted. */
import { MemoryDatastore } from "datastore-core";
import type { Key } from "interface-datastore";

/** Keeps up to `limit` entries; an entry of a hash table has 12 KiB at most. */
export class LimitedDatastore extends MemoryDatastore {
  readonly #limit: number;
  /** Keys in the order of their last `put`. */
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
