import { openDB } from "idb";
import { expect, test } from "vitest";
import { serve } from "#capnp";
import { Powerbox } from "#schema";
import type { Ask } from "#schema";
import type { KeptGrant } from "#ui";
import { openKeptGrants } from "./kept-grants.ts";

/** Treats names that begin with a slash as immutable. */
function nameLayers(layers: readonly string[]): readonly string[] | undefined {
  return layers.every((layer) => layer.startsWith("/")) ? layers : undefined;
}

/** An ask as the page receives it, in a message. */
async function receiveAsk(): Promise<Ask> {
  const { promise, resolve } = Promise.withResolvers<Ask>();
  using powerbox = serve(Powerbox, {
    request(ask) {
      resolve(ask);
      return { grant: {} };
    },
    restore: () => ({ grant: {} }),
  });
  await powerbox.request({ reason: "to read", which: "folder", folder: { writes: true } });
  return promise;
}

async function makeGrant(layers: readonly string[]): Promise<Omit<KeptGrant, "id">> {
  const handle = await navigator.storage.getDirectory();
  return {
    layers,
    label: "Notes",
    ask: await receiveAsk(),
    narrowing: { expiresMs: 5 },
    lasting: { type: "handle", handle },
    sinceMs: 9,
  };
}

test("openKeptGrants() finds a grant by its token, after it was closed, for the same images", async () => {
  const name = `grants-${crypto.randomUUID()}`;
  const layers = ["/a", "/b"];
  let token: Uint8Array;
  {
    using kept = await openKeptGrants(name, nameLayers);
    ({ token } = await kept.keep(await makeGrant(layers)));
    expect(token).toHaveLength(32);
  }
  using kept = await openKeptGrants(name, nameLayers);
  const [grant] = await kept.list();
  expect(grant).toMatchObject({
    label: "Notes",
    layers,
    ask: { reason: "to read", which: "folder", folder: { writes: true } },
    narrowing: { expiresMs: 5 },
    lasting: { handle: expect.any(FileSystemDirectoryHandle) },
    sinceMs: 9,
  });
  expect(await kept.find(token, layers)).toEqual(grant);
  for (const others of [["/a"], ["/b", "/a"], ["/a", "/b", "/c"], ["/a,/b"], [], ["a", "b"]]) {
    expect(await kept.find(token, others)).toBeUndefined();
  }
  expect(await kept.find(token.with(0, (token[0] ?? 0) ^ 1), layers)).toBeUndefined();
  expect(await kept.find(new Uint8Array(), layers)).toBeUndefined();
});

test("openKeptGrants() stores no token", async () => {
  const name = `grants-${crypto.randomUUID()}`;
  using kept = await openKeptGrants(name, nameLayers);
  const { token } = await kept.keep(await makeGrant(["/a"]));
  using database = Object.assign(await openDB(name), {
    [Symbol.dispose](this: IDBDatabase) {
      this.close();
    },
  });
  const stored: unknown[] = await database.getAll("grants");
  expect(stored).toHaveLength(1);
  const hex = Array.from(token, (byte) => byte.toString(16).padStart(2, "0")).join("");
  expect(JSON.stringify(stored)).not.toContain(hex);
  expect(JSON.stringify(stored)).not.toContain(String(token));
});

test("openKeptGrants() tells every tab what was removed, and finds it no more", async () => {
  const name = `grants-${crypto.randomUUID()}`;
  using mine = await openKeptGrants(name, nameLayers);
  using theirs = await openKeptGrants(name, nameLayers);
  const { id, token } = await mine.keep(await makeGrant(["/a"]));
  const seen: unknown[] = [];
  const over = new AbortController();
  for (const kept of [mine, theirs]) {
    kept.watch((removed) => removed !== undefined && seen.push(removed), { signal: over.signal });
  }
  await theirs.remove(id);
  await expect.poll(() => seen).toEqual([id, id]);
  expect(await mine.find(token, ["/a"])).toBeUndefined();
  expect(await mine.list()).toEqual([]);
  over.abort();
  await theirs.remove(id);
  expect(seen).toHaveLength(2);
});

test("openKeptGrants() keeps nothing for images whose names do not last", async () => {
  using kept = await openKeptGrants(`grants-${crypto.randomUUID()}`, nameLayers);
  expect(kept.canKeep(["/a"])).toBe(true);
  expect(kept.canKeep(["/a", "folder"])).toBe(false);
  await expect(kept.keep(await makeGrant(["folder"]))).rejects.toThrow("no lasting name");
});
