/**
 * Ui: the page's face: terminal, progress, peers, share.
 *
 * Knows the elements of `index.html`. Does not know where images come from; it asks its powers.
 *
 *     const app = startApp(document, powers); // opens the link in the address, if there is one
 *     const outcome = await app.run({ layers: ["/ipfs/bafy…"], args: [], env: [] });
 *
 * @module
 */
export { startApp } from "./app.ts";
export type { App } from "./app.ts";
export type {
  BootOptions,
  ImageOrder,
  PagePowers,
  PeerStatus,
  Sample,
  SavedImage,
} from "./powers.ts";
