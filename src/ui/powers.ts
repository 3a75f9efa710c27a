/** What the page's face needs of the page. */
import type { ByteSink, ByteSource, Terminals, Waiting } from "#base";
import type { CellMode, RunLimits, RunOutcome } from "#kernel";

/** What is to be run. */
export interface ImageOrder {
  /** Names of layers, base first, each as a person types it. */
  readonly layers: readonly string[];
  readonly args: readonly string[];
  /** What the program finds as its first argument: its path in the image unless told. */
  readonly argv0?: string;
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** Folders that the image finds beside, and may write to; what it writes is gone with it. */
  readonly mounts?: ReadonlyArray<{
    /** Where, from the root; with or without a slash at the front. */
    readonly path: string;
    /** The folder's content, as the path of a link. */
    readonly layer: string;
  }>;
  /** Whether it may write to its own files; what it writes is gone with it. False unless told. */
  readonly writable?: boolean;
  /** Whether it finds no directory at all; false unless told. */
  readonly bare?: boolean;
  /** What each of its processes may use. */
  readonly limits?: RunLimits;
  /** Which streams lead to a terminal where they are not the page's; none unless told. */
  readonly terminal?: Terminals;
}

export interface Stdio {
  readonly stdin: ByteSource;
  readonly stdout: ByteSink;
  readonly stderr: ByteSink;
  /** Which of them lead to a terminal: where both outputs do, both are in `stdout`. */
  readonly terminal: Terminals;
}

/** How far an image is: what opens it is being loaded, one of its layers is being fetched, its component is being prepared, it runs. */
export type Stage =
  | {
      readonly type: "fetching";
      /** Counted from 1. */
      readonly layer: number;
      readonly layers: number;
      readonly blocks: number;
      readonly bytes: number;
      readonly totalBytes: number | undefined;
      /** How long a gateway that is busy asks to wait, while that is done. */
      readonly waitSeconds?: number | undefined;
    }
  | { readonly type: "opening" }
  | { readonly type: "preparing" }
  | { readonly type: "running" };

/** An image that is stored on this page. */
export interface SavedImage {
  /** The path of its link. */
  readonly path: string;
  /** The whole of it, as a CAR. */
  readonly car: AsyncIterable<Uint8Array>;
}

export interface BootOptions extends Waiting {
  /**
   * Given the image with all that it has written, when it has exited by itself. What this rejects with is how the run
   * failed.
   */
  readonly onSaved?: ((saved: SavedImage) => Promise<void>) | undefined;
  readonly onStage?: (stage: Stage) => void;
}

/** A name that was understood, as the path of a link; or what is wrong with it. */
type CheckedName =
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

export interface PagePowers {
  /** How cells wait here. @throws {Exception} with the reason when none can run now. */
  cellMode(): Promise<CellMode>;
  checkName(text: string): CheckedName;
  /** Fetches an image and runs it to its end. Takes over the pipes. Never rejects. */
  boot(order: ImageOrder, stdio: Stdio, options?: BootOptions): Promise<RunOutcome>;
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
