/**
 * Grants that images may restore in later runs, in IndexedDB; shared by all tabs of the origin.
 *
 * A token is 32 random bytes, and only its SHA-256 is stored: whatever reads the database can restore nothing.
 */
import { Exception, sha256 } from "#base";
import type { KeptGrant, KeptGrants } from "#ui";
import { openDB } from "idb";
import type { DBSchema } from "idb";

interface Schema extends DBSchema {
  grants: { key: number; value: StoredGrant; indexes: { hash: string } };
}

interface StoredGrant extends Omit<KeptGrant, "id"> {
  /** Given by the database. */
  readonly id?: number;
  /** Of the token, in hexadecimal. */
  readonly hash: string;
}

const STORE = "grants";
const VERSION = 1;
const TOKEN_BYTES = 32;

/**
 * Opens the database of this name, empty the first time. Where the browser refuses storage, nothing can be kept.
 *
 * Disposing closes it.
 *
 * @param nameLayers names that always mean the same files; `undefined` where there are none
 */
export async function openKeptGrants(
  name: string,
  nameLayers: (layers: readonly string[]) => readonly string[] | undefined,
): Promise<KeptGrants & Disposable> {
  const database = await openDB<Schema>(name, VERSION, {
    upgrade(opened) {
      const store = opened.createObjectStore(STORE, { keyPath: "id", autoIncrement: true });
      store.createIndex("hash", "hash", { unique: true });
    },
    // A later version of the page upgrades the database.
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  }).catch(() => undefined);
  const channel = new BroadcastChannel(name);
  const watchers = new Set<(removed: number | undefined) => unknown>();
  const tell = (removed?: number): void => {
    for (const watcher of watchers) watcher(removed);
  };
  channel.addEventListener("message", ({ data }: MessageEvent<unknown>) =>
    tell(typeof data === "number" ? data : undefined),
  );
  const changed = (removed?: number): void => {
    channel.postMessage(removed);
    tell(removed);
  };
  return {
    canKeep: (layers) => database !== undefined && nameLayers(layers) !== undefined,
    async keep({ layers, ...grant }) {
      const named = nameLayers(layers);
      if (database === undefined || named === undefined) {
        throw new Exception(
          "failed",
          `Cannot keep "${grant.label}": its image has no lasting name`,
        );
      }
      const token = crypto.getRandomValues(new Uint8Array(TOKEN_BYTES));
      const stored = { ...grant, layers: named, hash: toHex(await sha256(token)) };
      const id = await database.add(STORE, stored);
      changed();
      return { id, token };
    },
    async find(token, layers) {
      const hash = toHex(await sha256(token));
      const found = await database?.getFromIndex(STORE, "hash", hash);
      if (found === undefined) return undefined;
      const named = nameLayers(layers) ?? [];
      const isSame = named.length > 0 && JSON.stringify(named) === JSON.stringify(found.layers);
      return isSame ? toGrant(found) : undefined;
    },
    list: async () => ((await database?.getAll(STORE)) ?? []).map(toGrant),
    async remove(id) {
      await database?.delete(STORE, id);
      changed(id);
    },
    watch(watcher, { signal }) {
      const own = (removed: number | undefined): unknown => watcher(removed);
      watchers.add(own);
      signal?.addEventListener("abort", () => watchers.delete(own), { once: true });
    },
    [Symbol.dispose]() {
      channel.close();
      database?.close();
    },
  };
}

function toGrant({ hash, id = 0, ...grant }: StoredGrant): KeptGrant {
  void hash; // stays here
  return { ...grant, id };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
