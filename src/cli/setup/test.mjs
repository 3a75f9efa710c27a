/**
 * `npm test`: sets up what is missing, browsers too, then check, unit, browser and e2e tests.
 *
 * The last line is always `N passed, N failed`, with `, N skipped` if any were. With CI in the environment, a skipped test
 * or a missing tool is a failure. Plain JavaScript without dependencies, so that it starts on any Node.
 */
import { mkdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ensureBrowser } from "./browser.mjs";
import { buildGuests, buildPage } from "./build.mjs";
import { ensureCCompiler } from "./c-compiler.mjs";
import { ensureCapnp } from "./capnp.mjs";
import { ensureDependencies, withTools } from "./dependencies.mjs";
import { ensureFirefox } from "./firefox.mjs";
import { readPlaywright, readVitest } from "./results.mjs";
import { ensureRpcPeers } from "./rpc-peers.mjs";
import { isStopping, run } from "./run.mjs";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const reports = join(root, ".cache/test");
const strict = (process.env.CI ?? "") !== "";
const say = (text) => console.log(`ww: ${text}`);

/** @type {{ passed: number, failed: number, skipped: string[] }} */
const total = { passed: 0, failed: 0, skipped: [] };

/** One step of the set-up; a failed one counts as a failed test. @returns whether it succeeded */
async function step(name, action) {
  if (isStopping()) return false;
  try {
    await action();
    return true;
  } catch (error) {
    total.failed += 1;
    console.error(`${name}: ${error.message}`);
    return false;
  }
}

/** One test runner; a run that failed without a failed test counts as one. */
async function tests(name, command, args, read, env = {}) {
  if (isStopping()) return;
  say(`${name} tests`);
  const report = join(reports, `${name}.json`);
  const { code } = await run(command, args(report), {
    cwd: root,
    env: { ...withTools(root), ...env },
  });
  const text = await readFile(report, "utf8").catch(() => undefined);
  const counts =
    text === undefined ? { passed: 0, failed: 0, skipped: [] } : read(JSON.parse(text));
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped.push(...counts.skipped.map((title) => `${name}: ${title}`));
  if (code !== 0 && counts.failed === 0) total.failed += 1;
  if (code === 0 && counts.passed === 0) {
    console.error(`${name}: no test ran`);
    total.failed += 1;
  }
}

function vitest(name) {
  const args = (report) =>
    `run --project ${name} --reporter default --reporter json`
      .split(" ")
      .concat(`--outputFile.json=${report}`);
  return tests(name, "vitest", args, readVitest);
}

await rm(reports, { recursive: true, force: true });
await mkdir(reports, { recursive: true });
if (await step("packages", () => ensureDependencies(root, say))) {
  await step("browser", async () => say(`the browser is ${await ensureBrowser(root, say)}`));
  let hasFirefox = false;
  await step("Firefox", async () => {
    const { version, todo } = await ensureFirefox(root, say);
    hasFirefox = version !== undefined;
    if (hasFirefox) return say(`the other browser is ${version}`);
    if (strict) throw new Error(`There is no Firefox: ${todo}`);
    say(`stories in Firefox are left out, there is none: ${todo}`);
    total.skipped.push("firefox: all stories");
  });
  await step("C compiler", async () => {
    const todo = await ensureCCompiler(say);
    if (todo === undefined) return;
    if (strict) throw new Error(`There is no C compiler for WebAssembly: ${todo}`);
    say(`tests of hello-c are left out, there is no C compiler for WebAssembly: ${todo}`);
  });
  await step("capnp", async () => {
    const todo = await ensureCapnp(say);
    if (todo === undefined) return;
    if (strict) throw new Error(`There is no capnp: ${todo}`);
    say(`tests against the reference implementation are left out, there is no capnp: ${todo}`);
  });
  await step("other implementations of Cap'n Proto", async () => {
    const lack = await ensureRpcPeers(say);
    if (lack === undefined) return;
    const sentence = `There is no Cap'n Proto in ${lack.missing}: ${lack.todo}`;
    if (strict) throw new Error(sentence);
    say(`tests that speak with it are left out. ${sentence}`);
  });
  await step("guests", () => buildGuests(root));
  await step("check", async () => {
    say("check");
    const { code } = await run("npm", ["run", "--silent", "check"], {
      cwd: root,
      env: withTools(root),
    });
    if (code !== 0) throw new Error("see above");
    total.passed += 1;
  });
  await vitest("unit");
  await vitest("browser");
  // The other tests run whatever failed before; these would test an old page.
  if (await step("page", () => buildPage(root, say))) {
    const args = "test --config e2e/playwright.config.ts --reporter list,json".split(" ");
    await tests("e2e", "playwright", () => args, readPlaywright, {
      PLAYWRIGHT_JSON_OUTPUT_NAME: join(reports, "e2e.json"),
    });
    if (hasFirefox) await vitest("firefox");
  }
}

for (const title of total.skipped) console.log(`skipped: ${title}`);
if (isStopping()) console.log("stopped before the end");
const failed = total.failed + (isStopping() ? 1 : 0);
const skipped = total.skipped.length > 0 ? `, ${total.skipped.length} skipped` : "";
process.exitCode = failed > 0 || (strict && total.skipped.length > 0) ? 1 : 0;
console.log(`${total.passed} passed, ${failed} failed${skipped}`);
