/** Tabs in a row: a capability that one tab got from another and hands on, and tabs that die in the middle of a call. */
import type { Browser } from "playwright/test";
import { DIRECT, crash, openCellTab } from "./cell-tab.ts";
import type { CellTab } from "./cell-tab.ts";
import { expect, test } from "./fixtures.ts";

test.use(DIRECT);

const IN_ORDER = Array.from({ length: 20 }, (_, at) => `${at + 1} as ${at + 1}`).join(", ");
const CALLING = `${IN_ORDER}\ncalling\n`;
const WAITING = "waiting\n".repeat(3);
const GIVEN_UP = `${"given up\n".repeat(3)}released\n`;
const GONE = `gone: ${Array.from({ length: 4 }, () => "disconnected").join(", ")}\n`;
/** By when those that called, or were called, know of a tab that is gone. */
const TOLD_MS = 2_000;
const SILENT_MS = 15_000;

test("a tab hands on what another one gave it, until it closes, which it tells", async ({
  browser,
  world,
}) => {
  const row = { browser, url: world.node.url, image: world.path("hands-on") };
  const owner = await openTab(row, "own");
  const middle = await openTab(row, "hand", owner.place);
  const user = await openTab(row, "take", middle.place);
  await expect.poll(user.said).toBe(CALLING);
  await expect.poll(owner.said).toBe(`ready\n${WAITING}`);

  await middle.page.close();
  await expect.poll(user.said, { timeout: TOLD_MS }).toBe(`${CALLING}${GONE}nothing is left\n`);
  await expect.poll(owner.said, { timeout: TOLD_MS }).toBe(`ready\n${WAITING}${GIVEN_UP}`);
  for (const { page } of [middle, owner, user]) await page.context().close();
});

test("calls of a tab that crashes end, and calls to it fail, though it says nothing", async ({
  browser,
  world,
}) => {
  test.slow();
  const row = { browser, url: world.node.url, image: world.path("hands-on") };
  const owner = await openTab(row, "own");
  const first = await openTab(row, "take", owner.place);
  await expect.poll(first.said).toBe(CALLING);
  await expect.poll(owner.said).toBe(`ready\n${WAITING}`);
  expect(await owner.peers()).toContain(first.place[0]);

  await crash(first);
  const over = `ready\n${WAITING}${GIVEN_UP}`;
  await expect.poll(owner.said, { timeout: SILENT_MS }).toBe(over);
  await expect.poll(owner.peers, { timeout: SILENT_MS }).not.toContain(first.place[0]);

  const second = await openTab(row, "take", owner.place);
  await expect.poll(second.said).toBe(CALLING);
  await expect.poll(owner.said).toBe(`${over}${WAITING}`);
  await crash(owner);
  await expect.poll(second.said, { timeout: SILENT_MS }).toBe(`${CALLING}${GONE}nothing is left\n`);
  await expect.poll(second.peers, { timeout: SILENT_MS }).not.toContain(owner.place[0]);
  for (const { page } of [first, owner, second]) await page.context().close();
});

interface Row {
  readonly browser: Browser;
  readonly url: string;
  readonly image: string;
}

interface PlacedTab extends CellTab {
  readonly place: readonly string[];
}

async function openTab(
  { browser, url, image }: Row,
  task: string,
  place: readonly string[] = [],
): Promise<PlacedTab> {
  const tab = await openCellTab(browser, url, image, [task, ...place]);
  if (task !== "take") {
    await expect.poll(tab.said).toContain("ready");
    await expect.poll(async () => (await tab.locate()).length).toBeGreaterThan(2);
  }
  return { ...tab, place: await tab.locate() };
}
