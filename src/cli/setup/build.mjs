/** Builds guests and page when their sources have changed. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { withTools } from "./dependencies.mjs";
import { run } from "./run.mjs";
import { hashPaths, readStamp, writeStamp } from "./stamp.mjs";

/** The sources of the built page; `public/images` is served by the local node, not built in. */
const PAGE_SOURCES = [
  "index.html",
  "headless.html",
  "vite.config.ts",
  "package.json",
  "package-lock.json",
  "src",
];

/** @throws {Error} with one sentence; the tools have printed the details before it */
export async function buildGuests(root) {
  const { code } = await run("node", ["guests/build.ts"], { cwd: root, env: withTools(root) });
  if (code !== 0) throw new Error("Cannot build the guests: see above");
}

/** @throws {Error} with one sentence, and the output of the failed build */
export async function buildPage(root, say) {
  const stampPath = join(root, ".cache/page.stamp");
  const stamp = await hashPaths(root, PAGE_SOURCES);
  const built = await access(join(root, "dist/index.html")).then(
    () => true,
    () => false,
  );
  if (built && (await readStamp(stampPath)) === stamp) return;
  say("building the page");
  const { code, output } = await run("vite", ["build", "--logLevel", "warn"], {
    cwd: root,
    env: withTools(root),
    quiet: true,
  });
  if (code !== 0) throw new Error(`Cannot build the page:\n${output.trim()}`);
  await writeStamp(stampPath, stamp);
}
