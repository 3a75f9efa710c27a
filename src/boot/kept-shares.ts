/** What tabs share, in IndexedDB, so that links work again after a reload. */
import type { ShareKind } from "#ui";
import { openDB } from "idb";
import type { DBSchema } from "idb";

/** A value. */
export interface KeptShare {
  readonly id: number;
  /** The identity of the tab that shares it. */
  readonly peerId: string;
  readonly kind: ShareKind;
  /** The path of the image's link, without where to have it. */
  readonly image: string;
  readonly layers: readonly string[];
  /** The path of the link to it; of a membrane, the address of this tab. */
  readonly path: string;
  /** Empty where there is no link to what runs. */
  readonly token: Uint8Array;
  readonly calls: number | undefined;
  readonly sinceMs: number;
  readonly untilMs: number | undefined;
}

export interface KeptShares extends Disposable {
  /** Those of one tab, the oldest first. */
  list(peerId: string): Promise<readonly KeptShare[]>;
  /** @returns with its id */
  add(share: Omit<KeptShare, "id">): Promise<KeptShare>;
  remove(id: number): Promise<void>;
  /** Whether any tab has some. */
  isEmpty(): Promise<boolean>;
}

interface Schema extends DBSchema {
  shares: { key: number; value: Omit<KeptShare, "id"> & { readonly id?: number } };
}

const STORE = "shares";
const VERSION = 1;

/** Any script of the origin can write here. */
function isReadable({ layers, path, token, sinceMs, untilMs }: Omit<KeptShare, "id">): boolean {
  return (
    Array.isArray(layers) &&
    typeof path === "string" &&
    token instanceof Uint8Array &&
    Number.isFinite(sinceMs) &&
    (untilMs === undefined || Number.isFinite(untilMs))
  );
}

/** Opens the database of this name; where the browser refuses storage, links end with the page. Disposing closes it. */
export async function openKeptShares(name: string): Promise<KeptShares> {
  const database = await openDB<Schema>(name, VERSION, {
    upgrade: (opened) =>
      void opened.createObjectStore(STORE, { keyPath: "id", autoIncrement: true }),
    // A later version of the page upgrades the database.
    blocking: (_current, _wanted, event) => (event.target as IDBDatabase).close(),
  }).catch(() => undefined);
  let lastId = 0;
  return {
    async list(peerId) {
      const all = (await database?.getAll(STORE)) ?? [];
      return all.flatMap(({ id, ...share }) =>
        id !== undefined && share.peerId === peerId && isReadable(share) ? { ...share, id } : [],
      );
    },
    async add(share) {
      const id = (await database?.add(STORE, share).catch(() => undefined)) ?? --lastId;
      return { ...share, id };
    },
    async remove(id) {
      // A database that was closed meanwhile has been cleared, or belongs to a later version of the page.
      await database?.delete(STORE, id).catch(() => undefined);
    },
    isEmpty: async () => ((await database?.count(STORE)) ?? 0) === 0,
    [Symbol.dispose]: () => database?.close(),
  };
}
