/**
 * Ui: the page's face: a list of sessions, a terminal for each, progress, peers, share.
 *
 * What it shows is state that knows no document (`sessions.ts`, `page-state.ts`), fed by the owner's capability of a kernel
 * and by what its powers tell of the node; views are functions of that state. Does not know where images come from.
 *
 *     startApp(document, powers); // opens the link in the address, if there is one
 *
 * @module
 */
export { startApp } from "./app.tsx";
export type { PageKernel, PagePowers, PeerStatus, Sample } from "./powers.ts";
