/**
 * A blockstore in IndexedDB, shared by all tabs of the origin.
 *
 * `blockstore-idb` stores each block in a transaction of its own, with the whole buffer behind it, and queries the database
 * for each `has`: 10 000 small files took 7 GB and two minutes. Here, small blocks are stored in packs.
 */
import { concatBytes, Exception, toDigestKey, toMessage } from "#base";
import { BaseBlockstore } from "blockstore-core";
import { openDB, unwrap } from "idb";
import { base32upper } from "multiformats/bases/base32";
import { CID } from "multiformats/cid";
import { decode } from "multiformats/hashes/digest";
import { BLOCKS, INDEXES, LAYERS, PACKS, upgradeBlocks, VERSION } from "./block-schema.ts";
import type { BlockConnection, BlockSchema } from "./block-schema.ts";
import { choosePacked, PackedBlocks } from "./packed-blocks.ts";
import type { StoredBlock } from "./packed-blocks.ts";

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

/** A connection, and what it knows to be stored: the keys of single blocks, and the packs. */
interface Opened {
  readonly database: BlockConnection;
  readonly keys: Set<string>;
  readonly packs: PackedBlocks;
}

/**
 * A blockstore keyed by multihash.
 *
 * The keys are read into memory at opening: querying each took most of the time of a second boot with 10 000 files. A key
 * that is not in memory may have been stored by another tab since, so it is queried.
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
    const digest = toDigestKey(cid);
    return await this.#use(async ({ database, keys, packs }) => {
      if (packs.has(digest)) return true;
      const key = toKey(cid);
      if (keys.has(key)) return true;
      const [found] = await Promise.all([database.getKey(BLOCKS, key), packs.refresh()]);
      if (found !== undefined) keys.add(key);
      return found !== undefined || packs.has(digest);
    });
  }

  override async put(cid: CID, bytes: Bytes): Promise<CID> {
    await Array.fromAsync(this.putMany([{ cid, bytes }]));
    return cid;
  }

  /** Stores all blocks in one transaction, or none. @throws {Exception} `failed`, with the browser's reason */
  override async *putMany(source: Iterable<Pair> | AsyncIterable<Pair>): AsyncGenerator<CID> {
    const blocks: StoredBlock[] = [];
    for await (const { cid, bytes } of source) blocks.push({ cid, bytes: await toWhole(bytes) });
    try {
      await this.#use(async ({ database, keys, packs }) => {
        const writing = database.transaction([BLOCKS, PACKS, INDEXES], "readwrite", {
          // Blocks lost in a power failure are fetched again.
          durability: "relaxed",
        });
        // A block must not be stored both packed and alone, or it would have to be removed twice.
        const unpacked = blocks.filter(({ cid }) => !packs.has(toDigestKey(cid)));
        const packed = new Set(choosePacked(unpacked.filter(({ cid }) => !keys.has(toKey(cid)))));
        const single = unpacked.filter((block) => !packed.has(block));
        // Unwrapped, to save a promise for each request, which costs as much as the request. A request that fails aborts the
        // transaction, whose error has the reason.
        const plain = unwrap(writing.objectStore(BLOCKS));
        for (const { cid, bytes } of single) plain.put(toOwned(bytes), toKey(cid));
        const learn = packs.write(writing, [...packed]);
        await writing.done;
        learn();
        for (const { cid } of single) keys.add(toKey(cid));
      });
    } catch (reason) {
      throw toStorageException(reason);
    }
    for (const { cid } of blocks) yield cid;
  }

  override async *get(cid: CID): AsyncGenerator<Uint8Array> {
    const digest = toDigestKey(cid);
    const bytes = await this.#use(async ({ database, keys, packs }) => {
      const packed = await packs.read(digest);
      if (packed !== undefined) return packed;
      const key = toKey(cid);
      const found = await database.get(BLOCKS, key);
      if (found !== undefined) return found;
      keys.delete(key);
      await packs.refresh();
      return packs.read(digest);
    });
    if (bytes === undefined) {
      const missing = new Error(`No block "${cid.toString()}" is stored`);
      missing.name = "NotFoundError";
      throw missing;
    }
    yield bytes;
  }

  override async delete(cid: CID): Promise<void> {
    await Array.fromAsync(this.deleteMany([cid]));
  }

  /** Removes all blocks in one transaction, or none. */
  override async *deleteMany(source: Iterable<CID> | AsyncIterable<CID>): AsyncGenerator<CID> {
    const cids = await Array.fromAsync(source);
    await this.#use(async ({ database, keys, packs }) => {
      await packs.refresh();
      const writing = database.transaction([BLOCKS, PACKS, INDEXES], "readwrite");
      const plain = unwrap(writing.objectStore(BLOCKS));
      for (const cid of cids) plain.delete(toKey(cid));
      const learn = await packs.remove(writing, new Set(cids.map(toDigestKey)));
      await writing.done;
      learn();
      for (const cid of cids) keys.delete(toKey(cid));
    });
    yield* cids;
  }

  override async *getAll(): AsyncGenerator<{ cid: CID; bytes: AsyncGenerator<Uint8Array> }> {
    const [keys, digests] = await this.#use(async ({ database, packs }) => {
      await packs.refresh();
      return [await database.getAllKeys(BLOCKS), [...packs.digests()]] as const;
    });
    const multihashes = [
      ...keys.map((key) => base32upper.decode(key.slice(1))),
      ...digests.map((digest) => Uint8Array.from(digest, (letter) => letter.charCodeAt(0))),
    ];
    for (const multihash of multihashes) {
      const cid = CID.createV1(RAW, decode(multihash));
      yield { cid, bytes: this.get(cid) };
    }
  }

  /** Records when a layer was used. */
  async touchLayer(root: CID, ms: number): Promise<void> {
    await this.#use(({ database }) => database.put(LAYERS, ms, root.toString()));
  }

  /** All recorded layers, least recently used first. */
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

  /** Runs the action on an open connection; if the browser closes that meanwhile, once more on a new one. */
  async #use<T>(action: (opened: Opened) => Promise<T>): Promise<T> {
    const opening = this.#open();
    const opened = await opening;
    try {
      return await action(opened);
    } catch (reason) {
      if (!isConnectionLost(reason) && this.#opened === opening) throw reason;
      this.#forget(opening);
      // After an aborted transaction it may be open still. Other transactions on it end first.
      opened.database.close();
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

/**
 * @param onClosed called when the browser closes the connection
 * @throws {Exception} `failed`, with the browser's reason
 */
async function connect(name: string, onClosed: () => void): Promise<Opened> {
  const { promise: blocked, reject } = Promise.withResolvers<never>();
  const opening = openDB<BlockSchema>(name, VERSION, {
    upgrade: upgradeBlocks,
    blocked: () => reject(new Error("Another tab has an earlier version of the page")),
    // A later version of the page upgrades the database, or the database is being deleted.
    blocking(_current, _wanted, event) {
      (event.target as IDBDatabase).close();
      onClosed();
    },
    terminated: onClosed,
  });
  try {
    const database = await Promise.race([opening, blocked]);
    const packs = await PackedBlocks.open(database);
    return { database, keys: new Set(await database.getAllKeys(BLOCKS)), packs };
  } catch (reason) {
    const state = `${toMessage(reason)}; reload the page`;
    throw new Exception("failed", `Cannot open the stored blocks: ${state}`, { cause: reason });
  }
}

/** Whether the error is that of a closed connection, or of a transaction that was aborted by its end. */
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

async function toWhole(bytes: Bytes): Promise<Uint8Array> {
  return bytes instanceof Uint8Array ? bytes : concatBytes(await Array.fromAsync(bytes));
}

/** IndexedDB stores the whole buffer behind a view. */
function toOwned(bytes: Uint8Array): Uint8Array {
  return bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
}

function toStorageException(reason: unknown): Exception {
  const isFull = reason instanceof Error && reason.name === "QuotaExceededError";
  const state = isFull
    ? "the browser's storage quota is used up; free disk space, or clear other pages' data"
    : toMessage(reason);
  return new Exception("failed", `Cannot store blocks: ${state}`, { cause: reason });
}
