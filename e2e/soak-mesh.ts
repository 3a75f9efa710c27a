/**
 * `npm run soak -- mesh [minutes] [tabs]`: tabs on one relay, five minutes and 20 unless told otherwise. Each serves an echo;
 * they call each other's, and in each round one is loaded again, so that connections end and come back.
 *
 * All calls must be answered, the second time at the latest, and memory must be flat: that of the pages and of the relay in the last third of the time,
 * against the third before. The first third is for what is loaded once.
 */
import { readFile } from "node:fs/promises";
import { chromium } from "playwright";
import type { Browser, BrowserContext, Page } from "playwright";
import { readResidentBytes } from "../src/cli/resident-bytes.ts";
import { DIRECT } from "./cell-tab.ts";
import { makeOddImages } from "./odd-images.ts";
import { openVisit } from "./visit.ts";
import type { Visit } from "./visit.ts";
import { start } from "./ww.ts";
import type { ProgramDoor } from "../src/boot/program-door.ts";

interface Door {
  readonly ww: ProgramDoor;
  kept?: Disposable;
}

interface Sample {
  readonly pagesMb: number;
  readonly relayMb: number;
}

/** What memory may grow by from one third to the next. */
const GROWTH = 1.15;
const MIB = 1024 * 1024;
/** Each tab calls those that are so far behind it. */
const DISTANCES = [1, 2, 5];
const READY_MS = 60_000;

/** @param args minutes and tabs @returns the exit code */
export async function soakMesh(args: readonly string[]): Promise<number> {
  const [minutes = 5, count = 20] = args.map(Number);
  if (!(minutes > 0) || !Number.isInteger(count) || count < 6) {
    console.error("Name minutes, and six tabs or more: npm run soak -- mesh 5 20");
    return 2;
  }
  return (await soak(minutes * 60_000, count)) ? 0 : 1;
}

async function soak(lengthMs: number, tabCount: number): Promise<boolean> {
  await using odd = await makeOddImages();
  const image = odd.images.find((each) => each.endsWith("/meets")) ?? "";
  const relay = start(["up", "--port", "0", "--image", image]);
  await relay.printed("meets\n");
  const [, url = "", path = ""] = /^(\S+)#(\/ipfs\/\S+)/.exec(relay.out) ?? [];
  const browser = await chromium.launch(DIRECT.launchOptions);
  try {
    const context = await browser.newContext({ permissions: DIRECT.permissions });
    const tabs: Visit[] = [];
    while (tabs.length < tabCount) tabs.push(await openTab(context, url, path));
    console.log(`${tabCount} tabs are there`);
    const samples: Sample[] = [];
    let [calls, repeated, failures] = [0, 0, 0];
    const startedMs = performance.now();
    for (let round = 0; performance.now() - startedMs < lengthMs; round++) {
      const distance = DISTANCES[round % DISTANCES.length] ?? 1;
      for (const [at, tab] of tabs.entries()) {
        const other = tabs[(at + distance) % tabs.length];
        if (other === undefined) continue;
        calls++;
        // Where the machine is so busy that a tab does not answer its relay in time, it is reached a moment later.
        const trouble = await call(tab, other, path);
        if (trouble === undefined) continue;
        repeated++;
        console.log(`round ${round}, tab ${at}: ${trouble}`);
        if ((await call(tab, other, path)) !== undefined) failures++;
      }
      const again = tabs[round % tabs.length];
      if (again !== undefined) await load(again, path);
      samples.push(await measure(browser, tabs, relay.pid));
      const { pagesMb, relayMb } = samples.at(-1) ?? { pagesMb: 0, relayMb: 0 };
      const direct = await Promise.all(
        tabs.map(({ page }) => page.locator("#direct").textContent()),
      );
      console.log(
        `round ${round}: ${calls} calls, ${repeated} repeated, ${failures} failed; pages ${pagesMb} MB, relay ${relayMb} MB; connections ${direct.join(" ")}`,
      );
    }
    const isFlat = [
      judge(
        "pages",
        samples.map(({ pagesMb }) => pagesMb),
      ),
      judge(
        "relay",
        samples.map(({ relayMb }) => relayMb),
      ),
    ].every(Boolean);
    return isFlat && failures === 0;
  } finally {
    await browser.close();
    relay.stop("SIGTERM");
    await relay.result;
  }
}

async function openTab(context: BrowserContext, url: string, path: string): Promise<Visit> {
  const visit = await openVisit(await context.newPage(), url);
  await visit.open();
  await serve(visit.page, path);
  return visit;
}

/** Loads the tab again, with its identity. */
async function load({ page }: Visit, path: string): Promise<void> {
  await page.reload();
  await serve(page, path);
}

/** Resolves when the tab can be reached. */
async function serve(page: Page, path: string): Promise<void> {
  await page.evaluate(async (layer) => {
    const door = globalThis as unknown as Door;
    const booted = (await door.ww.owner()).boot({ layers: [layer], args: ["serve"] });
    door.kept = booted;
    await booted.run.stdout().stream.read(1000);
  }, path);
  const untilMs = performance.now() + READY_MS;
  while ((await locate(page)).length < 3) {
    if (performance.now() > untilMs) throw new Error("A tab has found no relay");
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function locate(page: Page): Promise<readonly string[]> {
  return page.evaluate(async () => {
    const { ww } = globalThis as unknown as Door;
    const { host } = await (await ww.owner()).node();
    const { peerId } = await host.id();
    const { addrs } = await host.addrs();
    return [peerId, ...addrs].map((bytes) => [...bytes].join(","));
  });
}

/** @returns what was wrong */
async function call(tab: Visit, other: Visit, path: string): Promise<string | undefined> {
  const place = await locate(other.page);
  const ran = await tab.run({ layers: [path], args: ["call", ...place] });
  return ran.stdout.startsWith("Tab: one Tab: two\n")
    ? undefined
    : JSON.stringify([ran.outcome, ran.stdout, ran.stderr]);
}

async function measure(browser: Browser, tabs: readonly Visit[], relay: number): Promise<Sample> {
  for (const { page } of tabs) await page.requestGC();
  const status = await readFile(`/proc/${relay}/status`, "utf8");
  const relayKb = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0);
  return {
    pagesMb: Math.round((await readResidentBytes(browser)) / MIB),
    relayMb: Math.round(relayKb / 1024),
  };
}

/** Whether the least of the last third is about that of the one before: what is above it may be garbage, which Node collects late. */
function judge(what: string, amounts: readonly number[]): boolean {
  const third = Math.floor(amounts.length / 3);
  if (third === 0) {
    console.log(`${what}: too few rounds to tell`);
    return false;
  }
  const [before, after] = [amounts.slice(third, -third), amounts.slice(-third)].map((some) =>
    Math.min(...some),
  );
  const isFlat = (after ?? 0) <= (before ?? 0) * GROWTH;
  console.log(`${what}: ${before} MB, then ${after} MB: ${isFlat ? "flat" : "it grows"}`);
  return isFlat;
}
