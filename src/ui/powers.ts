/** What the page's face needs of the page. */
import type { Exception, Waiting } from "#base";
import type { Fetching, Owner } from "#schema";

/** A kernel to run images on. */
export interface PageKernel {
  /** The power over it; lent. */
  readonly owner: Owner;
  /** Resolves with the reason when it has failed or was ended. */
  readonly lost: Promise<Exception>;
  /** Ends it with all that it runs: it did not do what it was told. The next session gets another one. */
  abandon(): void;
}

/** A name that was understood, as the path of a link; or what is wrong with it. */
export type CheckedName =
  | { readonly type: "name"; readonly path: string }
  | { readonly type: "unreadable"; readonly reason: string };

/** Whom this tab is connected to. */
export interface PeerStatus {
  /** As text; `undefined` until the node has started. */
  readonly peerId: string | undefined;
  readonly peers: readonly string[];
  /** Why there is no node, where it could not be started. */
  readonly failure: string | undefined;
}

/** An image that the page knows of; the path is the one of a link. */
export interface Sample {
  readonly name: string;
  readonly path: string;
}

export interface AheadOptions extends Waiting {
  readonly onProgress: (fetching: Fetching) => void;
}

export interface PagePowers {
  /** The kernel, started unless it is there. @throws {Exception} with the reason when no cell can run now. */
  kernel(waiting: Waiting): Promise<PageKernel>;
  /**
   * Begins to fetch an image that the kernel will be told to run, while the kernel is being loaded. Resolves when it is there;
   * never rejects.
   */
  openAhead(path: string, options: AheadOptions): Promise<void>;
  checkName(text: string): CheckedName;
  /** Tells the state now and at each change, until the signal fires. */
  watchPeers(show: (status: PeerStatus) => void, options?: Waiting): void;
  /** Images to offer to someone who has none. */
  listSamples(): Promise<readonly Sample[]>;
  copyText(text: string): Promise<void>;
  readonly address: {
    /** The path of the link in the page's address; empty when there is none. */
    readonly path: string;
    /** The whole link to a path. */
    linkTo(path: string): string;
    /** Puts a path into the page's address, as a new entry of the history unless it is there; counts as no change. */
    show(path: string): void;
    /** The same, in place of the path that is there. */
    correct(path: string): void;
    onChange(changed: () => void): void;
  };
}
