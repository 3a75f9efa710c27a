/** The local node: page, gateway, counts and native peer on one port of 127.0.0.1. */
import { randomBytes } from "node:crypto";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { ServerResponse } from "node:http";
import { Exception, loadOnce, SILENT } from "#base";
import type { Logger, Waiting } from "#base";
import { parseImageName } from "#image";
import { createMemoryNames } from "#net";
import type { IceServer } from "#net";
import { MemoryBlockstore } from "blockstore-core";
import type { Certificate } from "./certificate.ts";
import { findForeign, findPreviewName } from "./foreign.ts";
import { createForwardHandler } from "./forward.ts";
import { createGatewayHandler } from "./gateway.ts";
import type { RequestHandler } from "./gateway.ts";
import { isLayer } from "./is-layer.ts";
import { loadFolder, loadImage } from "./load-image.ts";
import type { LoadedImage } from "./load-image.ts";
import { HOST, startLocalServer } from "./local-server.ts";
import { openNameFiles } from "./name-files.ts";
import { createNameHandler } from "./name-handler.ts";
import { createPageHandler } from "./page-server.ts";
import { createProviderHandler, PROVIDERS_PATH } from "./provider-handler.ts";
import { serveOwnerSockets } from "./owner-sockets.ts";
import type { Invitation } from "./owner-sockets.ts";
import type { NativeNode, NativeNodeOptions } from "./mesh/native-node.ts";
import { servePreviews } from "./previews.ts";
import type { Previews, TakeSandbox } from "./previews.ts";
import { passWebSockets } from "./pass-websockets.ts";

export interface LocalNodeOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** Folders and CAR files. */
  readonly images: readonly string[];
  /** Folders that the page can mount by their paths; only if `isPrivate`. */
  readonly folders?: readonly string[] | undefined;
  /**
   * Whether everything is only for those who have the node's `url`, which cannot be guessed. Otherwise any user and program
   * of this computer can get a folder's files by their CIDs, which are no secret for files that others have as well.
   */
  readonly isPrivate?: boolean | undefined;
  /** The folder of the built page; without it, the node serves no page, only gateway, relay and configuration. */
  readonly distFolder?: string | undefined;
  /** Gateways that the page uses instead of this node's own. */
  readonly gateways?: readonly string[] | undefined;
  /** Whether requests of the page's cells leave through this node, so that servers need not allow cross-origin requests. */
  readonly forwards?: boolean | undefined;
  /** How long the page lets a gateway be silent; by default, the page chooses. */
  readonly stallMs?: number | undefined;
  /** How often the page resolves the name of a running image again; by default, the page chooses. */
  readonly namePollMs?: number | undefined;
  /**
   * The folder that keeps the relay's identity, created the first time, and the newest records of names. Without it, the
   * identity is new each time, and records are forgotten at the end.
   */
  readonly stateFolder?: ((port: number) => string) | undefined;
  /** Further addresses at which peers reach this node, and peers that it stays connected to. */
  readonly mesh?: MeshOptions | undefined;
  /** Servers for delegated routing, which the page asks; it may then connect to every server with TLS. */
  readonly routers?: readonly string[] | undefined;
  /** STUN and TURN servers for the page's node. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /** With it, the port speaks HTTPS and secure WebSockets. */
  readonly certificate?: Certificate | undefined;
  /** Takes the sandboxes that tabs offer; without it, they are refused. */
  readonly takeSandbox?: TakeSandbox | undefined;
  readonly logger?: Logger | undefined;
  readonly signal?: AbortSignal | undefined;
}

export type MeshOptions = Pick<NativeNodeOptions, "listen" | "announce" | "peers">;

/** What the page reads from `/config.json`; addresses may be relative to the page. */
export interface PageConfig {
  readonly gateways: readonly string[];
  readonly relays: readonly string[];
  readonly images: readonly {
    readonly name: string;
    readonly path: string;
    /** Present for a layer, which no visitor can open alone. */
    readonly isLayer?: true;
  }[];
  readonly stallMs?: number | undefined;
  readonly namePollMs?: number | undefined;
  /** The address that requests of cells are posted to. @see src/http/forward-frame.ts */
  readonly forward?: string | undefined;
  /** The address at which a tab opens previews of what its cells serve. @see src/cli/previews.ts */
  readonly previews?: string | undefined;
  /** Whether a tab can also offer its sandboxes there. */
  readonly sandboxes: true | undefined;
  readonly iceServers?: readonly IceServer[] | undefined;
  readonly routers?: readonly string[] | undefined;
}

export interface ServedImage extends LoadedImage {
  /** Whether it has no program of its own; always `false` in a private node, which offers images to nobody. */
  readonly isLayer: boolean;
}

