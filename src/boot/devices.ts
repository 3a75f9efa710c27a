/** The devices of every page: a kernel, the node, content by CID. */
import { createLineLogger, loadOnce, parseLogLevel, SILENT } from "#base";
import type { Waiting } from "#base";
import { loadConfig } from "./config.ts";
import type { PageConfig } from "./config.ts";
import { readMode } from "./cell-mode.ts";
import { chooseWorkers } from "./cell-workers.ts";
import type { Content } from "#net";
import { createContentServers } from "./content-servers.ts";
import { createContentLoad } from "./content.ts";
import { createHttpLoad } from "./http.ts";
import type { PageHttp } from "./http.ts";
import { createImages } from "./images.ts";
import type { PageImages } from "./images.ts";
import { createKernelLoad } from "./kernel.ts";
import type { LoadedKernel } from "./kernel.ts";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";
import type { SecretStore } from "./secrets.ts";
import { createPageNames } from "./names.ts";
import type { PageNames } from "./names.ts";
import { joinMesh } from "./mesh.ts";
import { waitForRun } from "./wait-for-run.ts";
import type { Mesh } from "./mesh.ts";
import cellScript from "../workers/cell.worker.ts?script-address";
import kernelScript from "../workers/kernel.worker.ts?worker-address";

/** Enough for a small script over a slow network. */
const SECRETS_LIMIT_MS = 60_000;

/** Time limit for a small file. */
const CONFIG_LIMIT_MS = 20_000;

export interface Devices {
  readonly config: Load<PageConfig>;
  readonly content: Load<Content>;
  readonly http: Load<PageHttp>;
  readonly images: PageImages;
  readonly secrets: Load<SecretStore>;
  readonly mesh: Mesh;
  readonly kernel: Load<LoadedKernel>;
  readonly names: PageNames;
}

/** Wires the devices to the browser's APIs; each is loaded on first use. */
export function openDevices(): Devices {
  const search = new URLSearchParams(location.search);
  const logLevel = parseLogLevel(search.get("log"));
  const logger =
    logLevel === undefined ? SILENT : createLineLogger(logLevel, (line) => console.info(line));
  const config = createLoad({
    what: "the page's configuration",
    open: readConfig,
    limitMs: CONFIG_LIMIT_MS,
  });
  const mesh = joinMesh({
    async relays(waiting) {
      const { relays } = await config.get(waiting);
      return relays.length > 0 ? relays : readRelays(waiting.signal);
    },
    tables: async (waiting) => (await config.get(waiting)).tables,
    iceServers: async (waiting) => (await config.get(waiting)).iceServers,
    reloadRelays: () => readRelays(AbortSignal.timeout(CONFIG_LIMIT_MS)),
    locks: navigator.locks,
    // The browser closes only WebSockets for a page that goes, and says nothing to peers over WebRTC.
    whenGone: (leave) => addEventListener("pagehide", leave),
    logger,
  });
  const content = createContentLoad({
    config: (waiting) => config.get(waiting),
    fetch: (url, init) => fetch(url, init),
    wallMs: () => Date.now(),
    peersAt: mesh.peersAt,
    foundPeers: mesh.foundPeers,
  });
  const names = createPageNames({
    config: (waiting) => config.get(waiting),
    fetch: (url, init) => fetch(url, init),
    logger,
    net: (waiting) => mesh.net(waiting),
    running: () => running.get(),
  });
  const images = createImages({
    content,
    resolve: (key, waiting) => names.resolve(key, waiting),
    isSecure: isSecureContext,
    onOpen: () => mesh.retry(),
  });
  const kernel: Load<LoadedKernel> = createKernelLoad(
    () => new Worker(kernelScript, { type: "module" }),
    {
      node: mesh.node,
      keys: mesh.keys,
      streams: mesh.streams,
      meet: (address, options) => mesh.connectAt(address, options),
      content: createContentServers({ content, names, net: (waiting) => mesh.net(waiting) }),
      images,
      mode: readMode(search),
      logLevel,
      workers: chooseWorkers(cellScript, navigator.userAgent),
    },
  );
  const running = loadOnce(() => waitForRun(kernel));
  const http = createHttpLoad({
    config: (waiting) => config.get(waiting),
    spawn: () =>
      new Worker(new URL("../workers/http.worker.ts", import.meta.url), { type: "module" }),
    nowMs: () => performance.now(),
  });
  const secrets = createLoad({
    what: "the secrets",
    open: async () => (await import("./secrets.ts")).openSecretStore("secrets"),
    limitMs: SECRETS_LIMIT_MS,
  });
  return { config, content, http, images, secrets, mesh, kernel, names };
}

function readConfig(signal?: AbortSignal): Promise<PageConfig> {
  return loadConfig("config.json", fetchFile, document.baseURI, { signal });
}

/** A local node that serves one run starts its relay on this request. */
async function readRelays(signal?: AbortSignal): Promise<readonly string[]> {
  return (await loadConfig("config.json?relays", fetchFile, document.baseURI, { signal })).relays;
}

function fetchFile(url: string, { signal }: Waiting): Promise<Response> {
  return fetch(url, { signal: signal ?? null });
}
