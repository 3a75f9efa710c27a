/** What cells serve, as the owner's computer sees it: off until opened, whole, and gone when it is closed. */
import { request as ask } from "node:http";
import type { Page } from "playwright/test";
import { expect, hasHelloC, hasHttpC, test } from "./fixtures.ts";

/** Node's resolver knows no names below localhost. */
async function get(url: string): Promise<[status: number, text: string]> {
  const { hostname, port, pathname } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<[number, string]>();
  ask(
    // A connection of its own: those of a preview are cut when it is closed.
    {
      host: "127.0.0.1",
      port,
      agent: false,
      path: pathname,
      headers: { host: `${hostname}:${port}` },
    },
    (response) => {
      let text = "";
      response.on("data", (piece) => (text += String(piece)));
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    },
  )
    .on("error", reject)
    .end();
  return promise;
}

/** What is under way when it is closed is cut. */
async function expectGone(url: string): Promise<void> {
  await expect(async () => {
    expect(await get(url)).toEqual([404, "Nothing is shown under this name, or no longer\n"]);
  }).toPass();
}

/** Opens it in a tab of its own. */
async function openPreview(page: Page): Promise<readonly [preview: Page, url: string]> {
  await page.locator("#preview summary").click();
  const opening = page.context().waitForEvent("page");
  await page.locator("#preview").getByRole("button", { name: "Open preview" }).click();
  const link = page.locator("#preview").getByRole("link");
  await expect(link).toHaveCount(1);
  return [await opening, (await link.getAttribute("href")) ?? ""];
}

for (const cells of ["shared-memory", "jspi"]) {
  test(`a cell's page has its script, image, events and WebSocket at an origin of its own: ${cells}`, async ({
    visit,
    world,
    context,
  }) => {
    await visit.page.goto(`${world.node.url}?cells=${cells}#${world.path("web")}`);
    await expect(visit.status).toHaveText(/^Running/);
    await expect(visit.page.locator("#preview summary")).toHaveText("Previews: 0");
    const [preview, url] = await openPreview(visit.page);
    expect(url).toMatch(/^http:\/\/cell-[a-z0-9]{8}\.localhost:\d+\/$/);

    await expect(preview.getByRole("heading")).toHaveText("Served by a cell");
    await expect(preview.locator("#visits")).toHaveText("1");
    await expect(preview.locator("#events")).toHaveText("one two");
    await expect(preview.locator("#socket")).toHaveText("HELLO");
    const width = preview
      .locator("img")
      .evaluate((image) => (image as HTMLImageElement).naturalWidth);
    expect(await width).toBeGreaterThan(0);
    expect(await preview.evaluate(() => globalThis.opener)).toBeNull();
    // It reaches nothing of the node, by the browser's word and the node's.
    const reached = await preview.evaluate(async (node) => {
      const tries = ["config.json", "metrics", ""].map(async (path) =>
        fetch(node + path).then(
          ({ status }) => status,
          () => "refused",
        ),
      );
      return Promise.all(tries);
    }, world.node.url);
    expect(reached).toEqual(["refused", "refused", "refused"]);

    expect(await get(url)).toEqual([200, expect.stringContaining("Served by a cell")]);
    await expect(visit.page.locator("#preview").getByText("GET / ").first()).toBeVisible();
    // A second click shows the same preview again; so does the link.
    const again = context.waitForEvent("page");
    await visit.page.locator("#preview").getByRole("button", { name: "Open preview" }).click();
    await expect((await again).locator("#visits")).toHaveText(/[23]/);
    const link = visit.page.locator("#preview").getByRole("link");
    const third = context.waitForEvent("page");
    await link.click();
    await expect((await third).getByRole("heading")).toHaveText("Served by a cell");
    await expect(link).toHaveCount(1);
    await visit.page.locator("#preview").getByRole("button", { name: "Close" }).click();
    await expectGone(url);
  });

  test(`an image that only answers requests runs as one: ${cells}`, async ({ visit, world }) => {
    test.skip(!hasHttpC, "there is no C compiler");
    await visit.page.goto(`${world.node.url}?cells=${cells}#${world.path("http-c")}`);
    await expect(visit.status).toHaveText(/^Running/);
    const [preview, url] = await openPreview(visit.page);
    await expect(preview.locator("body")).toHaveText("Hello from C");
    expect(await get(url)).toEqual([200, "Hello from C\n"]);
    expect(await get(`${url}trap`)).toEqual([
      502,
      expect.stringMatching(/^Cell "[^"]+" did not answer the request\n$/),
    ]);
    const statuses = await Promise.all(Array.from({ length: 20 }, () => get(`${url}count`)));
    expect(statuses.map(([status]) => status)).toEqual(Array(20).fill(200));
    await visit.stop.click();
    await expect(visit.page.locator("#preview summary")).toHaveText("Previews: 0");
    await expectGone(url);
  });
}

test("a program that can serve nothing gets no preview, and the page says why", async ({
  visit,
  world,
}) => {
  test.skip(!hasHelloC, "there is no C compiler");
  await visit.page.goto(`${world.node.url}#${world.path("hello-c")}`);
  await expect(visit.status).toHaveText(/^Running/);
  await visit.page.locator("#preview summary").click();
  await visit.page.locator("#preview").getByRole("button", { name: "Open preview" }).click();
  await expect(visit.page.locator("#preview .answer")).toContainText("The program serves nothing");
  await expect(visit.page.locator("#preview").getByRole("link")).toHaveCount(0);
});

test("a browser that opens no tab leaves the link of a preview", async ({ visit, world }) => {
  const { page } = visit;
  await page.addInitScript(() => Object.assign(globalThis, { open: () => null }));
  await visit.open(world.path("web"));
  await expect(visit.status).toHaveText(/^Running/);
  await page.locator("#preview summary").click();
  await page.locator("#preview").getByRole("button", { name: "Open preview" }).click();
  const answer = page.locator("#preview .answer");
  await expect(answer).toHaveText("The browser has opened no tab; click the address below");
  await expect(page.locator("#preview").getByRole("link")).toHaveCount(1);
});
