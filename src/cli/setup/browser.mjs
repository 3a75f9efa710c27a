/** A Chromium to test in, and to run images in: an installed one, Playwright's own, or Debian's. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { isRoot, installDebianPackages } from "./debian.mjs";
import { withTools } from "./dependencies.mjs";
import { run } from "./run.mjs";

/**
 * Finds a browser, or gets one.
 *
 * @returns {Promise<string>} which one was taken, for the person at the terminal
 * @throws {Error} when there is none to be had, with what to do
 */
export async function ensureBrowser(root, say) {
  const found = await findBrowser(root);
  if (found !== undefined) return found;
  say("no Chromium or Chrome is installed: trying Playwright's download");
  const args = ["install", "--only-shell", "chromium"];
  const download = await run(join(root, "node_modules/.bin/playwright"), args, {
    cwd: root,
    env: withTools(root),
    quiet: true,
  });
  if (download.code === 0) {
    const downloaded = await findBrowser(root);
    if (downloaded !== undefined) return downloaded;
  }
  if (isRoot()) {
    say("Playwright's download failed: trying Debian's chromium");
    await installDebianPackages(["chromium"]);
    const installed = await findBrowser(root);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    "There is no browser to run in: install Chromium (apt-get install chromium) or Chrome, or name one in CHROMIUM",
  );
}

/** The same choice as `src/cli/chromium.ts` makes, which Node 24 can load and Node 20 cannot. */
async function findBrowser(root) {
  const script =
    `import { chromiumLaunch } from "./src/cli/chromium.ts";` +
    `import { chromium } from "playwright";` +
    `console.log(chromiumLaunch().executablePath ?? chromium.executablePath());`;
  const { code, output } = await run(
    join(root, "node_modules/.bin/node"),
    ["--input-type=module", "--eval", script],
    { cwd: root, quiet: true },
  );
  const path = output.trim().split("\n").at(-1) ?? "";
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return code === 0 && there ? path : undefined;
}
