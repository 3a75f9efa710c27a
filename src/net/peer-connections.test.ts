import { expect, test } from "vitest";
import { countPeerConnections } from "./peer-connections.ts";
import type { ConnectionScope } from "./peer-connections.ts";

/** As much of a connection as is counted; Node has none. */
class Connection extends EventTarget {
  close(): void {
    // It has nothing to close.
  }
}

test("countPeerConnections() tells its watchers of each change, until they stop", () => {
  const scope = { RTCPeerConnection: Connection } as unknown as ConnectionScope;
  const connections = countPeerConnections(scope);
  const counts: number[] = [];
  const watcher = (): void => void counts.push(connections.count);
  const stops = [connections.watch(watcher), connections.watch(watcher)];
  const first = new scope.RTCPeerConnection();
  expect(counts).toEqual([1, 1]);
  stops[0]?.();
  first.close();
  expect(counts).toEqual([1, 1, 0]);
  stops[1]?.();
  expect(new scope.RTCPeerConnection()).toBeInstanceOf(Connection);
  expect(counts).toEqual([1, 1, 0]);
  expect(countPeerConnections(scope)).toBe(connections);
});
