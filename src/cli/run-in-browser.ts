/** A headless page in a browser of its own, whose kernel this process controls. */
import { whenAborted } from "#base";
import type { Waiting } from "#base";
import { openHeadlessPage } from "./headless-page.ts";
import type { HeadlessOptions } from "./headless-page.ts";
import { launchBrowser } from "./launch-browser.ts";
import type { LaunchedBrowser } from "./launch-browser.ts";
import type { LocalNode } from "./local-node.ts";
import { readResidentBytes } from "./resident-bytes.ts";
import { ownKernel } from "./run-order.ts";
import type { OwnedKernel } from "./run-order.ts";

/** A page in a browser of its own, driven by this process. Disposing closes the browser. */
export interface DrivenPage extends AsyncDisposable, Pick<OwnedKernel, "owner" | "run"> {
  /** Resident memory of the page and all its workers. @throws {Error} if there is no `/proc`. */
  residentBytes(): Promise<number>;
}

export interface OpenPageOptions extends Waiting, HeadlessOptions {
  /** The browser to open the page in, taken over; by default, one is launched. */
  readonly browser?: Promise<LaunchedBrowser> | undefined;
}

/**
 * Opens a page of the node in a headless browser.
 *
 * @throws {Exception} `failed` when the browser cannot be started.
 */
export async function openPage(
  node: LocalNode,
  options: OpenPageOptions = {},
): Promise<DrivenPage> {
  const { signal, browser: launching = launchBrowser() } = options;
  await using stack = new AsyncDisposableStack();
  const browser = stack.use(await launching);
  // Disposing the browser fails everything that waits for it.
  const forget = signal && whenAborted(signal, () => void browser[Symbol.asyncDispose]());
  stack.defer(() => forget?.());
  try {
    const { duplex, broken } = await openHeadlessPage(browser, node, options);
    const kernel = stack.use(ownKernel(duplex, broken));
    const owned = stack.move();
    return {
      owner: kernel.owner,
      run: (order, streams) => kernel.run(order, streams),
      residentBytes: () => readResidentBytes(browser.browser),
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  } catch (reason) {
    signal?.throwIfAborted();
    throw reason;
  }
}
