/** Entry of the page: gathers what the browser gives, and wires the rooms. */
import { Exception, toMessage } from "#base";
import type { Snapshot } from "#base";
import { serveWorkers } from "#cell";
import { parseImageName } from "#image";
import { startApp } from "#ui";
import type { PagePowers } from "#ui";
import { saveImage } from "./save-image.ts";
import { loadConfig } from "./config.ts";
import type { PageConfig } from "./config.ts";
import { readMode } from "./cell-mode.ts";
import { createContentLoad } from "./content.ts";
import { createDriver } from "./driver.ts";
import { createKernelLoad } from "./kernel.ts";
import { createLoad } from "./load.ts";
import { joinMesh } from "./mesh.ts";
import { openImage, openMounts } from "./open-image.ts";
import cellScript from "../workers/cell.worker.ts?script-address";

/** How long a server may take for a small file. */
const CONFIG_LIMIT_MS = 20_000;

const readConfig = (signal?: AbortSignal): Promise<PageConfig> =>
  loadConfig((url) => fetch(url, { signal: signal ?? null }), document.baseURI, { signal });
const config = createLoad({
  what: "the page's configuration",
  open: readConfig,
  limitMs: CONFIG_LIMIT_MS,
});
const content = createContentLoad({
  config: (waiting) => config.get(waiting),
  fetch: (url, init) => fetch(url, init),
});
const mesh = joinMesh({
  relays: async (waiting) => (await config.get(waiting)).relays,
  reloadRelays: async () => (await readConfig(AbortSignal.timeout(CONFIG_LIMIT_MS))).relays,
  locks: navigator.locks,
});
const kernel = createKernelLoad(
  () => new Worker(new URL("../workers/kernel.worker.ts", import.meta.url), { type: "module" }),
  {
    node: mesh.node,
    mode: readMode(new URLSearchParams(location.search)),
    serveWorkers: (port) => serveWorkers(port, () => new Worker(cellScript, { type: "module" })),
  },
);

const boot: PagePowers["boot"] = async (
  { layers, args, env, argv0, mounts = [], bare, writable, limits },
  stdio,
  options = {},
) => {
  const { signal, onStage, onSaved } = options;
  try {
    if (!isSecureContext) {
      const state = "browsers give an insecure page neither hashes nor storage";
      throw new Exception("failed", `Cannot run: ${state}; open it over https, or on localhost`);
    }
    mesh.retry();
    const blocks = await content.get({ signal });
    const { tree, program, entrypoint } = await openImage(blocks, layers, options);
    const name = layers.at(-1) ?? "image";
    const opened = await openMounts(blocks, mounts, { signal });
    const volumes = [tree, ...opened.map((mount) => mount.tree)];
    const saving = Promise.withResolvers<void>();
    saving.promise.catch(() => {});
    const keepFiles = async (snapshot: Snapshot): Promise<void> =>
      saveImage(snapshot, volumes, blocks, { signal, onSaved }).catch(saving.reject);
    const files = { tree, mounts: opened, bare, writable, keepFiles: onSaved && keepFiles };
    const named = { name, entrypoint, argv0: argv0 ?? program };
    const request = { ...named, args, env, limits, ...files, ...stdio };
    onStage?.({ type: "preparing" });
    const running = await kernel.get({ signal });
    const outcome = await running.run(request, { signal, onState: (type) => onStage?.({ type }) });
    saving.resolve();
    await saving.promise;
    // However it was ended, a kernel that was ended with it included.
    if (signal?.aborted === true && outcome.type === "killed") signal.throwIfAborted();
    return outcome;
  } catch (error) {
    stdio.stdin[Symbol.dispose]();
    stdio.stdout.close();
    stdio.stderr.close();
    return signal?.aborted === true
      ? { type: "killed", reason: toMessage(signal.reason) }
      : { type: "failed", reason: toMessage(error) };
  }
};

const app = startApp(document, {
  boot,
  checkName: parseImageName,
  cellMode: async () => (await kernel.get()).mode,
  watchPeers: (show, options) => mesh.watch(show, options),
  listSamples: async () => (await config.get()).images,
  copyText: (text) => navigator.clipboard.writeText(text),
  address: {
    get path() {
      return location.hash.slice(1);
    },
    linkTo: (path) => new URL(`#${path}`, location.href).href,
    show(path) {
      if (location.hash !== `#${path}`) history.pushState(null, "", `#${path}`);
    },
    correct: (path) => history.replaceState(null, "", `#${path}`),
    onChange: (changed) => addEventListener("hashchange", changed),
  },
});
Object.assign(globalThis, { ww: createDriver(app) });
