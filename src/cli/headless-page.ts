/** Opens the headless page in a browser: connects to its kernel, and reports when it breaks down. */
import { Exception, toMessage } from "#base";
import type { Duplex } from "#base";
import type { Browser, Page, Response } from "playwright";
import type { LocalNode } from "./local-node.ts";
import type { PageOrder } from "./page-order.ts";

export interface HeadlessPage {
  /** The connection at whose other end the kernel serves the `Owner`. Disposed with the node. */
  readonly duplex: Duplex;
  /** Rejects with one sentence when the page breaks down; a rejection counts as handled. */
  readonly broken: Promise<never>;
}

export interface HeadlessOptions extends Pick<PageOrder, "cells" | "log"> {
  /** Called with the text of the page's console, and with its uncaught errors. */
  readonly onConsole?: ((text: string) => void) | undefined;
}

/** A page that has not connected by then never will; a busy computer takes ten seconds. */
const START_MS = 60_000;

/**
 * Opens the node's page in a blank tab.
 *
 * @throws {Exception} `failed` when the page breaks down before it has connected.
 */
export async function openHeadlessPage(
  { browser, page }: { readonly browser: Browser; readonly page: Page },
  node: LocalNode,
  { cells, log, onConsole = () => {} }: HeadlessOptions = {},
): Promise<HeadlessPage> {
  const { promise: broken, reject: fail } = Promise.withResolvers<never>();
  broken.catch(() => undefined);
  page.on("console", (message) => onConsole(message.text()));
  page.on("pageerror", (reason) => {
    onConsole(toMessage(reason));
    // A headless page has no other way to report it.
    fail(new Exception("failed", toMessage(reason)));
  });
  page.on("crash", () => fail(new Exception("failed", "The browser's page crashed")));
  const goneAway = (): void => fail(new Exception("failed", "The browser went away"));
  browser.on("disconnected", goneAway);
  page.once("close", () => {
    browser.off("disconnected", goneAway);
    // When a browser ends, its pages report their close first.
    goneAway();
  });
  const onResponse = (response: Response): void => {
    if (response.status() < 400 || !response.url().startsWith(node.url)) return;
    if (!["document", "script"].includes(response.request().resourceType())) return;
    const part = response.url().slice(node.url.length).split(/[?#]/)[0] ?? "";
    // Without this, a missing module would stop the page silently.
    fail(new Exception("failed", `The page lacks its part "${part}"; build it again`));
  };
  page.on("response", onResponse);
  const { path, duplex } = node.invite();
  const url = new URL(`headless.html#${path}`, node.url);
  if (cells !== undefined) url.searchParams.set("cells", cells);
  if (log !== undefined) url.searchParams.set("log", log);
  const late = (): void =>
    fail(new Exception("failed", `The page has not started within ${START_MS / 1000} s`));
  const timer = setTimeout(late, START_MS);
  try {
    await page.goto(url.href);
    return { duplex: await Promise.race([duplex, broken]), broken };
  } finally {
    clearTimeout(timer);
    // From here on, a failed load is reported by the page itself.
    page.off("response", onResponse);
  }
}
