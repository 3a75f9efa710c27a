/** The tabs' shares, in IndexedDB, so that links work again after a reload. */
import type { ShareKind } from "#ui";
import { openDB } from "idb";
import type { DBSchema } from "idb";

/** A stored share. */
export interface KeptShare {
  readonly id: number;
  /** Peer id of the tab that shares it. */
  readonly peerId: string;
  readonly kind: ShareKind;
  /** Path of a link to the image, without peers. */
  readonly image: string;
  readonly layers: readonly string[];
  /** Path of the link to the share; for a membrane, the address of the tab. */
  readonly path: string;
  /** Token in the link to a running program; empty for an image or a membrane. */
  readonly token: Uint8Array;
  readonly calls: number | undefined;
  readonly sinceMs: number;
  readonly untilMs: number | undefined;
}

export interface KeptShares extends Disposable {
  /** The shares of one tab, oldest first. */
  list(peerId: string): Promise<readonly KeptShare[]>;
  /** Stores a share. @returns the share with its id */
  add(share: Omit<KeptShare, "id">): Promise<KeptShare>;
  remove(id: number): Promise<void>;
  /** Whether no tab has any share. */
  isEmpty(): Promise<boolean>;
}

interface Schema extends DBSchema {
  shares: { key: number; value: Omit<KeptShare, "id"> & { readonly id?: number } };
}

const STORE = "shares";
const VERSION = 1;

/** Validates a record, since any script of the origin can write to the database. */
function isReadable({ layers, path, token, sinceMs, untilMs }: Omit<KeptShare, "id">): boolean {
  return (
    Array.isArray(layers) &&
    typeof path === "string" &&
    token instanceof Uint8Array &&
    Number.isFinite(sinceMs) &&
    (untilMs === undefined || Number.isFinite(untilMs))
  );
}

/** Opens the database of this name. If the browser refuses storage, shares end with the page. Disposing closes it. */
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
      // A database that was closed meanwhile has been cleared, or upgraded by a later version of the page.
      await database?.delete(STORE, id).catch(() => undefined);
    },
    isEmpty: async () => ((await database?.count(STORE)) ?? 0) === 0,
    [Symbol.dispose]: () => database?.close(),
  };
}
