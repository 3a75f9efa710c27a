/** Peers that come and go. */
import type { Page } from "playwright/test";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { DIRECT } from "./cell-tab.ts";
import { expect, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";
import { locateTab } from "./peer-address.ts";

interface Door {
  readonly ww: ProgramDoor;
}

test.use(DIRECT);

const TABS = 4;
const ROUNDS = 4;
/** By when a tab knows of one that has said goodbye. */
const TOLD_MS = 2_000;

test("a tab has no connection to another browser left once its peers have gone, however many came", async ({
  context,
  visit,
  world,
}) => {
  test.slow();
  await visit.open();
  const address = await locateTab(visit.page, "/p2p-circuit/webrtc");
  const count = visit.page.locator("#direct");
  await expect(count).toHaveText("0");
  const others: Page[] = [];
  for (let tab = 0; tab < TABS; tab++) {
    const other = await openVisit(await context.newPage(), world.node.url);
    await other.open();
    others.push(other.page);
  }
  for (let round = 0; round < ROUNDS; round++) {
    await Promise.all(others.map((page) => meet(page, address)));
    await expect(count).toHaveText(`${TABS}`);
    await Promise.all(others.map((page) => page.reload()));
    await expect(count).toHaveText("0", { timeout: TOLD_MS });
    await expect(visit.page.locator("#peers")).toContainText("1 peer");
  }
});

async function meet(page: Page, address: string): Promise<void> {
  await page.evaluate(async (place) => {
    const { ww } = globalThis as unknown as Door;
    await (await ww.owner()).meet(place);
  }, address);
}
