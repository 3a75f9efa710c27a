/**
 * Counts the browser's peer connections, and closes them reliably: in the life of a tab, a browser refuses more than 500
 * that were not closed, and libp2p waits up to 15 s after the other side has closed one.
 */

/** The object that has the constructor; libp2p takes it from there when it is loaded. */
export interface ConnectionScope {
  RTCPeerConnection: typeof RTCPeerConnection;
}

export interface PeerConnections {
  /** The number of connections that are not closed. */
  readonly count: number;
  /** @param changed called whenever the count has changed @returns stops that */
  watch(changed: () => void): () => void;
}

const counted = new WeakMap<typeof RTCPeerConnection, PeerConnections>();

/** Counts the connections that the scope's constructor makes from now on. A second call returns the same count. */
export function countPeerConnections(scope: ConnectionScope): PeerConnections {
  const known = counted.get(scope.RTCPeerConnection);
  if (known !== undefined) return known;
  const open = new Set<RTCPeerConnection>();
  const watchers = new Set<() => void>();
  const tell = (): void => watchers.forEach((changed) => changed());
  const forget = (connection: RTCPeerConnection): void => {
    if (open.delete(connection)) tell();
  };
  scope.RTCPeerConnection = new Proxy(scope.RTCPeerConnection, {
    construct(target, args, newTarget) {
      const connection = Reflect.construct(target, args, newTarget) as RTCPeerConnection;
      open.add(connection);
      const close = connection.close.bind(connection);
      connection.close = () => {
        close();
        forget(connection);
      };
      closeWithPeer(connection);
      tell();
      return connection;
    },
  });
  const connections: PeerConnections = {
    get count() {
      return open.size;
    },
    watch(changed) {
      // A function of its own: the same callback may be registered twice.
      const watcher = (): void => changed();
      watchers.add(watcher);
      return () => void watchers.delete(watcher);
    },
  };
  counted.set(scope.RTCPeerConnection, connections);
  return connections;
}

/** The end of the transport shows at once that the other side has closed; the connection's own state changes much later. */
function closeWithPeer(connection: RTCPeerConnection): void {
  const close = (): void => {
    if (connection.signalingState === "closed") return;
    connection.close();
    // The browser fires no event for a local `close`, and libp2p has not closed it itself.
    connection.dispatchEvent(new Event("connectionstatechange"));
  };
  let isWatched = false;
  connection.addEventListener("connectionstatechange", () => {
    const transport = connection.sctp?.transport;
    if (isWatched || transport === undefined) return;
    isWatched = true;
    transport.addEventListener("statechange", () => {
      if (transport.state === "closed" || transport.state === "failed") close();
    });
  });
}
