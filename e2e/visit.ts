/** The page as a visitor sees it, in the words of the visitor. */
import { expect } from "playwright/test";
import type { Locator, Page } from "playwright/test";
import type { RunOutcome } from "#kernel";
import type { ImageOrder } from "#ui";
import type { Driver } from "../src/boot/driver.ts";

/** What a program gets of a run. */
interface Ran {
  readonly outcome: RunOutcome;
  readonly stdout: string;
  readonly stderr: string;
}

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
  /** Runs an order as a program does, by `window.ww`, without input. */
  run(order: ImageOrder): Promise<Ran>;
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
    run: (order) =>
      page.evaluate(async (given) => {
        const { ww } = globalThis as unknown as { readonly ww: Driver };
        const written = { stdout: "", stderr: "" };
        const running = ww.run(given, async (stream, base64) => {
          if (stream !== "car") written[stream] += atob(base64);
        });
        ww.endInput();
        return { outcome: await running, ...written };
      }, order),
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
