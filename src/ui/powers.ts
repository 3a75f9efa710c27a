/** The powers that the page passes to its interface. */
import type { Exception, Waiting } from "#base";
import type { Fetching, Owner } from "#schema";
import type { ReadonlySignal } from "@preact/signals";
import type { Granting } from "./granting.ts";
import type { LiveLink, OpenedLink } from "./live-link.ts";
import type { OpenedSandboxes } from "./opened-sandboxes.ts";
import type { Previews } from "./previews.ts";
import type { SharedSession, Sharing } from "./sharing.ts";

/** A kernel to run images on. */
export interface PageKernel {
  /** The power over it; borrowed. */
  readonly owner: Owner;
  /** Resolves with the reason when it has failed or was ended. */
  readonly lost: Promise<Exception>;
  /** Terminates a kernel that does not respond, with all its runs. The next session starts another. */
  abandon(): void;
}

/** What a link orders. */
export interface LinkedImage {
  /** What the link ends with. */
  readonly path: string;
  /** Names of layers, base first. */
  readonly layers: readonly string[];
  /** Addresses of peers that may have them. */
  readonly peers: readonly string[];
  readonly args: readonly string[];
}

/** A valid link, or what is wrong with it. */
export type CheckedName =
  | (LinkedImage & { readonly type: "name" })
  | (LiveLink & { readonly type: "live" })
  | { readonly type: "unreadable"; readonly reason: string };

/** The image that a link leads to now. */
export interface NamedImage {
  /** Its layers by their CIDs, base first, where the link has names. */
  readonly layers: readonly string[];
  /** Calls back with each later path of the last layer, until the signal fires. */
  follow(onHead: (path: string) => PromiseLike<unknown>, until: AbortSignal): void;
}

/** How bytes travel to a peer: directly, over a relay, to a server. */
export type PeerTransport = "webrtc" | "relay" | "websocket" | "other";

export interface ConnectedPeer {
  readonly peerId: string;
  readonly transport: PeerTransport;
}

/** The peers that this tab is connected to. */
export interface PeerStatus {
  /** As text; `undefined` until the node has started. */
  readonly peerId: string | undefined;
  readonly peers: readonly ConnectedPeer[];
  /** How many of the browser's peer connections are open. */
  readonly directConnections?: number;
  /** Why the node could not be started. */
  readonly failure: string | undefined;
}

/** An image of the page's configuration, with the path of its link. */
export interface Sample {
  readonly name: string;
  readonly path: string;
}

export interface PrefetchOptions extends Waiting {
  readonly onProgress: (fetching: Fetching) => void;
}

/** A tab beside this one, which has no way back to it. */
export interface OpenedTab {
  /** Shows a page of another origin, once. */
  show(url: string): void;
  close(): void;
}

export interface PageClock {
  /** Ascending. */
  readonly nowMs: () => number;
  /** Since 1970. */
  readonly wallMs: () => number;
}

export interface PagePowers {
  /** The kernel, started on first use. @throws {Exception} with the reason when no cell can run now. */
  kernel(waiting: Waiting): Promise<PageKernel>;
  /** Starts to fetch an image while the kernel is still loading. Resolves when the image is open; never rejects. */
  prefetch(image: LinkedImage, options: PrefetchOptions): Promise<void>;
  checkName(text: string): CheckedName;
  /** Finds the image of a link. @throws {Exception} when a name cannot be resolved */
  findImage(layers: readonly string[], waiting: Waiting): Promise<NamedImage>;
  /** Finds what a link leads to, in another tab. @throws {Exception} `disconnected` when that tab cannot be reached */
  openLive(link: LiveLink, options: Waiting): Promise<OpenedLink>;
  /** What this tab shares, loaded on first use. */
  sharing(sessions: ReadonlySignal<readonly SharedSession[]>): Promise<Sharing>;
  /** Whether a tab of this browser has shared something that is not over. */
  hasShared(): Promise<boolean>;
  /** What this computer is shown of what images serve; `undefined` where there is no local node that shows it. */
  previews(): Promise<Previews | undefined>;
  /** Opens an empty tab, within a click of the visitor; `undefined` if the browser does not allow it. */
  openTab(): OpenedTab | undefined;
  /** The sandboxes of this tab. */
  readonly sandboxes: OpenedSandboxes;
  /** Calls back now and at each change, until the signal fires. */
  watchPeers(show: (status: PeerStatus) => void, options?: Waiting): void;
  /** What the visitor should know of the browser's rules for local networks; empty for nothing. */
  explainNetwork(): Promise<string>;
  /** Connects to the peer at a multiaddr. @throws {Exception} in one sentence, why that has failed */
  dialPeer(address: string, options: Waiting): Promise<void>;
  /** Sample images to offer. */
  listSamples(): Promise<readonly Sample[]>;
  /** What the visitor can give, loaded on first use. */
  granting(): Promise<Granting>;
  readonly clock: PageClock;
  copyText(text: string): Promise<void>;
  /** Has the browser store a file. */
  saveFile(name: string, text: string): void;
  readonly address: {
    /** The path of the link in the page's address; empty when there is none. */
    readonly path: string;
    /** The whole link to a path. */
    linkTo(path: string): string;
    /** Pushes a path to the history, unless it is the current one; does not trigger `onChange`. */
    show(path: string): void;
    /** Replaces the current path. */
    correct(path: string): void;
    onChange(changed: () => void): void;
  };
}
