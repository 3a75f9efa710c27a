/** The page without a face, of a build that is not whole. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openHeadlessPage } from "../src/cli/headless-page.ts";
import { startLocalNode } from "../src/cli/index.ts";
import { expect, test } from "./fixtures.ts";

test("a page that lacks a script is a sentence, and no wait without an end", async ({
  browser,
}) => {
  const folder = await mkdtemp(join(tmpdir(), "ww-dist-"));
  try {
    const html = '<!doctype html><script type="module" src="assets/none.js"></script>';
    for (const name of ["index.html", "headless.html"]) await writeFile(join(folder, name), html);
    await using node = await startLocalNode({ port: 0, images: [], distFolder: folder });
    const page = await browser.newPage();
    await expect(openHeadlessPage({ browser, page }, node)).rejects.toThrow(
      'The page lacks its part "assets/none.js"; build it again',
    );
    await page.close();
  } finally {
    await rm(folder, { recursive: true });
  }
});
