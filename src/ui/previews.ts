/** What the visitor's computer is shown of what images serve; the doors implement it. */
import type { ReadonlySignal } from "@preact/signals";
import type { HttpHandler } from "#schema";

/** What a preview needs of a session. */
export interface PreviewedSession {
  /** The path of the image's link. */
  readonly path: string;
  readonly ended: Promise<unknown>;
  /** What it serves; the caller disposes it. @throws {Exception} unless it runs */
  handler(): HttpHandler;
}

/** A value. */
export interface PreviewItem {
  readonly id: number;
  /** The path of the image's link. */
  readonly image: string;
  readonly url: string;
  /** Who looks, the last one first: a request each. */
  readonly visits: readonly string[];
  /** How many there were. */
  readonly visitCount: number;
}

export interface Previews {
  /** What is shown now, the oldest first. */
  readonly items: ReadonlySignal<readonly PreviewItem[]>;
  /**
   * Shows what a session serves, until it ends. What is shown already stays at its address.
   *
   * @throws {Exception} in one sentence, why that cannot be
   */
  open(session: PreviewedSession): Promise<PreviewItem>;
  /** Shows it no longer. */
  close(id: number): void;
}

const LENGTH = 20;

/** A name for what an image serves, from the path of its link. */
export function toPreviewName(path: string): string {
  const [last = ""] = path.split("?")[0]?.split("/").slice(-1) ?? [];
  const plain = last
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  if (plain === "") return "cell";
  // Of the name of a block, the last letters tell it from others.
  const short = plain.length > LENGTH ? `cell-${plain.slice(-8)}` : plain;
  return /^\d+-/.test(short) ? `cell-${short}` : short;
}
