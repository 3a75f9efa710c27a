/** The newest verified record of each name, so that no name leads back to an older image. */
import type { CID } from "multiformats/cid";
import type { NameRecord } from "./name-record.ts";

export interface NameStore {
  /** The newest record that was kept; it may have expired since. */
  get(key: CID): Promise<NameRecord | undefined>;
  /**
   * Keeps a verified record, atomically, unless it `isOlder` than the kept one. @returns the record that is kept now
   *
   * @throws {Exception} `overloaded` when no further name can be kept.
   */
  keep(key: CID, record: NameRecord): Promise<NameRecord>;
}

/**
 * Whether a record must not replace the known one: its sequence is lower, or the same while it leads elsewhere. A record
 * that differs in its validity alone may replace it.
 */
export function isOlder(record: NameRecord, known: NameRecord | undefined): boolean {
  if (known === undefined) return false;
  if (record.sequence !== known.sequence) return record.sequence < known.sequence;
  return !record.cid.equals(known.cid);
}

/** Keeps up to `limit` names in memory; the one whose `keep` was longest ago is evicted. */
export function createMemoryNames(limit = 1024): NameStore {
  const kept = new Map<string, NameRecord>();
  return {
    get: async (key) => kept.get(key.toString()),
    async keep(key, record) {
      const name = key.toString();
      const known = kept.get(name);
      const newest = known !== undefined && isOlder(record, known) ? known : record;
      kept.delete(name);
      kept.set(name, newest);
      const [oldest] = kept.keys();
      if (kept.size > limit && oldest !== undefined) kept.delete(oldest);
      return newest;
    },
  };
}