export interface LocalNode extends AsyncDisposable {
  /** The page's address, with a slash at the end. */
  readonly url: string;
  readonly images: readonly ServedImage[];
  /** Paths of links to the folders, in their order. */
  readonly folders: readonly string[];
  /** The relay's multiaddress with its peer id; empty for a private node, which starts a relay only if a page asks for it. */
  readonly relay: string;
  /** All announced addresses, with the peer id; empty for a private node. */
  addresses(): readonly string[];
  /** Asks a page of this node for the power over its kernel. */
  invite(): Invitation;
  /** Loads an image into the running node; it is served, but not listed. @throws {Exception} `failed` as at the start. */
  addImage(path: string, options?: Waiting): Promise<LoadedImage>;
  /**
   * The same for a folder. @returns the path of a link to it
   *
   * @throws {TypeError} when the node is not private.
   */
  addFolder(path: string, options?: Waiting): Promise<string>;
  /** Whether the root block of an image is stored. @param path the path of the image's link */
  has(path: string): Promise<boolean>;
}

/**
 * Loads the images and starts to serve; dispose ends everything.
 *
 * @throws {Exception} `failed` when the port is taken, the page is not built, an image cannot be read, or another process
 * uses the state.
 */
export async function startLocalNode(options: LocalNodeOptions): Promise<LocalNode> {
  const { port, distFolder, isPrivate = false, forwards = false, signal } = options;
  const { stallMs, namePollMs, routers, iceServers, certificate, logger = SILENT } = options;
  if (distFolder !== undefined && !(await isFile(join(distFolder, "index.html")))) {
    throw new Exception("failed", `No page in "${distFolder}": build it with \`npx vite build\``);
  }
  const blockstore = new MemoryBlockstore();
  const images: ServedImage[] = [];
  for (const path of options.images) {
    const loaded = await loadImage(path, blockstore, { signal });
    const layer = !isPrivate && (await isLayer(loaded, blockstore, { signal }));
    images.push({ ...loaded, isLayer: layer });
  }
  const addFolder: LocalNode["addFolder"] = async (path, waiting) => {
    if (!isPrivate) throw new TypeError("Folders are served by a private node only");
    return loadFolder(path, blockstore, waiting);
  };
  const folders: string[] = [];
  for (const path of options.folders ?? []) folders.push(await addFolder(path, { signal }));

  await using stack = new AsyncDisposableStack();
  const base = isPrivate ? `/${toToken()}/` : "/";
  const forward = forwards ? `forward/${toToken()}` : undefined;
  const gateways = options.gateways ?? [base];
  let previews: Previews | undefined;
  const { promise: handlers, resolve: begin } = Promise.withResolvers<Handlers>();
  const { server, port: publicPort } = stack.use(
    await startLocalServer(port, async (...exchange) => route(base, await handlers, ...exchange), {
      certificate,
      intercept(request, response) {
        if (previews === undefined || findPreviewName(request) === undefined) return false;
        previews.answer(request, response);
        return true;
      },
    }),
  );
  const host = certificate?.localName ?? HOST;
  const hosts = certificate?.names ?? [];
  const owners = stack.use(serveOwnerSockets(server, base));
  const scheme = certificate === undefined ? "http" : "https";
  // A headless page, which runs one image, needs no previews.
  const shown = isPrivate
    ? undefined
    : stack.use(
        servePreviews(server, {
          base,
          toUrl: (name) => `${scheme}://${name}.localhost:${publicPort}/`,
          takeSandbox: options.takeSandbox,
        }),
      );
  previews = shown;
  stack.use(
    passWebSockets(server, async () => (await natives.get()).port, {
      except: (request) => owners.serves(request.url) || shown?.serves(request) === true,
      names: hosts,
    }),
  );
  // Disposed before the sockets that lead to it, so that it can close its connections in order.
  const stateFolder = options.stateFolder?.(publicPort);
  const natives = stack.use(
    createNativeStart(stateFolder, {
      ...options.mesh,
      localAddress: toLocalAddress(host, publicPort, certificate !== undefined),
      tls: certificate,
      isForeign: (request) => findForeign(request, hosts) !== undefined,
      logger,
    }),
  );
  // A headless page rarely asks for peers, and libp2p takes longer to load than the rest.
  const native = isPrivate ? undefined : await natives.get();
  if (native !== undefined) {
    const { shareBlocks } = await import("./mesh/share-blocks.ts");
    stack.use(await shareBlocks(native.streams, blockstore));
  }
  const toConfig = ({ address }: Pick<NativeNode, "address">): PageConfig => ({
    gateways,
    relays: address === "" ? [] : [address],
    images: images.map(({ name, path, isLayer: layer }) => ({
      name,
      path,
      ...(layer && { isLayer: layer }),
    })),
    stallMs,
    namePollMs,
    forward,
    previews: shown?.path,
    sandboxes: options.takeSandbox && true,
    iceServers,
    routers,
  });
  // The native node has locked the folder.
  const isKept = native !== undefined && stateFolder !== undefined;
  const names = isKept ? await openNameFiles(join(stateFolder, "names")) : createMemoryNames();
  begin({
    gateway: createGatewayHandler(blockstore),
    names: createNameHandler(names, (key) => native?.tellName(key)),
    page:
      distFolder === undefined
        ? refusePage
        : createPageHandler(distFolder, [
            "ws:",
            "wss:",
            ...[...gateways, ...(routers ?? [])].flatMap(toOrigin),
            // The servers that routers name are not known in advance.
            ...(routers === undefined ? [] : ["https:"]),
          ]),
    forward: forward === undefined ? undefined : [`/${forward}`, createForwardHandler()],
    config: async (wantsRelays) =>
      JSON.stringify(toConfig(native ?? (wantsRelays ? await natives.get() : { address: "" }))),
    metrics: () => native?.metrics() ?? "",
    providers:
      native === undefined
        ? refusePage
        : createProviderHandler({ ...native.providing, has: async (cid) => blockstore.has(cid) }),
  });
  signal?.throwIfAborted();

  const owned = stack.move();
  return {
    url: `${scheme}://${host}:${publicPort}${base}`,
    images,
    folders,
    relay: native?.address ?? "",
    addresses: () => native?.addresses() ?? [],
    invite: () => owners.invite(),
    addImage: (path, waiting) => loadImage(path, blockstore, waiting),
    addFolder,
    async has(path) {
      const name = parseImageName(path);
      return name.type === "name" && (await blockstore.has(name.cid));
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** 128 random bits, as part of a path. */
function toToken(): string {
  return randomBytes(16).toString("hex");
}

interface Handlers {
  /** With the path at which it is served. */
  readonly forward: readonly [path: string, handler: RequestHandler] | undefined;
  readonly gateway: RequestHandler;
  readonly names: RequestHandler;
  readonly page: RequestHandler;
  readonly providers: RequestHandler;
  /** The configuration as JSON. @param wantsRelays whether a relay is started if there is none */
  readonly config: (wantsRelays: boolean) => Promise<string>;
  readonly metrics: () => string;
}

/** @param base the prefix of all paths, which is removed before the handlers see them */
async function route(
  base: string,
  { forward, gateway, names, page, providers, config, metrics }: Handlers,
  ...[request, response]: Parameters<RequestHandler>
): Promise<void> {
  const path = request.url ?? "/";
  if (!path.startsWith(base)) return refusePage(request, response);
  request.url = path.slice(base.length - 1);
  if (request.url === forward?.[0]) return forward[1](request, response);
  if (request.url.startsWith("/ipfs/")) return gateway(request, response);
  if (request.url === "/healthz") return send(response, "text/plain; charset=utf-8", "ok\n");
  if (request.url === "/metrics") return send(response, METRICS_TYPE, metrics());
  if (request.url.startsWith("/ipns/")) return names(request, response);
  if (request.url.startsWith(PROVIDERS_PATH)) return providers(request, response);
  const wantsRelays = request.url === "/config.json?relays";
  if (!wantsRelays && request.url !== "/config.json") return page(request, response);
  send(response, "application/json", await config(wantsRelays));
}

const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, {
    "cache-control": "no-store",
    "content-type": type,
    "cross-origin-resource-policy": "same-origin",
  });
  response.end(body);
}

/** The address of the local server's WebSockets. */
function toLocalAddress(host: string, port: number, isSecure: boolean): string {
  return `/${host === HOST ? "ip4" : "dns4"}/${host}/tcp/${port}${isSecure ? "/tls/ws" : "/ws"}`;
}

interface NativeStart extends AsyncDisposable {
  /** The node, started by the first call. */
  get(): Promise<NativeNode>;
}

function createNativeStart(
  stateFolder: string | undefined,
  options: NativeNodeOptions,
): NativeStart {
  const stack = new AsyncDisposableStack();
  const start = async (): Promise<NativeNode> => {
    const { startNativeNode } = await import("./mesh/native-node.ts");
    if (stateFolder === undefined) return stack.use(await startNativeNode(options));
    const { openState } = await import("./state.ts");
    const { identity: privateKey } = stack.use(await openState(stateFolder));
    return stack.use(await startNativeNode({ ...options, privateKey }));
  };
  const started = loadOnce(start);
  return {
    get: () => started.get(),
    async [Symbol.asyncDispose]() {
      await started.peek();
      await stack.disposeAsync();
    },
  };
}

const refusePage: RequestHandler = async (_request, response) => {
  response.writeHead(404, { "content-type": "text/plain; charset=utf-8" });
  response.end("This node serves no page\n");
};

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
