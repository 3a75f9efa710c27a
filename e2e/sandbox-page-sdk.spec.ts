/** The SDK in a page, against a sandbox of another tab: a service worker is between them, and no server. */
import { startLocalNode } from "#cli";
import type { Page } from "playwright/test";
import { expect, test as base } from "playwright/test";
import { SDK_STEPS } from "../src/agent/sdk-drive.testing.ts";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { bundleDriver } from "./bundle-driver.ts";
import { DIST_FOLDER } from "./fixtures.ts";
import type { Drive } from "./sdk-driver.ts";
import { image } from "./ww.ts";

interface Door {
  readonly ww: ProgramDoor;
  drive: Drive;
}

interface Driver {
  readonly page: Page;
  readonly url: string;
}

const test = base.extend<object, { driver: Driver }>({
  driver: [
    async ({ browser }, use) => {
      await using node = await startLocalNode({
        port: 0,
        images: [image("bash")],
        distFolder: DIST_FOLDER,
      });
      const [layer] = node.images;
      if (layer === undefined) throw new Error("The node has no image");
      const context = await browser.newContext();
      const owner = await context.newPage();
      await owner.goto(node.url);
      const url = await owner.evaluate(
        async (path) =>
          (await (globalThis as unknown as Door).ww.sandbox({ layers: [path] }, "mine")).url,
        layer.path,
      );
      const content = await bundleDriver("./sdk-driver.ts");
      await context.route("**/sandbox/driver.html", (route) =>
        route.fulfill({ contentType: "text/html", body: "<!doctype html><title>driver</title>" }),
      );
      const page = await context.newPage();
      await page.goto(new URL("sandbox/driver.html", node.url).href);
      await page.addScriptTag({ content });
      await use({ page, url });
      await context.close();
    },
    { scope: "worker", timeout: 90_000 },
  ],
});

for (const name of Object.keys(SDK_STEPS)) {
  test(`the SDK in a page ${name}`, async ({ driver: { page, url } }) => {
    const checks = await page.evaluate(
      ([sandboxUrl, step]) => (globalThis as unknown as Door).drive(sandboxUrl, step),
      [url, name] as const,
    );
    expect(checks.length).toBeGreaterThan(0);
    for (const { kind, actual, expected, message } of checks) {
      if (kind === "toEqual") expect(actual, message).toEqual(expected);
      else expect(actual, message).toMatchObject(expected as Record<string, unknown>);
    }
  });
}
