/** The page as a visitor sees it, in the words of the visitor. */
import { expect } from "playwright/test";
import type { Locator, Page } from "playwright/test";
import type { Outcome } from "#base";
import type { Init } from "#capnp";
import { readOutcome } from "#kernel";
import type { ByteStream, Order } from "#schema";
import type { ProgramDoor } from "../src/boot/program-door.ts";

/** What a program gets of a run. */
interface Ran {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
}

/** What can be passed to the page. */
type PlainOrder = Omit<Init<Order>, "chooser">;

export interface Visit {
  readonly page: Page;
  readonly field: Locator;
  readonly complaint: Locator;
  readonly terminal: Locator;
  readonly status: Locator;
  readonly progress: Locator;
  readonly stop: Locator;
  /** Goes to the page, at the link of an image if a path is given. */
  open(path?: string): Promise<void>;
  /** Puts a name into the field and runs it. */
  paste(name: string): Promise<void>;
  /** Types into what has the focus, and presses Enter. */
  type(line: string): Promise<void>;
  /** Runs an order as a program in the page does, by `window.ww`, without input. */
  run(order: PlainOrder): Promise<Ran>;
  /** The names of all workers of the browser, the kernel's first. */
  workers(): Promise<readonly string[]>;
  /**
   * Nothing of a run is left: the kernel is there, and workers for two cells more.
   */
  expectNothingLeft(): Promise<void>;
  /** Boots an image that prints `CHILD_OK` and exits, in the page as it is. */
  expectReady(path: string): Promise<void>;
}

export async function openVisit(page: Page, url: string): Promise<Visit> {
  const browser = page.context().browser();
  if (browser === null) throw new Error("Page has no browser");
  // Playwright's own list of workers is the page's; this one has also those that nobody owns any more.
  const targets = await browser.newBrowserCDPSession();
  /** The page's own does not reach the heap of the kernel's worker, which starts the workers of cells. */
  const collectKernelGarbage = async (): Promise<void> => {
    const { targetInfos } = await targets.send("Target.getTargets", { filter: [{}] });
    const kernel = targetInfos.find(({ url: script }) => script.includes("/kernel.worker-"));
    if (kernel === undefined) return;
    const { targetId } = kernel;
    const { promise: over, resolve } = Promise.withResolvers<void>();
    targets.once("Target.receivedMessageFromTarget", () => resolve());
    targets.once("Target.detachedFromTarget", () => resolve());
    const { sessionId } = await targets.send("Target.attachToTarget", { targetId });
    const message = JSON.stringify({ id: 1, method: "HeapProfiler.collectGarbage" });
    await targets.send("Target.sendMessageToTarget", { sessionId, message });
    await over;
    await targets.send("Target.detachFromTarget", { sessionId }).catch(() => {});
  };
  const visit: Visit = {
    page,
    field: page.getByRole("textbox", { name: "Image" }),
    complaint: page.getByRole("alert"),
    terminal: page.locator(".xterm-rows"),
    status: page.getByRole("status"),
    progress: page.getByRole("progressbar"),
    stop: page.getByRole("button", { name: "Stop" }),
    async open(path = "") {
      await page.goto(path === "" ? url : `${url}#${path}`);
    },
    async paste(name) {
      await visit.field.fill(name);
      await visit.field.press("Enter");
    },
    async type(line) {
      await page.keyboard.type(line);
      await page.keyboard.press("Enter");
    },
    async run(order) {
      const ran = await page.evaluate(runInPage, order);
      return { ...ran, outcome: readOutcome(ran.outcome) };
    },
    async workers() {
      const { targetInfos } = await targets.send("Target.getTargets", { filter: [{}] });
      return targetInfos
        .filter(({ type }) => type === "worker")
        .map(({ url: script }) =>
          script.startsWith("blob:") ? "cell" : (/\/(\w+)\.worker/.exec(script)?.[1] ?? script),
        )
        .toSorted();
    },
    async expectNothingLeft() {
      await expect
        .poll(async () => {
          // Until then, the browser lists workers that were ended before their script came.
          await page.requestGC();
          await collectKernelGarbage().catch(() => {}); // of a kernel that ends meanwhile
          return (await visit.workers()).join(" ");
        })
        .toMatch(/^(cell ){0,2}kernel$/);
    },
    async expectReady(path) {
      await visit.paste(path);
      await expect(visit.terminal).toContainText("CHILD_OK");
      await expect(visit.status).toHaveText("Exited with code 0");
      await visit.expectNothingLeft();
    },
  };
  return visit;
}

/** In the page, which knows nothing of what is around this function. */
async function runInPage(order: PlainOrder): Promise<{
  readonly outcome: Parameters<typeof readOutcome>[0];
  readonly stdout: string;
  readonly stderr: string;
}> {
  const { ww } = globalThis as unknown as { readonly ww: ProgramDoor };
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
  const readText = async (stream: ByteStream): Promise<string> => {
    let text = "";
    for (;;) {
      const { data } = await stream.read(65_536);
      if (data.length === 0) return text;
      text += String.fromCharCode(...data);
    }
  };
  const booted = (await ww.owner()).boot(order);
  const { run } = booted;
  run
    .stdin()
    .stream.close()
    .catch(() => undefined);
  const output = [run.stdout().stream, run.stderr().stream].map(readText);
  const { outcome } = await run.wait();
  const [stdout = "", stderr = ""] = await Promise.all(output);
  booted[Symbol.dispose]();
  return { outcome: { ...outcome }, stdout, stderr };
}
