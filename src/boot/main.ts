/** Entry of the page that a visitor sees. */
import { parseImageName } from "#image";
import { startApp } from "#ui";
import { openDevices } from "./devices.ts";
import { createLoad } from "./load.ts";
import { createProgramDoor } from "./program-door.ts";
import { saveFile } from "./save-file.ts";

const { config, http, images, mesh, kernel } = openDevices();

/** Of use after the first question of an image. */
const granting = createLoad({
  what: "what this page can give",
  open: async () => (await import("./designations/index.ts")).openGranting(http),
  limitMs: 60_000,
});

startApp(document, {
  kernel: (waiting) => kernel.get(waiting),
  prefetch: (path, options) => images.prefetch([path], options),
  checkName: parseImageName,
  watchPeers: (show, options) => mesh.watch(show, options),
  listSamples: async () => (await config.get()).images,
  granting: () => granting.get(),
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
Object.assign(globalThis, { ww: createProgramDoor(kernel, navigator.locks) });
