/** Several tabs of one browser, and tabs that go. */
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { base58btc } from "multiformats/bases/base58";
import { startLocalNode } from "#cli";
import type { LocalNode } from "#cli";
import { startNode } from "#net";
import { DIST_FOLDER, expect, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";

test("two tabs are two peers", async ({ context, visit, world }) => {
  await visit.open(world.path("pid0"));
  const other = await openVisit(await context.newPage(), world.node.url);
  await other.open(world.path("pid0"));
  const ids: string[] = [];
  for (const { page, status } of [visit, other]) {
    await expect(status).toHaveText("Exited with code 0");
    await page.getByText("1 peer").click();
    ids.push(await page.locator("#peer-id").innerText());
  }
  expect(new Set(ids).size).toBe(2);
  for (const id of ids) expect(id).toMatch(/^12D3KooW/);
});

test("a tab keeps its identity when it is loaded again", async ({ visit }) => {
  const read = async (): Promise<string> => {
    await visit.page.getByText("1 peer").click();
    return visit.page.locator("#peer-id").innerText();
  };
  await visit.open();
  const before = await read();
  await visit.page.reload();
  expect(await read()).toBe(before);
});

for (const [name, keeps] of [
  ["the identity that it had", true],
  ["another identity", false],
] as const) {
  test(`a relay that is restarted with ${name} has the tab back`, async ({ page }, info) => {
    const state = info.outputPath("state");
    const start = (port: number): Promise<LocalNode> =>
      startLocalNode({
        port,
        images: [],
        distFolder: DIST_FOLDER,
        stateFolder: keeps ? () => state : undefined,
      });
    const first = await start(0);
    const visit = await openVisit(page, first.url);
    await visit.open();
    await expect(page.getByText("1 peer")).toBeVisible();
    await first[Symbol.asyncDispose]();
    await expect(page.getByText("0 peers")).toBeVisible();
    await using second = await start(Number(new URL(first.url).port));
    expect(second.relay === first.relay).toBe(keeps);
    await expect(page.getByText("1 peer")).toBeVisible({ timeout: 5000 });
  });
}

test("a tab that is closed while it boots leaves nothing behind", async ({
  context,
  world,
  stage,
}) => {
  const { gateway, visit, node } = await stage();
  await visit.open(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  gateway.behave("halting");
  await visit.paste(world.path("shell"));
  await expect(visit.status).toHaveText(/^(Fetching|Looking)/);
  await expect(visit.page.getByText("1 peer")).toBeVisible();
  await visit.page.getByText("1 peer").click();
  const peerId = await visit.page.locator("#peer-id").innerText();

  // Whoever knows its id reaches it through the relay, until it is gone.
  await using caller = await startNode({ datastore: new MemoryDatastore(), relays: [node.relay] });
  const throughRelay = multiaddr(`${node.relay}/p2p-circuit`);
  const reach = (): Promise<void> =>
    caller.connect(base58btc.baseDecode(peerId), [throughRelay.bytes]);
  await expect(reach()).resolves.toBeUndefined();
  await visit.page.close();
  await context.newPage();
  await expect.poll(() => visit.workers()).toEqual([]);
  await expect.poll(() => caller.peers().map(({ peerId: { text } }) => text)).not.toContain(peerId);
  await expect(reach()).rejects.toThrow("connect failed");
});
