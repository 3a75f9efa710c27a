/** Native nodes and tabs for tests, on free ports of 127.0.0.1. */
import { startNode } from "#net";
import type { NetNode } from "#net";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { findForeign } from "../foreign.ts";
import { startNativeNode } from "./native-node.ts";
import type { NativeNode, NativeNodeOptions } from "./native-node.ts";

export const TCP = "/ip4/127.0.0.1/tcp/0";
export const WEB_SOCKET = "/ip4/127.0.0.1/tcp/0/ws";

/** A node without a local server in front of it: tabs connect to the node's own port. */
export function startNative(options: Partial<NativeNodeOptions> = {}): Promise<NativeNode> {
  return startNativeNode({
    localAddress: "/ip4/127.0.0.1/tcp/1/ws",
    isForeign: (request) => findForeign(request) !== undefined,
    redialMs: 50,
    ...options,
  });
}

/** The node's address for a transport that it listens on. */
export function addressOf(node: Pick<NativeNode, "addresses">, transport: "tcp" | "ws"): string {
  const found = node
    .addresses()
    .find((address) =>
      (transport === "ws" ? /\/ws\/p2p\/[^/]+$/ : /\/tcp\/\d+\/p2p\/[^/]+$/).test(address),
    );
  if (found === undefined)
    throw new Error(`It listens on no ${transport}: ${node.addresses().join()}`);
  return found;
}

export const peerOf = (address: string): string => address.split("/p2p/").at(-1) ?? "";

/** Starts a node as a tab does. */
export function startTab(relays: readonly string[] = []): Promise<NetNode> {
  return startNode({ datastore: new MemoryDatastore(), relays, redialMs: 50 });
}

/** Waits until the condition holds, checking it at each change of the tab's addresses or peers. */
export async function until(tab: NetNode, holds: () => boolean): Promise<void> {
  const signal = AbortSignal.timeout(20_000);
  while (!holds()) await tab.changed({ signal });
}

export function toBytes(addresses: readonly string[]): Uint8Array[] {
  return addresses.map((address) => multiaddr(address).bytes);
}

/** A count from the node's metrics. */
export function countOf(node: NativeNode, metric: string): number {
  const line = node
    .metrics()
    .split("\n")
    .find((text) => text.startsWith(`${metric} `));
  return Number(line?.split(" ").at(-1));
}
