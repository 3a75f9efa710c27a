/** What the browser has stored is lost, altered or refused, and images run all the same. */
import type { Page } from "playwright/test";
import { expect, test } from "./fixtures.ts";

/** Changes all blocks that are stored. @returns how many records they were */
function alterBlocks(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open("blocks"));
    let records = 0;
    for (const name of ["blocks", "packs"]) {
      const store = database.transaction(name, "readwrite").objectStore(name);
      for (const key of await done(store.getAllKeys())) {
        const bytes = (await done(store.get(key))) as Uint8Array;
        await done(
          store.put(
            bytes.map((byte) => byte ^ 1),
            key,
          ),
        );
        records++;
      }
    }
    database.close();
    return records;
  });
}

test("blocks that somebody has altered are fetched again", async ({ page, world, visit }) => {
  await visit.open();
  await visit.expectReady(world.path("pid0"));
  await expect.poll(() => alterBlocks(page)).toBeGreaterThan(2);
  await page.reload();
  await visit.expectReady(world.path("pid0"));
});

test("a browser without room for blocks", async ({ page, world, visit }) => {
  const session = await page.context().newCDPSession(page);
  const origin = new URL(world.node.url).origin;
  await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 1 });
  await visit.open();
  await visit.expectReady(world.path("pid0"));
  expect(await alterBlocks(page)).toBe(0);
});

test("images open after the origin's data was cleared", async ({ page, world, visit }) => {
  await visit.open();
  await visit.expectReady(world.path("pid0"));
  await expect.poll(() => countBlocks(page)).toBeGreaterThan(2);
  const session = await page.context().newCDPSession(page);
  const { origin } = new URL(world.node.url);
  await session.send("Storage.clearDataForOrigin", { origin, storageTypes: "all" });
  // One that was not here, one that was, and what is stored anew.
  await visit.run({ layers: [world.path("shell")], args: [] });
  await visit.expectReady(world.path("pid0"));
  await expect.poll(() => countBlocks(page)).toBeGreaterThan(2);
});

/** How many blocks are stored; none where there is no database. */
function countBlocks(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const opening = indexedDB.open("blocks");
    opening.onupgradeneeded = () => opening.transaction?.abort();
    opening.onerror = () => resolve(0);
    opening.onsuccess = () => {
      const counting = opening.result.transaction("blocks").objectStore("blocks").count();
      counting.onsuccess = () => resolve(counting.result);
      counting.onerror = () => reject(counting.error);
      opening.result.close();
    };
    return promise;
  });
}
