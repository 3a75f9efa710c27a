/** Opens the page for one `ww run`: in the resident's browser if there is one, else in a browser of its own. */
import type { Waiting } from "#base";
import { DIST_FOLDER } from "./dist-folder.ts";
import type { HeadlessOptions } from "./headless-page.ts";
import type { PageOrder, PlacedImages } from "./page-order.ts";
import { readProgramIdentity } from "./program-identity.ts";
import type { OwnedKernel } from "./run-order.ts";
import { findPage } from "./warm/find-page.ts";
import { chooseRuntimeFolder } from "./warm/runtime-folder.ts";

/** Disposing closes the page, and the browser if it is the run's own. */
export interface RunPage
  extends PlacedImages, Pick<OwnedKernel, "owner" | "run">, AsyncDisposable {}

export interface RunPageOptions extends Waiting, Pick<HeadlessOptions, "onConsole"> {
  /** Whether the run starts a browser of its own even if there is a resident. */
  readonly isCold: boolean;
  /** Called with the reason why the resident's browser is not used. */
  readonly onCold: (why: string) => void;
}

/** @throws {Exception} `failed` when an image cannot be read, or no browser can be started. */
export async function openRunPage(order: PageOrder, options: RunPageOptions): Promise<RunPage> {
  const { isCold, onCold, signal } = options;
  if (isCold) return openOwnPage(order, options);
  // Loaded while the resident answers.
  const loading = import("./run-order.ts");
  const found = await findPage(order, {
    folder: await chooseRuntimeFolder(),
    identity: await readProgramIdentity(),
    onConsole: options.onConsole,
    signal,
  });
  if (found.type === "none") {
    onCold(found.why);
    return openOwnPage(order, options);
  }
  await using stack = new AsyncDisposableStack();
  const { images, folders, duplex, broken } = stack.use(found);
  const { ownKernel } = await loading;
  const kernel = stack.use(ownKernel(duplex, broken));
  return toRunPage({ images, folders }, kernel, stack.move());
}

async function openOwnPage(
  order: PageOrder,
  { onConsole, signal }: RunPageOptions,
): Promise<RunPage> {
  // Loaded here: these modules take longer to load than a whole run takes in the resident's browser.
  const { launchBrowser } = await import("./launch-browser.ts");
  const launching = launchBrowser();
  await using stack = new AsyncDisposableStack();
  stack.defer(async () => (await launching.catch(() => undefined))?.[Symbol.asyncDispose]());
  const [{ startLocalNode }, { openPage }, { placeImages }] = await Promise.all([
    import("./local-node.ts"),
    import("./run-in-browser.ts"),
    import("./page-order.ts"),
  ]);
  const node = stack.use(
    await startLocalNode({
      port: 0,
      images: [],
      distFolder: DIST_FOLDER,
      gateways: ["./", ...order.gateways],
      isPrivate: true,
      signal,
    }),
  );
  // The images are loaded while the browser starts.
  const { cells, log } = order;
  const [placed, page] = await Promise.all([
    placeImages(node, order, { signal }),
    openPage(node, { browser: launching, cells, log, onConsole, signal }),
  ]);
  return toRunPage(placed, stack.use(page), stack.move());
}

/** @param owned disposed with the page */
function toRunPage(
  placed: PlacedImages,
  kernel: Pick<OwnedKernel, "owner" | "run">,
  owned: AsyncDisposableStack,
): RunPage {
  return {
    ...placed,
    owner: kernel.owner,
    run: (order, streams) => kernel.run(order, streams),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}
