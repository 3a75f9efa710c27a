/**
 * A store of artefacts in a `Cache` of the platform, bounded: what was used least recently goes first.
 *
 * Each entry is a response that tells its size, and beside it a note says when it was last used. There is no index of them
 * all that could be wrong: what the cache lists counts, an entry without a note is the oldest, a note without an entry is
 * nothing. Tabs that write at the same time may keep an entry too many, until the next one is stored.
 */
import type { ArtefactStore } from "./artefacts.ts";

export interface CacheStoreOptions {
  /** What all entries may have together. */
  readonly limitBytes: number;
  readonly nowMs: () => number;
}

const ENTRIES = "/artefacts/";
const NOTES = "/artefacts-used/";
const SIZE = "entry-bytes";
const USED = "entry-used-ms";

export function createCacheStore(
  cache: Cache,
  { limitBytes, nowMs }: CacheStoreOptions,
): ArtefactStore {
  const note = (key: string): Promise<void> =>
    cache.put(
      NOTES + key,
      new Response(null, { headers: { [USED]: String(Math.trunc(nowMs())) } }),
    );
  return {
    async get(key) {
      const response = await cache.match(ENTRIES + key);
      if (response === undefined) return undefined;
      // Nobody waits for it; without it, the entry goes earlier than it should.
      note(key).catch(() => undefined);
      return new Uint8Array(await response.arrayBuffer());
    },
    async put(key, entry) {
      if (entry.length > limitBytes) return;
      await makeRoom(cache, key, limitBytes - entry.length);
      const headers = { [SIZE]: String(entry.length) };
      await cache.put(ENTRIES + key, new Response(entry as Uint8Array<ArrayBuffer>, { headers }));
      await note(key);
    },
  };
}

interface Kept {
  readonly key: string;
  readonly bytes: number;
  readonly usedMs: number;
}

/** Deletes entries until those that stay have at most so many bytes. */
async function makeRoom(cache: Cache, coming: string, limitBytes: number): Promise<void> {
  const kept = (await listEntries(cache)).filter(({ key }) => key !== coming);
  let total = kept.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { key, bytes } of kept.toSorted((a, b) => a.usedMs - b.usedMs)) {
    if (total <= limitBytes) return;
    await cache.delete(ENTRIES + key);
    await cache.delete(NOTES + key);
    total -= bytes;
  }
}

async function listEntries(cache: Cache): Promise<Kept[]> {
  const paths = (await cache.keys()).map(({ url }) => new URL(url).pathname);
  const entries = paths.filter((path) => path.startsWith(ENTRIES));
  return Promise.all(
    entries.map(async (path) => {
      const key = path.slice(ENTRIES.length);
      const entry = await cache.match(path);
      const used = await cache.match(NOTES + key);
      return {
        key,
        bytes: readNumber(entry, SIZE) ?? (await entry?.blob())?.size ?? 0,
        usedMs: readNumber(used, USED) ?? 0,
      };
    }),
  );
}

function readNumber(response: Response | undefined, header: string): number | undefined {
  const text = response?.headers.get(header) ?? "";
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
