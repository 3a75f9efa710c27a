/** Finds or installs a Firefox for tests: an installed one, or Debian's. */
import { join } from "node:path";
import { installDebianPackages, isRoot } from "./debian.mjs";
import { run } from "./run.mjs";

/** Older versions are untested: cells need `Atomics.waitAsync`, or JSPI for the other way of waiting. */
const OLDEST = 153;

/**
 * Finds a Firefox, or installs it as root.
 *
 * @returns {Promise<{ version: string } | { todo: string }>} the version found, else what to do, in one sentence
 */
export async function ensureFirefox(root, say) {
  const found = await findFirefox(root);
  if (found !== undefined) return found;
  if (isRoot()) {
    say("no Firefox is installed: trying Debian's firefox-esr");
    await installDebianPackages(["firefox-esr"]);
    const installed = await findFirefox(root);
    if (installed !== undefined) return installed;
  }
  return {
    todo: `install Firefox ${OLDEST} or newer (apt-get install firefox-esr), or name one in FIREFOX`,
  };
}

/** The same choice as `e2e/firefox/firefox-path.ts` makes, which Node 24 can load and Node 20 cannot. */
async function findFirefox(root) {
  const script =
    `import { firefoxPath } from "./e2e/firefox/firefox-path.ts";` +
    `console.log(firefoxPath() ?? "");`;
  const args = ["--input-type=module", "--eval", script];
  const node = join(root, "node_modules/.bin/node");
  const { output } = await run(node, args, { cwd: root, quiet: true });
  const path = output.trim();
  if (path === "") return undefined;
  const asked = await run(path, ["--version"], { quiet: true });
  const version = /Firefox (\d+)\S*/.exec(asked.output);
  return Number(version?.[1] ?? 0) >= OLDEST ? { version: version[0] } : undefined;
}
