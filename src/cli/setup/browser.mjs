/** Finds or installs a Chromium for tests and for images: an installed one, Playwright's own, or Debian's. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { isRoot, installDebianPackages } from "./debian.mjs";
import { withTools } from "./dependencies.mjs";
import { run } from "./run.mjs";

/** How long a download may take to connect, at each attempt. */
const CONNECT_MS = 5_000;

/**
 * Finds a browser, or installs one.
 *
 * @returns {Promise<string>} the path of the browser, to show to the user
 * @throws {Error} when there is no browser and none can be installed, with advice
 */
export async function ensureBrowser(root, say) {
  const found = await findBrowser(root);
  if (found !== undefined) return found;
  say("no Chromium or Chrome is installed: trying Playwright's download");
  const download = await run(join(root, "node_modules/.bin/playwright"), ["install", "chromium"], {
    cwd: root,
    env: { ...withTools(root), PLAYWRIGHT_DOWNLOAD_CONNECTION_TIMEOUT: `${CONNECT_MS}` },
    quiet: true,
  });
  if (download.code === 0) {
    const downloaded = await findBrowser(root);
    if (downloaded !== undefined && (await starts(root))) return downloaded;
  }
  if (isRoot()) {
    say("Playwright's download cannot be had, or not run: trying Debian's chromium");
    await installDebianPackages(["chromium"]);
    const installed = await findBrowser(root);
    if (installed !== undefined) return installed;
  }
  throw new Error(
    "There is no browser to run in: install Chromium (apt-get install chromium) or Chrome, or name one in CHROMIUM",
  );
}

/** Whether the download starts, which it does only with the system libraries that it needs. */
async function starts(root) {
  const script =
    `import { chromiumLaunch } from "./src/cli/chromium.ts";` +
    `import { chromium } from "playwright";` +
    `await (await chromium.launch(chromiumLaunch())).close();`;
  return (await runScript(root, script)).code === 0;
}

/** The same choice as `src/cli/chromium.ts` makes, which Node 24 can load and Node 20 cannot. */
async function findBrowser(root) {
  const script =
    `import { chromiumLaunch } from "./src/cli/chromium.ts";` +
    `import { chromium } from "playwright";` +
    `console.log(chromiumLaunch().executablePath ?? chromium.executablePath());`;
  const { code, output } = await runScript(root, script);
  const path = output.trim().split("\n").at(-1) ?? "";
  const there = await access(path).then(
    () => true,
    () => false,
  );
  return code === 0 && there ? path : undefined;
}

function runScript(root, script) {
  const args = ["--input-type=module", "--eval", script];
  return run(join(root, "node_modules/.bin/node"), args, { cwd: root, quiet: true });
}
