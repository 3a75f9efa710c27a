/** Installs the packages of package.json, which include Node 24. */
import { join } from "node:path";
import { run } from "./run.mjs";
import { hashPaths, readStamp, writeStamp } from "./stamp.mjs";

/**
 * Tools with native parts, which npm may leave out on a platform that the lock does not list.
 *
 * All accept `--version`.
 */
const NATIVE_TOOLS = ["node", "tsc", "oxlint", "oxfmt", "vite"];

const QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

/**
 * Installs the packages if any is missing, or package.json or the lock has changed since the last time.
 *
 * `npm install`, not `npm ci`: a registry may lack optional packages of other platforms that a lock wants named. The lock
 * itself is never rewritten.
 *
 * @throws {Error} with one sentence for the user
 */
export async function ensureDependencies(root, say) {
  const stampPath = join(root, "node_modules/.ww-installed");
  const stamp = await hashPaths(
    root,
    ["package.json", "package-lock.json"],
    `${process.platform} ${process.arch}`,
  );
  if ((await readStamp(stampPath)) === stamp && (await brokenTool(root, ["node"])) === undefined) {
    return;
  }
  say("installing the packages of package.json");
  await install(root, []);
  let broken = await brokenTool(root);
  if (broken !== undefined) {
    say(
      `${broken} lacks its part for ${process.platform} ${process.arch}: installing without the lock`,
    );
    await install(root, ["--no-package-lock"]);
    broken = await brokenTool(root);
  }
  if (broken !== undefined) {
    throw new Error(
      `Cannot run ${broken} on ${process.platform} ${process.arch}: remove node_modules and try again`,
    );
  }
  await writeStamp(stampPath, stamp);
}

async function install(root, options) {
  const { code } = await run("npm", ["install", "--no-save", ...QUIET, ...options], { cwd: root });
  if (code !== 0) {
    throw new Error("Cannot install the packages: see what npm says above, and try again");
  }
}

async function brokenTool(root, tools = NATIVE_TOOLS) {
  for (const tool of tools) {
    const path = join(root, "node_modules/.bin", tool);
    const { code } = await run(path, ["--version"], {
      cwd: root,
      quiet: true,
      env: withTools(root),
    });
    if (code !== 0) return tool;
  }
  return undefined;
}

/** An environment in which `node` is Node 24 and every tool of the project is found; nothing reports home. */
export function withTools(root) {
  return {
    PATH: `${join(root, "node_modules/.bin")}:${process.env.PATH}`,
    DO_NOT_TRACK: "1",
  };
}
