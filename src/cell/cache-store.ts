/** A store of artefacts in a `Cache` of the platform. */
import type { ArtefactStore } from "./artefacts.ts";

/** Keeps each entry as the response to a path that nobody serves. */
export function createCacheStore(cache: Cache): ArtefactStore {
  return {
    async get(key) {
      const response = await cache.match(address(key));
      return response === undefined ? undefined : new Uint8Array(await response.arrayBuffer());
    },
    async put(key, entry) {
      await cache.put(address(key), new Response(entry as Uint8Array<ArrayBuffer>));
    },
  };
}

function address(key: string): string {
  return `/artefacts/${key}`;
}
