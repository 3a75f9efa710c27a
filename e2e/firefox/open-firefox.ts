/** A Firefox and a local node with the built page, for stories and for the soak. */
import { fileURLToPath } from "node:url";
import { launch } from "puppeteer-core";
import type { Page } from "puppeteer-core";
import { startLocalNode } from "#cli";
import type { CellMode } from "#base";
import { firefoxPath } from "./firefox-path.ts";

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The built page; another one can be named, so that a build of the same checkout does not disturb. */
const DIST_FOLDER: string = process.env["WW_DIST"] ?? at("../../dist");

export interface Firefox extends AsyncDisposable {
  readonly version: string;
  /** A tab with storage of its own. */
  openTab(): Promise<Tab>;
}

/** The page as a visitor sees it. Disposing forgets what it has stored, too. */
export interface Tab extends AsyncDisposable {
  readonly page: Page;
  /** Loads the page at the link of an image. */
  open(image: string, mode: CellMode): Promise<void>;
  /** What the page shows now. */
  look(): Promise<View>;
  /** Types into what has the focus, and presses Enter. */
  type(line: string): Promise<void>;
  pressStop(): Promise<void>;
}

export interface View {
  readonly status: string;
  readonly terminal: string;
  readonly complaint: string;
  readonly mode: string;
  /** Whether the button can be pressed. */
  readonly canStop: boolean;
}

/**
 * Starts both.
 *
 * @param more folders or CAR files of more images than `pid0` and `shell`
 * @throws {Error} when no Firefox is installed, or the page is not built
 */
export async function openFirefox(more: readonly string[] = []): Promise<Firefox> {
  await using stack = new AsyncDisposableStack();
  const executablePath = firefoxPath();
  if (executablePath === undefined) throw new Error("There is no Firefox: see CONTRIBUTING.md");
  const ours = ["pid0", "shell"].map((name) => at(`../../public/images/${name}`));
  const options = { port: 0, images: [...ours, ...more], distFolder: DIST_FOLDER };
  const node = stack.use(await startLocalNode(options));
  const paths = new Map(node.images.map(({ name, path }) => [name, path]));
  const browser = await launch({
    browser: "firefox",
    protocol: "webDriverBiDi",
    executablePath,
    headless: true,
  });
  stack.defer(() => browser.close());
  const version = await browser.version();
  const owned = stack.move();
  return {
    version,
    async openTab() {
      const context = await browser.createBrowserContext();
      const page = await context.newPage();
      return {
        page,
        async open(image, mode) {
          const path = paths.get(image);
          if (path === undefined) throw new Error(`There is no image "${image}"`);
          // Of two addresses that differ behind the # alone, the second would not load the page.
          await page.goto("about:blank");
          await page.goto(`${node.url}?cells=${mode}#${path}`);
        },
        look: () => page.evaluate(readView),
        async type(line) {
          await page.keyboard.type(line);
          await page.keyboard.press("Enter");
        },
        pressStop: () => page.click("#stop"),
        async [Symbol.asyncDispose]() {
          await context.close();
        },
      };
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Runs in the page. */
function readView(): View {
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- alone this function is sent to the page
  const text = (selector: string): string => document.querySelector(selector)?.textContent ?? "";
  return {
    status: text("#status"),
    // What fills up a line on the screen.
    terminal: text(".xterm-rows").replaceAll("\u00A0", " "),
    complaint: text("#complaint"),
    mode: text("#cell-mode"),
    canStop: document.querySelector("#stop:enabled") !== null,
  };
}
