/** Tabs in a row: a capability that one tab got from another and hands on, and tabs that die in the middle of a call. */
import type { Browser, Page } from "playwright/test";
import type { ByteStream } from "#schema";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import { expect, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";

interface Door {
  readonly ww: ProgramDoor;
  kept?: Disposable;
  said?: string;
}

// Where there is no network but the loopback, browsers meet on that only if told.
const launch = chromiumLaunch();
const permissions = ["camera", "microphone"];
test.use({
  launchOptions: {
    ...launch,
    args: [...(launch.args ?? []), "--allow-loopback-in-peer-connection"],
  },
  permissions,
});

/** Of a cell that says what it does, in a tab of a browser profile of its own. */
interface Tab {
  readonly page: Page;
  readonly said: () => Promise<string>;
  /** The ids of the connected peers. */
  readonly peers: () => Promise<readonly string[]>;
  /** The tab's id, then its addresses, as cells write them. */
  readonly place: readonly string[];
}

interface Opening {
  readonly browser: Browser;
  readonly url: string;
  readonly image: string;
}

async function openTab(
  { browser, url, image }: Opening,
  task: string,
  place: readonly string[] = [],
): Promise<Tab> {
  const context = await browser.newContext({ permissions });
  const visit = await openVisit(await context.newPage(), url);
  await visit.open();
  const { page } = visit;
  await page.evaluate(runInPage, { layers: [image], args: [task, ...place] });
  const said = async (): Promise<string> =>
    page.evaluate(() => (globalThis as unknown as Door).said ?? "");
  const locate = async (): Promise<readonly string[]> =>
    page.evaluate(async () => {
      const { ww } = globalThis as unknown as Door;
      const { host } = await (await ww.owner()).node();
      const { peerId } = await host.id();
      const { addrs } = await host.addrs();
      return [peerId, ...addrs].map((bytes) => [...bytes].join(","));
    });
  if (task !== "take") {
    await expect.poll(said, { timeout: 20_000 }).toContain("ready");
    await expect.poll(async () => (await locate()).length).toBeGreaterThan(2);
  }
  const peers = async (): Promise<readonly string[]> =>
    page.evaluate(async () => {
      const { ww } = globalThis as unknown as Door;
      const { host } = await (await ww.owner()).node();
      return (await host.peers()).peers.map(({ peerId }) => [...peerId].join(","));
    });
  return { page, said, peers, place: await locate() };
}

/** In the page: reads what the cell says. It knows nothing of what is around it. */
async function runInPage(order: { layers: string[]; args: string[] }): Promise<void> {
  const door = globalThis as unknown as Door;
  const booted = (await door.ww.owner()).boot(order);
  door.kept = booted;
  door.said = "";
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
  const read = async (stream: ByteStream): Promise<void> => {
    for (;;) {
      const { data } = await stream.read(65_536);
      if (data.length === 0) return;
      door.said += String.fromCharCode(...data);
    }
  };
  void read(booted.run.stdout().stream);
  void read(booted.run.stderr().stream);
}

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
  const opening = { browser, url: world.node.url, image: world.path("hands-on") };
  const owner = await openTab(opening, "own");
  const middle = await openTab(opening, "hand", owner.place);
  const user = await openTab(opening, "take", middle.place);
  await expect.poll(user.said, { timeout: 20_000 }).toBe(CALLING);
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
  const opening = { browser, url: world.node.url, image: world.path("hands-on") };
  const owner = await openTab(opening, "own");
  const first = await openTab(opening, "take", owner.place);
  await expect.poll(first.said, { timeout: 20_000 }).toBe(CALLING);
  await expect.poll(owner.said).toBe(`ready\n${WAITING}`);
  expect(await owner.peers()).toContain(first.place[0]);

  await crash(first.page);
  const over = `ready\n${WAITING}${GIVEN_UP}`;
  await expect.poll(owner.said, { timeout: SILENT_MS }).toBe(over);
  await expect.poll(owner.peers, { timeout: SILENT_MS }).not.toContain(first.place[0]);

  const second = await openTab(opening, "take", owner.place);
  await expect.poll(second.said, { timeout: 20_000 }).toBe(CALLING);
  await expect.poll(owner.said).toBe(`${over}${WAITING}`);
  await crash(owner.page);
  await expect.poll(second.said, { timeout: SILENT_MS }).toBe(`${CALLING}${GONE}nothing is left\n`);
  await expect.poll(second.peers, { timeout: SILENT_MS }).not.toContain(owner.place[0]);
  for (const { page } of [first, owner, second]) await page.context().close();
});

/** Ends a tab's process; nothing of it runs any more. */
async function crash(page: Page): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => undefined); // nobody answers
  await crashed;
}
