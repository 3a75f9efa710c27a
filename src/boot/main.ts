/** Entry of the page that a visitor sees. */
import { parseImageLink } from "#image";
import { createOpenedSandboxes, parseLiveLink, startApp } from "#ui";
import type { Previews, Sharing } from "#ui";
import { openDevices } from "./devices.ts";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";
import { createNodeDoor } from "./node-door.ts";
import type { NodeDoor } from "./node-door.ts";
import { openPreviews } from "./previews.ts";
import { createProgramDoor } from "./program-door.ts";
import { explainLocalNetwork } from "./local-network.ts";
import { saveFile } from "./save-file.ts";
import { waitForRun } from "./wait-for-run.ts";

const { config, content, http, images, mesh, kernel, names } = openDevices();

/** Of use after the first question of an image. */
const granting = createLoad({
  what: "what this page can give",
  open: async () => (await import("./designations/index.ts")).openGranting({ http, kernel }),
  limitMs: 60_000,
});

/** Of use after the first link that was made, in this visit or an earlier one. */
const kept = createLoad({
  what: "what this page shares",
  open: async () => (await import("./kept-shares.ts")).openKeptShares("shares"),
  limitMs: 60_000,
});
/** How long the visitor waits for a peer. */
const DIAL_MS = 20_000;
/** The interface shows peers as soon as the node does not delay an image any more. */
const { promise: isWatched, resolve: watched } = Promise.withResolvers<void>();
let sharing: Load<Sharing> | undefined;
let previews: Previews | undefined;
let node: NodeDoor | undefined;
const sandboxes = createOpenedSandboxes();
/** The local node's door for this page, if it has one. */
const findNode = async (): Promise<NodeDoor | undefined> => {
  const { previews: address } = await config.get();
  if (address === undefined) return undefined;
  node ??= createNodeDoor({ address, openSocket: (url) => new WebSocket(url) });
  return node;
};

startApp(document, {
  kernel: (waiting) => kernel.get(waiting),
  prefetch: (image, options) => images.prefetch(image, options),
  findImage: (layers, waiting) => names.findImage(layers, waiting),
  checkName: (text) => parseLiveLink(text) ?? parseImageLink(text),
  openLive: async (link, options) =>
    (await import("./live.ts")).openLive({ mesh, kernel }, link, options),
  explainNetwork: async () =>
    explainLocalNetwork((await config.get()).relays, {
      pageHost: location.hostname,
      readPermission: async () =>
        (await navigator.permissions.query({ name: "local-network-access" as PermissionName }))
          .state,
    }),
  async dialPeer(address, { signal }) {
    const limit = AbortSignal.timeout(DIAL_MS);
    const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
    await mesh.connectAt(address, { signal: until });
  },
  sandboxes,
  watchPeers(show, options) {
    watched();
    mesh.watch(show, options);
  },
  listSamples: async () => (await config.get()).images,
  granting: () => granting.get(),
  hasShared: async () => !(await (await kept.get()).isEmpty()),
  sharing(sessions) {
    sharing ??= createLoad({
      what: "what this page shares",
      open: async () => {
        const powers = { mesh, content, kernel, kept: await kept.get(), sessions };
        const { openSharing } = await import("./sharing.ts");
        return openSharing({
          ...powers,
          persist: () => navigator.storage.persist(),
          wallMs: () => Date.now(),
        });
      },
      limitMs: 60_000,
    });
    return sharing.get();
  },
  async previews() {
    const found = await findNode();
    previews ??= found && openPreviews(found);
    return previews;
  },
  openTab() {
    const tab = window.open("about:blank");
    if (tab === null) return undefined;
    // What it shows must not reach this page.
    tab.opener = null;
    return { show: (url) => tab.location.replace(url), close: () => tab.close() };
  },
  clock: { nowMs: () => performance.now(), wallMs: () => Date.now() },
  saveFile,
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
/** Tabs that nobody has opened an image in are not looked for. */
async function discover(): Promise<void> {
  await Promise.all([waitForRun(kernel), isWatched]);
  await (await mesh.net()).discover();
}
discover().catch(() => undefined); // the page shows why the kernel, or the node, did not start
Object.assign(globalThis, {
  ww: createProgramDoor({
    kernel,
    sandboxes,
    locks: navigator.locks,
    findNode: async () => ((await config.get()).sandboxes ? findNode() : undefined),
  }),
});
