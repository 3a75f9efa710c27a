/** Tabs that serve each other. */
import type { Page } from "playwright/test";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import { expect, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";

interface Door {
  readonly ww: ProgramDoor;
  kept?: Disposable;
}

/** Boots an image that goes on. */
async function boot(page: Page, path: string, args: readonly string[]): Promise<void> {
  await page.evaluate(
    async ([layer, words]) => {
      const door = globalThis as unknown as Door;
      door.kept = (await door.ww.owner()).boot({ layers: [layer], args: words });
    },
    [path, args] as const,
  );
}

/** Where a tab is, as its cells write it: its id, then its addresses. */
async function locate(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { ww } = globalThis as unknown as Door;
    const { host } = await (await ww.owner()).node();
    const { peerId } = await host.id();
    const { addrs } = await host.addrs();
    return [peerId, ...addrs].map((bytes) => [...bytes].join(","));
  });
}

// Where there is no network but the loopback, browsers meet on that only if told.
const launch = chromiumLaunch();
test.use({
  launchOptions: {
    ...launch,
    args: [...(launch.args ?? []), "--allow-loopback-in-peer-connection"],
  },
  permissions: ["camera", "microphone"],
});

test("a tab finds another one by its id alone, behind the relay of both", async ({
  context,
  visit,
  world,
}) => {
  await visit.open();
  await boot(visit.page, world.path("meets"), ["serve"]);
  await expect.poll(async () => (await locate(visit.page)).length).toBeGreaterThan(2);
  const [id = ""] = await locate(visit.page);
  const caller = await openVisit(await context.newPage(), world.node.url);
  await caller.open();
  // The service is announced a moment after its process has started.
  await expect(async () => {
    const ran = await caller.run({ layers: [world.path("meets")], args: ["call", id] });
    expect(ran.stderr).toBe("");
    expect(ran.stdout).toContain("Tab: one Tab: two");
  }).toPass({ timeout: 30_000 });
});

test("what finds peers is loaded once an image runs", async ({ visit, world }) => {
  const loaded: string[] = [];
  visit.page.on("request", (request) => {
    if (/\/(tabs-topic|create-dht)-/.test(request.url())) loaded.push(request.url());
  });
  await visit.open();
  await expect(visit.page.getByText("1 peer")).toBeVisible();
  expect(loaded).toEqual([]);
  await visit.paste(world.path("pid0"));
  await expect.poll(() => loaded.length).toBe(1);
  expect(loaded[0]).toContain("/tabs-topic-");
});

test("a tab calls a capability that another tab serves, over a direct connection", async ({
  context,
  visit,
  world,
}) => {
  const served = visit;
  await served.open();
  await boot(served.page, world.path("meets"), ["serve"]);
  await expect.poll(async () => (await locate(served.page)).length).toBeGreaterThan(2);
  const place = await locate(served.page);

  const caller = await openVisit(await context.newPage(), world.node.url);
  await caller.open();
  // The service is announced a moment after its process has started.
  await expect(async () => {
    const ran = await caller.run({ layers: [world.path("meets")], args: ["call", ...place] });
    expect(ran.stderr).toBe("");
    expect(ran.stdout.trimEnd().split("\n")).toEqual([
      "Tab: one Tab: two",
      "WHISPER",
      'The peer does not serve "/ww/0.1.0/vat/none"',
      "directly",
    ]);
  }).toPass({ timeout: 30_000 });
});
