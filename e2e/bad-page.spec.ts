/** The page itself lacks something: its configuration, one of its scripts, its relay, what browsers may refuse. */
import { startLocalNode } from "#cli";
import { copyDist } from "./dist-copy.ts";
import { expect, STARTERS, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";

test("a page without configuration says so", async ({ visit, world }) => {
  await visit.page.route("**/config.json", (route) => route.fulfill({ status: 404 }));
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(
    /^Cannot read the page's configuration, "http:\S+config\.json"; reload the page$/,
  );
  await visit.page.unroute("**/config.json");
  await visit.expectReady(world.path("pid0"));
  // The tab joins the mesh then, too.
  await expect(visit.page.getByText("1 peer")).toBeVisible();
});

test("a page whose configuration never comes can be stopped", async ({ visit, world }) => {
  await visit.page.route("**/config.json", () => {});
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("Opening the image …");
  await visit.stop.click();
  await expect(visit.status).toHaveText("Stopped");
});

test("a page whose kernel script never comes can be stopped", async ({ visit, world }) => {
  await visit.page.route("**/kernel.worker-*.js", () => {});
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("Preparing the program …");
  await visit.stop.click();
  await expect(visit.status).toHaveText("Stopped");
});

test("an image is stopped though the kernel answers no more", async ({ visit, world }) => {
  const { page } = visit;
  await page.route("**/kernel.worker-*.js", async (route) => {
    const response = await route.fetch();
    const hang =
      'addEventListener("message", ({ data }) => { while (data.path?.[0] === "stop"); });';
    await route.fulfill({ response, body: `${hang}\n${await response.text()}` });
  });
  await visit.open(world.path("spins"));
  await expect(visit.status).toHaveText(/^Running/);
  await visit.stop.click();
  await expect(visit.status).toHaveText("Stopped");
  await page.unroute("**/kernel.worker-*.js");
  await visit.expectReady(world.path("pid0"));
});

test("a page whose scripts could not be loaded loads them for the next run", async ({
  visit,
  world,
}) => {
  const { page } = visit;
  const refuse = (script: string): Promise<unknown> =>
    page.route(`**/assets/${script}`, (route) => route.abort());
  // What fetches images comes with the first of them.
  await visit.open();
  await expect(visit.page.getByText("1 peer")).toBeVisible();
  await refuse("*.js");
  await visit.paste(world.path("pid0"));
  await expect(visit.status).toHaveText(/^Failed to fetch dynamically imported module/);
  await page.unroute("**/assets/*.js");
  await visit.expectReady(world.path("pid0"));
  await page.goto("about:blank");
  await refuse("kernel.worker-*.js");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(/; reload the page$/);
  await page.unroute("**/assets/kernel.worker-*.js");
  await visit.expectReady(world.path("pid0"));
});

test("a page whose kernel script is gone says so", async ({ page, world }) => {
  await using dist = await copyDist();
  const gone = await dist.take("kernel.worker");
  const options = { port: 0, images: [], distFolder: dist.folder, gateways: [world.node.url] };
  await using node = await startLocalNode(options);
  const visit = await openVisit(page, node.url);
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText("The kernel's worker failed; reload the page");
  await gone.putBack();
  await visit.expectReady(world.path("pid0"));
});

for (const [starter, context] of STARTERS) {
  test.describe(`where the ${starter} starts the workers of cells`, () => {
    test.use(context);
    test("a page whose script of cells is gone says so", async ({ page, world }) => {
      await using dist = await copyDist();
      const gone = await dist.take("cell.worker");
      const options = { port: 0, images: [], distFolder: dist.folder, gateways: [world.node.url] };
      await using node = await startLocalNode(options);
      const visit = await openVisit(page, node.url);
      await visit.open(world.path("pid0"));
      await expect(visit.status).toHaveText(
        /its worker script could not be loaded; reload the page$/,
      );
      await gone.putBack();
      await visit.expectReady(world.path("pid0"));
    });
  });
}

test("a page without its relay runs images all the same", async ({ visit, world }) => {
  await visit.page.routeWebSocket(/127\.0\.0\.1/, (socket) => void socket.close());
  await visit.open(world.path("shell"));
  await expect(visit.terminal).toContainText("ww>");
  await expect(visit.page.getByText("0 peers")).toBeVisible();
  await visit.type("echo alone");
  await expect(visit.terminal).toContainText("Echo: alone");
});

test("a browser that refuses storage runs images all the same", async ({ visit, world }) => {
  await visit.page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException("The operation is insecure", "SecurityError");
    };
  });
  await visit.open();
  await visit.expectReady(world.path("pid0"));
  await visit.expectReady(world.path("pid0"));
  await expect(visit.page.getByText("1 peer")).toBeVisible();
});

test("an insecure page says what to do", async ({ context, world }) => {
  const page = await context.newPage();
  // The node answers to no such name, so the page is brought there.
  await page.route("http://insecure.example/**", async (route) => {
    const url = route.request().url().replace("http://insecure.example/", world.node.url);
    const found = await fetch(url);
    const body = Buffer.from(await found.arrayBuffer());
    const contentType = found.headers.get("content-type") ?? "";
    await route.fulfill({ status: found.status, contentType, body });
  });
  const visit = await openVisit(page, "http://insecure.example/");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(
    "Cannot run: browsers give an insecure page neither hashes nor storage; open it over https, or on localhost",
  );
});
