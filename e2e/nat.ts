/**
 * `npm run nat`: two tabs behind routers that translate addresses, and what they reach each other by.
 *
 * Each story has a network of its own (`nat/network.ts`), a `ww up` in it, and a browser in each home. It needs Linux, root, `ip`
 * and `nft`, and for STUN and TURN coturn's `turnserver`; without them, it says what is missing.
 */
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { toMessage } from "#base";
import { chromium } from "playwright";
import type { Browser } from "playwright";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import { openCellTab } from "./cell-tab.ts";
import type { CellTab } from "./cell-tab.ts";
import { at, openNetwork, SERVER, STUN_PORT } from "./nat/network.ts";
import type { Network, Translation } from "./nat/network.ts";
import { makeOddImages } from "./odd-images.ts";
import { openVisit } from "./visit.ts";
import type { Visit } from "./visit.ts";

interface Story {
  readonly translation: Translation;
  readonly ice: readonly object[];
  /** How the second tab says that it has reached the first. */
  readonly way: "directly" | "through a relay";
}

type Address = readonly [host: string, port: number];

const PORT = 9797;
/** With them, a page tells peers its own addresses in place of names for this network alone. */
const PERMISSIONS = ["camera", "microphone"];
const USER = { username: "tab", credential: "of the tests" };
const STUN = { urls: [`stun:${SERVER}:${STUN_PORT}`] };
const TURN = { urls: [`turn:${SERVER}:${STUN_PORT}?transport=udp`], ...USER };
const WW = fileURLToPath(new URL("../src/cli/ww.mjs", import.meta.url));
const PASS = fileURLToPath(new URL("nat/pass-port.ts", import.meta.url));
const READY_MS = 60_000;
/** After that, a tab no longer tries to reach another one directly. */
const ATTEMPTS_MS = 20_000;
/** A tab's id, and its addresses behind the relay and by WebRTC. */
const BOTH_WAYS = 3;

const STORIES: Readonly<Record<string, Story>> = {
  "no server of STUN is named: through our relay": {
    translation: "kept",
    ice: [],
    way: "through a relay",
  },
  "routers keep ports, and a server of STUN is named: directly": {
    translation: "kept",
    ice: [STUN],
    way: "directly",
  },
  "routers choose ports at random, and a server of STUN is named: through our relay": {
    translation: "random",
    ice: [STUN],
    way: "through a relay",
  },
  "routers let UDP through to a server of TURN alone: by that": {
    translation: "closed",
    ice: [TURN],
    way: "directly",
  },
};

process.exitCode = await main();

async function main(): Promise<number> {
  const missing = await findMissing();
  if (missing !== undefined) {
    console.log(`skipped: ${missing}`);
    return 0;
  }
  await using odd = await makeOddImages();
  const image = odd.images.find((each) => each.endsWith("/meets")) ?? "";
  let failed = 0;
  for (const [title, story] of Object.entries(STORIES)) {
    try {
      await tell(story, image);
      console.log(`ok ${title}`);
    } catch (error) {
      failed++;
      console.log(`FAILED ${title}: ${toMessage(error)}`);
    }
  }
  return failed === 0 ? 0 : 1;
}

/** What this machine lacks. */
async function findMissing(): Promise<string | undefined> {
  try {
    await using network = await openNetwork("kept");
    await network.start(network.internet, ["turnserver", "--version"], /./);
    return undefined;
  } catch (error) {
    return toMessage(error);
  }
}

async function tell({ translation, ice, way }: Story, image: string): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "ww-nat-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const config = join(folder, "ww.json");
  await writeFile(config, JSON.stringify({ port: PORT, image: [image], ice }));
  const network = stack.use(await openNetwork(translation));
  const { internet, homes } = network;
  const node = ["node", WW, "up", "--config", config, "--state", join(folder, "state")];
  const line = await network.start(internet, node, /\/ipfs\//);
  const path = /\/ipfs\/\w+/.exec(line)?.[0] ?? "";
  await startTurn(network, folder);
  // The page is for this computer alone: at home, the same port leads to it, through the router.
  await passPort(network, internet, [SERVER, 80], ["127.0.0.1", PORT]);
  const browsers: Browser[] = [];
  for (const home of homes) {
    await passPort(network, home, ["127.0.0.1", PORT], [SERVER, 80]);
    const browser = await launch(home, folder);
    stack.defer(() => browser.close());
    browsers.push(browser);
  }
  const [one, other] = browsers as [Browser, Browser];
  const url = `http://127.0.0.1:${PORT}/`;
  const served = await openCellTab(one, url, path, ["serve"]);
  const context = await other.newContext({ permissions: PERMISSIONS });
  const visit = await openVisit(await context.newPage(), url);
  await visit.open();
  await callBy(way, served, visit, path);
}

/**
 * The other tab calls the first, which announces its service a moment after its start. It is reached through the relay until
 * there is a direct way, which is looked for a while.
 */
async function callBy(
  way: Story["way"],
  served: CellTab,
  visit: Visit,
  path: string,
): Promise<void> {
  const startMs = performance.now();
  for (;;) {
    const place = await served.locate();
    const passedMs = performance.now() - startMs;
    if (place.length < BOTH_WAYS && passedMs < READY_MS) continue;
    const { stdout, stderr } = await visit.run({ layers: [path], args: ["call", ...place] });
    const isDone = way === "directly" || passedMs > ATTEMPTS_MS;
    if (stdout.startsWith("Tab: one Tab: two\n") && stdout.endsWith(`${way}\n`) && isDone) return;
    if (passedMs > READY_MS) throw new Error(`The tab says ${JSON.stringify(stdout + stderr)}`);
  }
}

async function passPort(
  network: Network,
  place: string,
  [host, port]: Address,
  [toHost, toPort]: Address,
): Promise<void> {
  const words = ["node", PASS, host, `${port}`, toHost, `${toPort}`];
  await network.start(place, words, /listens/);
}

async function startTurn(network: Network, folder: string): Promise<void> {
  const { username, credential } = USER;
  const options = [
    "-n",
    "--no-cli",
    "--no-tls",
    "--no-dtls",
    "--log-file=stdout",
    `--listening-ip=${SERVER}`,
    `--relay-ip=${SERVER}`,
    "--realm=tests",
    "--lt-cred-mech",
    `--user=${username}:${credential}`,
    `--userdb=${join(folder, "turn.db")}`,
    `--pidfile=${join(folder, "turn.pid")}`,
  ];
  // Into a pipe, it would say nothing before there is a page full.
  const words = ["stdbuf", "-oL", "turnserver", ...options];
  await network.start(network.internet, words, /Total General servers/);
}

/** A browser at a place: Playwright starts one program, and speaks with it by pipes. */
async function launch(place: string, folder: string): Promise<Browser> {
  const { executablePath = "chromium", args } = chromiumLaunch();
  const program = join(folder, place);
  await writeFile(program, `#!/bin/sh\nexec ${at(place, [executablePath]).join(" ")} "$@"\n`);
  await chmod(program, 0o755);
  return chromium.launch({ executablePath: program, args });
}
