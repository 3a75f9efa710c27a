/** The local node: page, gateway and relay on one port of 127.0.0.1. */
import { createServer } from "node:http";
import type { Server } from "node:http";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { Exception } from "#base";
import { MemoryBlockstore } from "blockstore-core";
import { createGatewayHandler } from "./gateway.ts";
import type { RequestHandler } from "./gateway.ts";
import { loadFolder, loadImage } from "./load-image.ts";
import type { LoadedImage } from "./load-image.ts";
import { createPageHandler } from "./page-server.ts";
import { startRelay } from "./relay.ts";
import { passWebSockets } from "./pass-websockets.ts";
import { openState } from "./state.ts";

export interface LocalNodeOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Folders and CAR files. */
  readonly images: readonly string[];
  /** Folders that pages can have by their paths, and which are offered to nobody. */
  readonly folders?: readonly string[] | undefined;
  /** The folder of the built page; without it there is no page, only gateway, relay and configuration. */
  readonly distFolder?: string | undefined;
  /** What the page is told to use instead of this node's own gateway. */
  readonly gateways?: readonly string[] | undefined;
  /** How long the page lets a gateway send nothing; the page's own choice when it is left out. */
  readonly stallMs?: number | undefined;
  /** Where the relay's identity is kept, and made the first time; a fresh one each time without. */
  readonly stateFolder?: ((port: number) => string) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What the page reads from `/config.json`; addresses may be relative to the page. */
export interface PageConfig {
  readonly gateways: readonly string[];
  readonly relays: readonly string[];
  readonly images: readonly { readonly name: string; readonly path: string }[];
  readonly stallMs?: number | undefined;
}

export interface LocalNode extends AsyncDisposable {
  /** The page's address, with a slash at the end. */
  readonly url: string;
  readonly images: readonly LoadedImage[];
  /** Paths of links to the folders, in their order. */
  readonly folders: readonly string[];
  /** The relay's multiaddress, with its peer id. */
  readonly relay: string;
}

/** Nobody else on the network is served. */
const HOST = "127.0.0.1";

/**
 * Loads the images and starts to serve; everything ends with dispose.
 *
 * @throws {Exception} `failed` when the port is taken, the page is not built, an image cannot be read, or another process
 * uses the state.
 */
export async function startLocalNode(options: LocalNodeOptions): Promise<LocalNode> {
  const { port, distFolder, gateways = ["/"], stallMs, signal } = options;
  if (distFolder !== undefined && !(await isFile(join(distFolder, "index.html")))) {
    throw new Exception("failed", `No page in "${distFolder}": build it with \`npx vite build\``);
  }
  const blockstore = new MemoryBlockstore();
  const images: LoadedImage[] = [];
  for (const path of options.images) images.push(await loadImage(path, blockstore, { signal }));
  const folders: string[] = [];
  for (const path of options.folders ?? []) {
    folders.push(await loadFolder(path, blockstore, { signal }));
  }

  await using stack = new AsyncDisposableStack();
  const server = createServer();
  stack.defer(() => closeServer(server));
  const publicPort = await listen(server, port);
  const stateFolder = options.stateFolder?.(publicPort);
  const state = stateFolder === undefined ? undefined : stack.use(await openState(stateFolder));
  const relay = stack.use(await startRelay(publicPort, state?.identity));
  const config: PageConfig = {
    gateways,
    relays: [relay.address],
    images: images.map(({ name, path }) => ({ name, path })),
    stallMs,
  };
  const handlers = {
    gateway: createGatewayHandler(blockstore),
    page:
      distFolder === undefined
        ? refusePage
        : createPageHandler(distFolder, ["ws:", "wss:", ...gateways.flatMap(toOrigin)]),
    config: JSON.stringify(config),
  };
  server.on("request", (request, response) => void route(handlers, request, response));
  stack.use(passWebSockets(server, relay.port));
  signal?.throwIfAborted();

  const owned = stack.move();
  return {
    url: `http://${HOST}:${publicPort}/`,
    images,
    folders,
    relay: relay.address,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

interface Handlers {
  readonly gateway: RequestHandler;
  readonly page: RequestHandler;
  readonly config: string;
}

async function route(
  { gateway, page, config }: Handlers,
  ...[request, response]: Parameters<RequestHandler>
): Promise<void> {
  const path = request.url ?? "/";
  if (path.startsWith("/ipfs/")) return gateway(request, response);
  if (path !== "/config.json") return page(request, response);
  response.writeHead(200, {
    "cache-control": "no-store",
    "content-type": "application/json",
    "cross-origin-resource-policy": "same-origin",
  });
  response.end(config);
}

const refusePage: RequestHandler = async (_request, response) => {
  response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
  response.end("This node serves no page\n");
};

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once("error", (reason: NodeJS.ErrnoException) => {
      if (reason.code !== "EADDRINUSE") return reject(reason);
      const state = `port ${port} is taken; choose another with --port`;
      reject(new Exception("failed", `Cannot start: ${state}`, { cause: reason }));
    });
    server.listen(port, HOST, resolve);
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : port;
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
}

function toOrigin(gateway: string): string[] {
  return URL.canParse(gateway) ? [new URL(gateway).origin] : [];
}

async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
