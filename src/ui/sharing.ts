/** What a visitor shares with others; the doors implement it. */
import type { ReadonlySignal } from "@preact/signals";
import type { ByteSource } from "#base";
import type { Client } from "#capnp";

/** What sharing needs of a session. */
export interface SharedSession {
  readonly layers: readonly string[];
  readonly args: readonly string[];
  readonly stage: ReadonlySignal<{ readonly which: string | number }>;
  readonly outcome: ReadonlySignal<unknown>;
  readonly ended: Promise<unknown>;
  readonly terminal: SharedScreen;
  bootstrap(): Client;
}

export interface SharedScreen {
  /** What it shows, for another terminal. */
  mirror(): Promise<ByteSource>;
  /** Takes keys as if they were typed here. Resolves when there is room for more. */
  press(keys: string): Promise<void>;
}

/**
 * An image: others have its blocks from this tab. A membrane: what the program exports, for every peer that dials the
 * service of that name. The other kinds: what runs here, for those who have the link.
 */
export type ShareKind = "image" | "screen" | "terminal" | "export" | "membrane";

/** A value. */
export interface SharedItem {
  readonly id: number;
  readonly kind: ShareKind;
  /** The path of the image's link. */
  readonly image: string;
  /** The path of the link to it; of a membrane, the address of this tab. */
  readonly path: string;
  /** Since 1970. */
  readonly sinceMs: number;
  /** Since 1970; `undefined` for no end. */
  readonly untilMs: number | undefined;
  /** Whether it leads to something now. */
  readonly isLive: boolean;
  /** How often its link was opened since this page was loaded; of an image, nobody counts. */
  readonly visits: number | undefined;
}

export interface ShareChoice {
  readonly kind: ShareKind;
  /** For how long; without an end unless given. */
  readonly minutes?: number | undefined;
  /** How many calls all visitors together may make each time the image runs; any number unless given. */
  readonly calls?: number | undefined;
}

export interface Sharing {
  /** All that this tab shares, the oldest first. */
  readonly items: ReadonlySignal<readonly SharedItem[]>;
  /**
   * Shares an image, or what runs of it.
   *
   * @returns what was shared, with the path of its link
   * @throws {Exception} when this tab cannot be reached, or the image is not here.
   */
  share(session: SharedSession, choice: ShareChoice): Promise<SharedItem>;
  /** Reads the visits again, which come without notice. */
  refresh(): Promise<void>;
  /** Ends a link, and what visitors have by it. */
  stop(id: number): Promise<void>;
}
