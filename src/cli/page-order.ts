/** What a run needs from its page and its node before it can begin. */
import { resolve } from "node:path";
import type { LogLevel, Waiting } from "#base";
import type { LocalNode } from "./local-node.ts";
import { needsGateway } from "./layers.ts";

export interface PageOrder {
  /** Paths of folders, CAR files and programs. */
  readonly images: readonly string[];
  /** Paths of folders that are copied in for mounts. */
  readonly folders: readonly string[];
  /** Images that are given by their names, as paths of links. */
  readonly names: readonly string[];
  /** Gateways that are asked for these images besides the node. */
  readonly gateways: readonly string[];
  /** How cells wait; by default, the page chooses. */
  readonly cells?: string | undefined;
  /** The lowest level of entries that the page logs to its console; by default, it logs nothing. */
  readonly log?: LogLevel | undefined;
}

/** Paths of links, in the same order as in the `PageOrder`. */
export interface PlacedImages {
  readonly images: readonly string[];
  readonly folders: readonly string[];
}

/** The same order for a process with another working directory. */
export function toAbsolute(order: PageOrder): PageOrder {
  return {
    ...order,
    images: order.images.map((path) => resolve(path)),
    folders: order.folders.map((path) => resolve(path)),
  };
}

/**
 * Loads the order's images and folders into the node.
 *
 * @throws {Exception} `failed` when one cannot be read, or a name cannot be fetched from anywhere.
 */
export async function placeImages(
  node: LocalNode,
  { images, folders, names, gateways }: PageOrder,
  options: Waiting,
): Promise<PlacedImages> {
  const placed: { images: string[]; folders: string[] } = { images: [], folders: [] };
  for (const path of images) placed.images.push((await node.addImage(path, options)).path);
  for (const path of folders) placed.folders.push(await node.addFolder(path, options));
  for (const name of names) {
    if (gateways.length === 0 && !(await node.has(name))) throw needsGateway(name);
  }
  return placed;
}
