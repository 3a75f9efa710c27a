/**
 * `npm start`: sets up what is missing, builds what has changed, and runs the local node until Ctrl-C.
 *
 * Plain JavaScript without dependencies, so that it starts on any Node.
 */
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildGuests, buildPage } from "./build.mjs";
import { ensureDependencies, withTools } from "./dependencies.mjs";
import { isStopping, run } from "./run.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const say = (text) => console.log(`ww: ${text}`);

try {
  await ensureDependencies(root, say);
  await buildGuests(root);
  await buildPage(root, say);
  const images = join(root, "public/images");
  const names = (await readdir(images))
    .filter((name) => !name.startsWith("."))
    .sort((left, right) => rank(left) - rank(right) || (left < right ? -1 : 1));
  const options = names.flatMap((name) => ["--image", join(images, name)]);
  const { code } = await run(
    "node",
    ["src/cli/ww.ts", "up", ...options, ...process.argv.slice(2)],
    { cwd: root, env: withTools(root) },
  );
  process.exitCode = isStopping() ? 0 : code;
} catch (error) {
  if (!isStopping()) {
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** The first link is the one to play with. */
function rank(name) {
  return name === "shell" ? 0 : 1;
}
