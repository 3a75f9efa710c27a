/** Artefacts in the platform's own Cache: a second session transpiles nothing. */
import { afterAll, beforeEach, expect, test } from "vitest";
import { createArtefacts } from "./artefacts.ts";
import type { ArtefactStore } from "./artefacts.ts";
import type { Artefact } from "./artefact.ts";
import { CELL_SCRIPT, startBench } from "./bench.testing.ts";
import { createCacheStore } from "./cache-store.ts";
import { command, RETURNS_ERR } from "./guests.testing.ts";
import { startTranspiler } from "./transpiler.ts";
import type { Transpiler } from "./transpiler.ts";

const bench = startBench();
afterAll(() => bench[Symbol.dispose]());

const NAME = "cache-store-test";
beforeEach(async () => void (await caches.delete(NAME)));
afterAll(async () => void (await caches.delete(NAME)));

/** A store in the cache as it is now; its clock goes on with each look at it. */
let clock = 1_000_000;
async function openStore(limitBytes = 100_000_000): Promise<ArtefactStore> {
  return createCacheStore(await caches.open(NAME), { limitBytes, nowMs: () => clock++ });
}

async function listStored(store: ArtefactStore, keys: readonly string[]): Promise<string[]> {
  const sizes = await Promise.all(keys.map(async (key) => (await store.get(key))?.length));
  return keys.filter((_, at) => sizes[at] !== undefined);
}

test("createCacheStore() keeps artefacts for a session without a transpiler", async () => {
  const component = await command(RETURNS_ERR);
  using transpiler = startTranspiler({
    spawn: () =>
      new Worker(new URL("../workers/transpile.worker.ts", import.meta.url), { type: "module" }),
  });
  const store = await openStore();
  const common = { mode: "jspi", script: CELL_SCRIPT } as const;
  const first = await createArtefacts({ ...common, transpiler, store }).get(component);

  const none: Pick<Transpiler, "transpile"> = {
    transpile: () => Promise.reject(new Error("There is no transpiler")),
  };
  const again = await openStore();
  const second = await createArtefacts({ ...common, transpiler: none, store: again }).get(
    component,
  );
  expect(await fetchText(second)).toBe(await fetchText(first));
  await using cell = bench.startArtefact(second);
  expect(await cell.exited).toEqual({ type: "exited", code: 1 });

  await again.put(second.key, new Uint8Array(100));
  const session = createArtefacts({ ...common, transpiler: none, store: again });
  await expect(session.get(component)).rejects.toThrow("There is no transpiler");
});

test("put() makes room by what was used least recently", async () => {
  const store = await openStore(1000);
  for (const key of ["a", "b", "c"]) await store.put(key, new Uint8Array(300));
  // A reader need not wait until its use is noted; a writer does.
  await store.put("a", new Uint8Array(300));
  await store.put("d", new Uint8Array(300));
  expect(await listStored(store, ["a", "b", "c", "d"])).toEqual(["a", "c", "d"]);
  await store.put("e", new Uint8Array(800));
  expect(await listStored(store, ["a", "b", "c", "d", "e"])).toEqual(["e"]);
});

test("get() counts as use", async () => {
  const store = await openStore(1000);
  for (const key of ["a", "b", "c"]) await store.put(key, new Uint8Array(300));
  await store.get("a");
  const cache = await caches.open(NAME);
  await expect
    .poll(async () => (await cache.match("/artefacts-used/a"))?.headers.get("entry-used-ms"))
    .toBe(`${clock - 1}`);
  await store.put("d", new Uint8Array(300));
  expect(await listStored(store, ["a", "b", "c", "d"])).toEqual(["a", "c", "d"]);
});

test("put() keeps nothing that is larger than all there may be", async () => {
  const store = await openStore(1000);
  await store.put("a", new Uint8Array(300));
  await store.put("b", new Uint8Array(1001));
  expect(await listStored(store, ["a", "b"])).toEqual(["a"]);
});

test("put() counts an entry once, however often it is stored", async () => {
  const store = await openStore(1000);
  await store.put("a", new Uint8Array(400));
  for (let i = 0; i < 5; i++) await store.put("b", new Uint8Array(500));
  expect(await listStored(store, ["a", "b"])).toEqual(["a", "b"]);
});

test.each<[string, (cache: Cache) => Promise<unknown>]>([
  ["lost", (cache) => cache.delete("/artefacts-used/a")],
  ["nonsense", (cache) => cache.put("/artefacts-used/a", note("soon"))],
  ["of entries that are gone", (cache) => cache.put("/artefacts-used/z", note("1"))],
  [
    "without the size of its entry",
    (cache) => cache.put("/artefacts/a", new Response(new Uint8Array(300))),
  ],
])("put() keeps within its bounds with a note that is %s", async (_, spoil) => {
  const store = await openStore(1000);
  for (const key of ["a", "b", "c"]) await store.put(key, new Uint8Array(300));
  await spoil(await caches.open(NAME));
  await store.put("d", new Uint8Array(300));
  expect(await listStored(store, ["a", "b", "c", "d"])).toEqual(["b", "c", "d"]);
});

function note(usedMs: string): Response {
  return new Response(null, { headers: { "entry-used-ms": usedMs } });
}

async function fetchText({ address }: Artefact): Promise<string> {
  return (await fetch(address)).text();
}
