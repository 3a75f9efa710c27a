/** A visitor gives an image what another tab serves. */
import { mergeTests } from "playwright/test";
import type { Page } from "playwright/test";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { expect, test as pageTest } from "./fixtures.ts";
import { openOwner } from "./owner.ts";
import { locateTab } from "./peer-address.ts";
import { openVisit } from "./visit.ts";
import { start } from "./ww.ts";
import { test as wwTest } from "./ww-test.ts";

const test = mergeTests(pageTest, wwTest);

interface Door {
  readonly ww: ProgramDoor;
  kept?: Disposable;
}

/** Has a tab serve an echo. @returns its address behind its relay, once it has one */
async function serveEcho(page: Page, path: string): Promise<string> {
  await page.evaluate(
    async ([layer]) => {
      const door = globalThis as unknown as Door;
      door.kept = (await door.ww.owner()).boot({ layers: [layer], args: ["serve"] });
    },
    [path] as const,
  );
  return locateTab(page);
}

test("an image calls the service of another tab that the visitor gives, until it is revoked", async ({
  context,
  visit,
  world,
}) => {
  const other = await openVisit(await context.newPage(), world.node.url);
  await other.open();
  const address = await serveEcho(other.page, world.path("meets"));

  await visit.page.bringToFront();
  const owner = openOwner(visit);
  await visit.open(world.path("asks-later"));
  await visit.type("ask peer to call the other tab");
  await expect(owner.sheet).toContainText("An image wants to use a service of a peer");
  const field = owner.sheet.getByRole("textbox", { name: "Address of the peer" });
  const service = owner.sheet.getByRole("textbox", { name: "Its service" });
  await expect(service).toHaveValue("echo");
  const give = async (typed: string, name: string): Promise<void> => {
    await field.fill(typed);
    await service.fill(name);
    await owner.button("Give this service").click();
  };
  await expect(async () => {
    await give("somewhere", "echo");
    await expect(owner.sheet).toContainText("Not the address of a peer", { timeout: 400 });
  }).toPass();
  await expect(async () => {
    await give(address, "none");
    await expect(owner.sheet).toContainText("The peer does not serve", { timeout: 10_000 });
  }).toPass();
  await expect(async () => {
    await owner.sheet.getByText("Narrow it").click({ timeout: 500 });
    await owner.sheet.getByLabel("At most so many calls").fill("2", { timeout: 500 });
  }).toPass();
  await expect(owner.sheet.getByLabel("At most so many bytes")).toHaveCount(0);
  await field.fill(address);
  await service.fill("echo");
  await owner.answer("Give this service");
  await expect(visit.terminal).toContainText('given: Service "echo" of 12D3');
  await visit.type("echo one");
  await expect(visit.terminal).toContainText("Tab: one");
  await visit.type("echo two");
  await expect(visit.terminal).toContainText("Tab: two");
  await visit.type("echo three");
  await expect(visit.terminal).toContainText(/the limit "calls" is reached/);

  await visit.type("ask peer again");
  await expect(owner.sheet.getByLabel("may keep it")).toBeVisible();
  await expect(async () => {
    await owner.sheet.getByLabel("may keep it").check({ timeout: 500 });
  }).toPass();
  await field.fill(address);
  await owner.answer("Give this service");
  await visit.type("echo four");
  await expect(visit.terminal).toContainText("Tab: four");
  await visit.type("keep");
  const token = async (): Promise<string> => {
    const text = ((await visit.terminal.textContent()) ?? "").replaceAll(/\s+/g, " ");
    return /kept: ([0-9a-f]{64})/.exec(text)?.[1] ?? "";
  };
  await expect.poll(token).not.toBe("");
  const kept = await token();
  await visit.page.reload();
  await visit.type(`restore ${kept}`);
  await expect(visit.terminal).toContainText('given: Service "echo" of 12D3');
  await visit.type("echo five");
  await expect(visit.terminal).toContainText("Tab: five");

  await owner.openPanel();
  const entry = owner.panel.getByRole("listitem").filter({ hasText: "as restored" });
  await expect(entry).toContainText("used 1 time");
  await entry.getByRole("button", { name: /^Revoke/ }).click();
  await owner.type("echo six");
  await expect(visit.terminal).toContainText(/revoked/);
});

test("ww run gives an image a peer's service", async ({ visit, world }) => {
  await visit.open();
  const address = await serveEcho(visit.page, world.path("meets"));
  const cid = world.path("asks-later").replace("/ipfs/", "");
  const from = ["run", cid, "--gateway", world.node.url, "--verbose"];
  const input = "ask peer to call the tab\necho hello\n";
  const ran = await start([...from, "--grant", `peer=peer:${address}/echo`], input).result;
  expect(ran.out).toContain("Tab: hello");
  const refused = await start([...from, "--grant", `peer=peer:${address}/none`], input).result;
  expect(refused.out).toContain("what the owner has designated is missing");
  expect(refused.err).toContain("The peer does not serve");
});
