/** The newest records of names, in IndexedDB; shared by all tabs of the origin. */
import { createMemoryNames, isOlder } from "#net";
import type { NameRecord, NameStore } from "#net";
import { openDB } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import { base36 } from "multiformats/bases/base36";
import { CID } from "multiformats/cid";

interface Schema extends DBSchema {
  names: { key: string; value: StoredName; indexes: { keptMs: number } };
}

interface StoredName {
  readonly key: string;
  readonly bytes: Uint8Array;
  readonly sequence: bigint;
  readonly cid: string;
  /** When it was last stored, in milliseconds since 1970. */
  readonly keptMs: number;
}

const STORE = "names";
const VERSION = 1;

/**
 * Opens the database of this name, or a store in memory if the browser refuses storage. Beyond `limit` names, the one that
 * was stored longest ago is evicted. Disposing closes the database.
 */
export async function openNameStore(name: string, limit = 1024): Promise<NameStore & Disposable> {
  const database = await connect(name).catch(() => undefined);
  if (database === undefined) {
    return { ...createMemoryNames(limit), [Symbol.dispose]: () => undefined };
  }
  return {
    async get(key) {
      return toRecord(await database.get(STORE, key.toString(base36)));
    },
    async keep(key, record) {
      const change = database.transaction(STORE, "readwrite");
      const known = toRecord(await change.store.get(key.toString(base36)));
      const newest = known !== undefined && isOlder(record, known) ? known : record;
      const { bytes, sequence, cid } = newest;
      const stored = { key: key.toString(base36), bytes, sequence, cid: cid.toString() };
      await change.store.put({ ...stored, keptMs: Date.now() });
      if ((await change.store.count()) > limit) {
        const oldest = await change.store.index("keptMs").openCursor();
        await oldest?.delete();
      }
      await change.done;
      return newest;
    },
    [Symbol.dispose]: () => database.close(),
  };
}

async function connect(name: string): Promise<IDBPDatabase<Schema>> {
  return openDB<Schema>(name, VERSION, {
    upgrade(opened) {
      opened.createObjectStore(STORE, { keyPath: "key" }).createIndex("keptMs", "keptMs");
    },
    // A later version of the page upgrades the database.
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  });
}

function toRecord(stored: StoredName | undefined): NameRecord | undefined {
  if (stored === undefined) return undefined;
  const { bytes, sequence, cid } = stored;
  return { bytes, sequence, cid: CID.parse(cid) };
}
