/**
 * A blockstore in IndexedDB, shared by all tabs of the origin.
 *
 * `blockstore-idb` stores each block in its own transaction, with the whole buffer behind it, and queries the
 * database for each `has`: 10 000 small files took 7 GB and two minutes.
 */
import { concatBytes, Exception, toMessage } from "#base";
import { BaseBlockstore } from "blockstore-core";
import { openDB, unwrap } from "idb";
import type { DBSchema, IDBPDatabase } from "idb";
import { base32upper } from "multiformats/bases/base32";
import { CID } from "multiformats/cid";
import { decode } from "multiformats/hashes/digest";

interface Schema extends DBSchema {
  blocks: { key: string; value: Uint8Array };
  /** When a layer was used last, since 1970, by its CID. */
  layers: { key: string; value: number };
}

const STORE = "blocks";
const LAYERS = "layers";
/** Version 1 was the library's; its blocks are far too large. Version 2 had no layers. */
const VERSION = 3;
const RAW = 0x55;

type Bytes = Uint8Array | Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Opens the database of this name, empty the first time.
 *
 * @throws {Exception} `failed` when the browser refuses storage
 */
export async function openBlockDatabase(name: string): Promise<BlockDatabase> {
  const database = new BlockDatabase(name);
  await database.open();
  return database;
}

/** A connection, and the keys of what is stored. */
interface Opened {
  readonly database: IDBPDatabase<Schema>;
  readonly keys: Set<string>;
}

/**
 * A blockstore keyed by multihash.
 *
 * The keys found at opening are kept in memory: a query for each took most of the time of a second boot with 10 000
 * files. A key that is missing there may have been stored by another tab since.
 *
 * The browser closes the connection when the visitor clears the origin's data; the next use opens it again.
 */
export class BlockDatabase extends BaseBlockstore {
  readonly #name: string;
  #opened: Promise<Opened> | undefined;
  #disposed = false;

  constructor(name: string) {
    super();
    this.#name = name;
  }

  /** Opens the connection unless it is open. @throws {Exception} `failed` when the browser refuses storage */
  async open(): Promise<void> {
    await this.#open();
  }

