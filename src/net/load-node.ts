/** Loads the tab's node, and libp2p with it; the door itself loads neither. */
import type { NetNode, NodeOptions } from "./node.ts";

/** @see NetNode */
export async function startNode(options: NodeOptions): Promise<NetNode> {
  return (await import("./node.ts")).startNode(options);
}
