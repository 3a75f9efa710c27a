/** The power over a kernel, held by another window of the same origin. */
import type { Page } from "playwright/test";
import type { HeldOwner, Offer, ProgramDoor } from "../src/boot/program-door.ts";
import { expect, test } from "./fixtures.ts";

interface Globals {
  readonly ww: ProgramDoor;
  other: Window;
}

/** Opens a window of the same page, which is given a port to this one's kernel. */
async function openOther(page: Page): Promise<Page> {
  const opening = page.waitForEvent("popup");
  await page.evaluate(() => {
    (globalThis as unknown as Globals).other = open(location.href) as Window;
  });
  const other = await opening;
  await other.waitForFunction(() => "ww" in globalThis);
  const held = other.evaluate(
    () =>
      new Promise<void>((resolve) => {
        const { ww } = globalThis as unknown as Globals;
        addEventListener("message", ({ data }: MessageEvent<{ readonly offer?: Offer }>) => {
          if (data.offer === undefined) return;
          void ww.hold(data.offer).then((held) => {
            Object.assign(globalThis, { held });
            resolve();
          });
        });
      }),
  );
  await page.evaluate(async () => {
    const { ww, other: target } = globalThis as unknown as Globals;
    const offer = await ww.offer();
    target.postMessage({ offer }, location.origin, [offer.port]);
  });
  await held;
  return other;
}

interface Held {
  readonly held: HeldOwner;
}

test("another window runs an image on this one's kernel", async ({ visit, world }) => {
  await visit.open();
  const other = await openOther(visit.page);
  const ran = await other.evaluate(async (path) => {
    const { held } = globalThis as unknown as Held;
    const { run } = held.owner.boot({ layers: [path] });
    const { stream } = run.stdout();
    let text = "";
    for (;;) {
      const { data } = await stream.read(4096);
      if (data.length === 0) break;
      text += new TextDecoder().decode(data);
    }
    return { text, outcome: { ...(await run.wait()).outcome } };
  }, world.path("pid0"));
  expect(ran.text).toContain("CHILD_OK");
  expect(ran.outcome).toMatchObject({ which: "exited", exited: 0 });
});

test("what another window holds is stopped when it lets go, or is closed", async ({
  visit,
  world,
}) => {
  await visit.open();
  const other = await openOther(visit.page);
  const listed = (): Promise<string[]> =>
    visit.page.evaluate(async () => {
      const { ww } = globalThis as unknown as Globals;
      const results = await (await ww.owner()).runs();
      const stages = results.runs.map(({ stage }) => String(stage.which));
      // What is listed is held.
      results[Symbol.dispose]();
      return stages;
    });
  await other.evaluate((path) => {
    const { held } = globalThis as unknown as Held;
    Object.assign(globalThis, { booted: held.owner.boot({ layers: [path] }) });
  }, world.path("spins"));
  await expect.poll(listed).toEqual(["running"]);
  await other.evaluate(() => {
    (globalThis as unknown as { readonly booted: Disposable }).booted[Symbol.dispose]();
  });
  await expect.poll(listed).toEqual([]);
  await other.evaluate((path) => {
    const { held } = globalThis as unknown as Held;
    Object.assign(globalThis, { booted: held.owner.boot({ layers: [path] }) });
  }, world.path("spins"));
  await expect.poll(listed).toEqual(["running"]);
  await other.close();
  await expect.poll(listed).toEqual([]);
  await visit.expectNothingLeft();
});