  override async has(cid: CID): Promise<boolean> {
    const key = toKey(cid);
    return await this.#use(async ({ database, keys }) => {
      if (keys.has(key)) return true;
      if ((await database.getKey(STORE, key)) === undefined) return false;
      keys.add(key);
      return true;
    });
  }

  override async put(cid: CID, bytes: Bytes): Promise<CID> {
    await Array.fromAsync(this.putMany([{ cid, bytes }]));
    return cid;
  }

  /** Stores all blocks in one transaction, or none. @throws {Exception} `failed`, with the browser's reason */
  override async *putMany(source: Iterable<Pair> | AsyncIterable<Pair>): AsyncGenerator<CID> {
    const blocks: { cid: CID; key: string; bytes: Uint8Array }[] = [];
    for await (const { cid, bytes } of source) {
      blocks.push({ cid, key: toKey(cid), bytes: await toOwned(bytes) });
    }
    try {
      await this.#use(async ({ database, keys }) => {
        const { done, store } = database.transaction(STORE, "readwrite", {
          // Blocks lost in a power failure are fetched again.
          durability: "relaxed",
        });
        // Without a promise for each, which costs as much as the request: one that fails aborts the transaction, whose error
        // has the reason.
        const plain = unwrap(store);
        for (const { key, bytes } of blocks) plain.put(bytes, key);
        await done;
        for (const { key } of blocks) keys.add(key);
      });
    } catch (reason) {
      throw toStorageException(reason);
    }
    for (const { cid } of blocks) yield cid;
  }

  override async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const key = toKey(cid);
    const bytes = await this.#use(async ({ database, keys }) => {
      const found = await database.get(STORE, key);
      if (found === undefined) keys.delete(key);
      return found;
    });
    if (bytes === undefined) {
      const missing = new Error(`No block "${cid.toString()}" is stored`);
      missing.name = "NotFoundError";
      throw missing;
    }
    yield bytes;
  }

  override async delete(cid: CID): Promise<void> {
    const key = toKey(cid);
    await this.#use(async ({ database, keys }) => {
      keys.delete(key);
      await database.delete(STORE, key);
    });
  }

  override async *getAll(): AsyncGenerator<{ cid: CID; bytes: AsyncGenerator<Uint8Array> }> {
    for (const key of await this.#use(({ database }) => database.getAllKeys(STORE))) {
      const cid = CID.createV1(RAW, decode(base32upper.decode(key.slice(1))));
      yield { cid, bytes: this.get(cid) };
    }
  }

  /** Notes when a layer was used. */
  async touchLayer(root: CID, ms: number): Promise<void> {
    await this.#use(({ database }) => database.put(LAYERS, ms, root.toString()));
  }

  /** The least recently used first. */
  async listLayers(): Promise<readonly CID[]> {
    const [keys, times] = await this.#use(({ database }) =>
      Promise.all([database.getAllKeys(LAYERS), database.getAll(LAYERS)]),
    );
    const timed = keys.map((key, at) => [CID.parse(key), times[at] ?? 0] as const);
    return timed.toSorted(([, a], [, b]) => a - b).map(([root]) => root);
  }

  async forgetLayer(root: CID): Promise<void> {
    await this.#use(({ database }) => database.delete(LAYERS, root.toString()));
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    void this.#opened?.then(
      ({ database }) => database.close(),
      () => undefined, // it was never open
    );
  }

  /** Does it on an open connection; once more if the browser closes that meanwhile. */
  async #use<T>(action: (opened: Opened) => Promise<T>): Promise<T> {
    const opening = this.#open();
    const opened = await opening;
    try {
      return await action(opened);
    } catch (reason) {
      if (!isConnectionLost(reason) && this.#opened === opening) throw reason;
      this.#forget(opening);
    }
    return action(await this.#open());
  }

  #open(): Promise<Opened> {
    if (this.#opened !== undefined) return this.#opened;
    if (this.#disposed) throw new TypeError("The block database was disposed");
    const opened = connect(this.#name, () => this.#forget(opened));
    this.#opened = opened;
    opened.catch(() => this.#forget(opened));
    return opened;
  }

  #forget(opened: Promise<Opened>): void {
    if (this.#opened === opened) this.#opened = undefined;
  }
}

/** @param onClosed called when the browser closes the connection
 * @throws {Exception} `failed`, with the browser's reason */
async function connect(name: string, onClosed: () => void): Promise<Opened> {
  const { promise: inTheWay, reject } = Promise.withResolvers<never>();
  const opening = openDB<Schema>(name, VERSION, {
    upgrade(opened, before) {
      if (before < 2) {
        for (const store of opened.objectStoreNames) opened.deleteObjectStore(store);
        opened.createObjectStore(STORE);
      }
      opened.createObjectStore(LAYERS);
    },
    blocked: () => reject(new Error("Another tab has an earlier version of the page")),
    // A later version of the page upgrades the database, or somebody deletes it.
    blocking(_current, _wanted, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
  try {
    const database = await Promise.race([opening, inTheWay]);
    return { database, keys: new Set(await database.getAllKeys(STORE)) };
  } catch (reason) {
    const state = `${toMessage(reason)}; reload the page`;
    throw new Exception("failed", `Cannot open the stored blocks: ${state}`, { cause: reason });
  }
}

/** What a closed connection answers, and a transaction that its end has cut off. */
function isConnectionLost(reason: unknown): boolean {
  return reason instanceof DOMException && LOST.has(reason.name);
}

const LOST: ReadonlySet<string> = new Set(["InvalidStateError", "AbortError"]);

interface Pair {
  readonly cid: CID;
  readonly bytes: Bytes;
}

function toKey(cid: CID): string {
  return `/${base32upper.encode(cid.multihash.bytes)}`;
}

/** IndexedDB stores the whole buffer behind a view. */
async function toOwned(bytes: Bytes): Promise<Uint8Array> {
  const whole = bytes instanceof Uint8Array ? bytes : concatBytes(await Array.fromAsync(bytes));
  return whole.length === whole.buffer.byteLength ? whole : whole.slice();
}

function toStorageException(reason: unknown): Exception {
  const isFull = reason instanceof Error && reason.name === "QuotaExceededError";
  const state = isFull
    ? "the browser's storage quota is used up; free disk space, or clear other pages' data"
    : toMessage(reason);
  return new Exception("failed", `Cannot store blocks: ${state}`, { cause: reason });
}
