/** Artefacts in the platform's own Cache: a second session transpiles nothing. */
import { afterAll, expect, test } from "vitest";
import { createArtefacts } from "./artefacts.ts";
import { startBench } from "./bench.testing.ts";
import { createCacheStore } from "./cache-store.ts";
import { command, RETURNS_ERR } from "./guests.testing.ts";
import { startTranspiler } from "./transpiler.ts";
import type { Transpiler } from "./transpiler.ts";

const bench = startBench();
afterAll(() => bench[Symbol.dispose]());

test("createCacheStore() keeps artefacts for a session without a transpiler", async () => {
  const name = "cache-store-test";
  await caches.delete(name);
  const component = await command(RETURNS_ERR);
  using transpiler = startTranspiler({
    spawn: () =>
      new Worker(new URL("../workers/transpile.worker.ts", import.meta.url), { type: "module" }),
  });
  const store = createCacheStore(await caches.open(name));
  const first = await createArtefacts({ mode: "jspi", transpiler, store }).get(component);

  const none: Pick<Transpiler, "transpile"> = {
    transpile: () => Promise.reject(new Error("There is no transpiler")),
  };
  const again = createCacheStore(await caches.open(name));
  const second = await createArtefacts({ mode: "jspi", transpiler: none, store: again }).get(
    component,
  );
  expect(second.glue).toBe(first.glue);
  await using cell = bench.startArtefact(second);
  expect(await cell.exited).toEqual({ type: "exited", code: 1 });

  await again.put(second.key, new Uint8Array(100));
  const session = createArtefacts({ mode: "jspi", transpiler: none, store: again });
  await expect(session.get(component)).rejects.toThrow("There is no transpiler");
  await caches.delete(name);
});
