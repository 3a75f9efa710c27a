/**
 * Ui: the page's interface: sessions with a terminal each, progress, peers, share.
 *
 * The state (`sessions.ts`, `page-state.ts`) knows no document; it is fed by a kernel's `Owner` capability and by the
 * page's powers. Views are functions of that state. Does not know where images come from.
 *
 *     startApp(document, powers); // opens the link in the address, if there is one
 *
 * @module
 */
export { startApp } from "./app.tsx";
export type {
  Designation,
  Granting,
  KeptGrant,
  KeptGrants,
  PickOptions,
  Reopened,
  ServerChoice,
  ServiceChoice,
} from "./granting.ts";
export { encodeLiveLink, parseLiveLink } from "./live-link.ts";
export type { LiveLink, OpenedLink } from "./live-link.ts";
export { createOpenedSandboxes } from "./opened-sandboxes.ts";
export type { OpenedSandboxes } from "./opened-sandboxes.ts";
export { toPreviewName } from "./previews.ts";
export type { PreviewedSession, PreviewItem, Previews } from "./previews.ts";
export { serveSharedTerminal } from "./share-terminal.ts";
export type { SharedItem, SharedSession, ShareKind, Sharing } from "./sharing.ts";
export type {
  NamedImage,
  PageKernel,
  PagePowers,
  PeerStatus,
  PeerTransport,
  Sample,
} from "./powers.ts";
