/**
 * `npm run soak [-- 500]`: loads the page in Firefox that often, and boots an image each time, in both ways of waiting in
 * turn.
 *
 * Each boot must end. One that does not is reported with what the page shows, and whether Stop still works.
 */
import { openFirefox } from "./open-firefox.ts";
import type { Tab, View } from "./open-firefox.ts";

const DEADLINE_MS = 20_000;
const STOP_MS = 5_000;
const REPORT_EVERY = 50;

const count = Number(process.argv[2] ?? 500);
if (!Number.isInteger(count) || count < 1) {
  console.error("Name a number of boots: npm run soak -- 500");
  process.exitCode = 2;
} else {
  process.exitCode = (await soak(count)) ? 0 : 1;
}

/** Whether all boots have ended well. */
async function soak(boots: number): Promise<boolean> {
  await using firefox = await openFirefox();
  console.log(`${boots} boots in ${firefox.version}`);
  await using tab = await firefox.openTab();
  const tookMs: number[] = [];
  let bad = 0;
  for (let boot = 1; boot <= boots; boot++) {
    const mode = boot % 2 === 0 ? "jspi" : "shared-memory";
    const startedMs = performance.now();
    await tab.open("pid0", mode);
    const view = await waitFor(tab, isOver, DEADLINE_MS);
    if (isGood(view)) {
      tookMs.push(performance.now() - startedMs);
    } else {
      bad += 1;
      console.log(`boot ${boot}, ${mode}: ${JSON.stringify(view)}; ${await tryStop(tab, view)}`);
    }
    if (boot % REPORT_EVERY === 0 || boot === boots) {
      console.log(`${boot}: ${describe(tookMs)}, ${bad} bad`);
    }
  }
  return bad === 0;
}

function isGood({ status, terminal }: View): boolean {
  return status === "Exited with code 0" && terminal.includes("CHILD_OK");
}

/** The last line may be drawn after the exit code. */
function isOver(view: View): boolean {
  return isGood(view) || (isEnd(view.status) && view.status !== "Exited with code 0");
}

function isEnd(status: string): boolean {
  return !/^(Nothing runs yet|Opening|Looking|Fetching|Preparing|Running)|^$/.test(status);
}

async function tryStop(tab: Tab, { status, canStop }: View): Promise<string> {
  if (isEnd(status) || !canStop) return "there is nothing to stop";
  await tab.pressStop();
  const after = await waitFor(tab, (now) => isEnd(now.status), STOP_MS);
  return isEnd(after.status) ? "Stop ended it" : "Stop did not end it";
}

/** The first view that will do, else the last one within the time. */
async function waitFor(tab: Tab, isDone: (view: View) => boolean, ms: number): Promise<View> {
  const until = performance.now() + ms;
  for (;;) {
    const view = await tab.look();
    if (isDone(view) || performance.now() > until) return view;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function describe(tookMs: readonly number[]): string {
  if (tookMs.length === 0) return "none ended well";
  const sorted = tookMs.toSorted((a, b) => a - b);
  const at = (share: number): string =>
    (sorted[Math.ceil(share * sorted.length) - 1] ?? 0).toFixed(0);
  return `${sorted.length} ended well, in ${at(0.5)} ms (median), ${at(0.95)} ms (95 %), ${at(1)} ms (longest)`;
}
