/** One browser for many runs: each has a page in a context of its own, and a spare page is open for the next run. */
import type { Browser, Page } from "playwright";
import { DIST_FOLDER } from "../dist-folder.ts";
import { openHeadlessPage } from "../headless-page.ts";
import type { HeadlessOptions, HeadlessPage } from "../headless-page.ts";
import { closeContext, launchBrowser } from "../launch-browser.ts";
import { startLocalNode } from "../local-node.ts";
import type { LocalNode } from "../local-node.ts";
import type { PageOrder } from "../page-order.ts";

/** A page with a node of its own. Disposing closes both, and the context with everything that the page has stored. */
export interface Berth extends AsyncDisposable, HeadlessPage {
  readonly node: LocalNode;
  readonly page: Page;
}

export type BerthOptions = HeadlessOptions & Pick<PageOrder, "gateways">;

export interface WarmBrowser extends AsyncDisposable {
  /** Opens the spare page. @returns whether it was not open yet @throws {Exception} `failed` when it cannot be opened */
  prepare(): Promise<boolean>;
  /** The spare page if it fits the options, else a page that is opened now. The caller disposes it. */
  open(options: BerthOptions): Promise<Berth>;
}

const PLAIN: BerthOptions = { gateways: [] };

/**
 * @param onGone called once when the browser has ended, for whatever reason
 * @throws {Exception} `failed` when the browser cannot be started.
 */
export async function startWarmBrowser(onGone: () => void): Promise<WarmBrowser> {
  const launched = await launchBrowser();
  launched.browser.on("disconnected", onGone);
  let spare: Promise<Berth> | undefined;
  const drop = (dropped: Promise<Berth>): void => {
    if (spare === dropped) spare = undefined;
  };
  return {
    async prepare() {
      const isNew = spare === undefined;
      const mine = (spare ??= openBerth(launched.browser, PLAIN));
      try {
        const { broken } = await mine;
        // The spare page may crash while it waits.
        if (isNew) broken.catch(() => drop(mine));
        return isNew;
      } catch (reason) {
        drop(mine);
        throw reason;
      }
    },
    async open(options) {
      const found = isPlain(options) ? spare : undefined;
      if (found === undefined) return openBerth(launched.browser, options);
      drop(found);
      return (await found.catch(() => undefined)) ?? openBerth(launched.browser, options);
    },
    async [Symbol.asyncDispose]() {
      const rest = spare;
      spare = undefined;
      await launched[Symbol.asyncDispose]();
      const berth = await rest?.catch(() => undefined);
      await berth?.[Symbol.asyncDispose]();
    },
  };
}

function isPlain({ cells, log, gateways }: BerthOptions): boolean {
  return cells === undefined && log === undefined && gateways.length === 0;
}

async function openBerth(browser: Browser, options: BerthOptions): Promise<Berth> {
  await using stack = new AsyncDisposableStack();
  const node = stack.use(
    await startLocalNode({
      port: 0,
      images: [],
      distFolder: DIST_FOLDER,
      gateways: ["./", ...options.gateways],
      isPrivate: true,
    }),
  );
  const context = await browser.newContext();
  // If the browser is gone, the context is closed already.
  stack.defer(() => closeContext(context, browser).catch(() => undefined));
  const page = await context.newPage();
  const opened = await openHeadlessPage({ browser, page }, node, options);
  const owned = stack.move();
  return { ...opened, node, page, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
