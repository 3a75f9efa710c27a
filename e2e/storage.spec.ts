/** What the browser has stored is lost, altered or refused, and images run all the same. */
import type { Page } from "playwright/test";
import { expect, test } from "./fixtures.ts";

/** Changes a byte of each block that is stored. @returns how many there were */
function alterBlocks(page: Page): Promise<number> {
  return page.evaluate(async () => {
    // oxlint-disable-next-line unicorn/consistent-function-scoping -- it runs in the page
    const done = <T>(request: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
      });
    const database = await done(indexedDB.open("blocks"));
    const store = database.transaction("blocks", "readwrite").objectStore("blocks");
    const keys = await done(store.getAllKeys());
    for (const key of keys) {
      const bytes = (await done(store.get(key))) as Uint8Array;
      bytes[bytes.length - 1] = 1 ^ (bytes.at(-1) ?? 0);
      await done(store.put(bytes, key));
    }
    database.close();
    return keys.length;
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
