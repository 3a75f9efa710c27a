/** A stream between tabs whose reader stops now and then. */
import { DIRECT, openCellTab } from "./cell-tab.ts";
import { expect, test } from "./fixtures.ts";

test.use(DIRECT);

const MIB = 1024 * 1024;
const ALL_BYTES = 100 * MIB;
/** What may be on its way from one cell to the other, in all that holds it: their pipes, ports and the two windows. */
const WAY_BYTES = 4 * MIB;

test("a sender waits for a slow reader in another tab, and all of it comes, directly", async ({
  browser,
  world,
}) => {
  test.slow();
  const [url, image] = [world.node.url, world.path("pours")];
  const sender = await openCellTab(browser, url, image, ["pour"]);
  await expect.poll(sender.said).toBe("ready\n");
  await expect.poll(async () => (await sender.locate()).length).toBeGreaterThan(2);
  const place = await sender.locate();
  const reader = await openCellTab(browser, url, image, ["drink", ...place]);
  await expect.poll(reader.said).toBe("connected\n");
  await expect.poll(reader.directPeers, { timeout: 30_000 }).toContain(place[0]);
  await reader.type("open the stream");
  const poured = async (): Promise<number> =>
    Number(/(\d+)\n$/.exec(await sender.said())?.[1] ?? 0);
  for (let stop = 1; stop <= 4; stop++) {
    await expect.poll(async () => (await reader.said()).split("\n").length - 2).toBe(stop);
    const drunk = Number(/stopped at (\d+)\n$/.exec(await reader.said())?.[1]);
    expect(drunk).toBeGreaterThanOrEqual((ALL_BYTES / 4) * (stop - 1));
    let before = -1;
    await expect(async () => {
      const last = before;
      before = await poured();
      expect(before).toBe(last);
    }).toPass({ intervals: [500] });
    expect(before - drunk).toBeLessThan(WAY_BYTES);
    await reader.type("go on");
  }
  await expect.poll(reader.said, { timeout: 60_000 }).toMatch(/all drunk\n$/);
  expect(await sender.said()).toMatch(/all poured\n$/);
  expect(await reader.directPeers()).toContain(place[0]);
  for (const { page } of [reader, sender]) await page.context().close();
});
