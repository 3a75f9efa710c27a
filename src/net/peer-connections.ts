/**
 * Counts the browser's peer connections, and closes them for certain: a browser refuses more than 500 that were not closed,
 * for as long as the tab lives, and libp2p waits up to 15 s after the other side has said goodbye.
 */

/** Where the constructor is; libp2p takes it from there when it is loaded. */
export interface ConnectionScope {
  RTCPeerConnection: typeof RTCPeerConnection;
}

export interface PeerConnections {
  /** How many are not closed. */
  readonly count: number;
  /** @param changed called whenever the count has changed */
  watch(changed: () => void): void;
}

const counted = new WeakMap<typeof RTCPeerConnection, PeerConnections>();

/** From now on, those that the scope's constructor makes are counted; called again, it gives the same count. */
export function countPeerConnections(scope: ConnectionScope): PeerConnections {
  const known = counted.get(scope.RTCPeerConnection);
  if (known !== undefined) return known;
  const open = new Set<RTCPeerConnection>();
  const watchers: (() => void)[] = [];
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
    watch: (changed) => void watchers.push(changed),
  };
  counted.set(scope.RTCPeerConnection, connections);
  return connections;
}

/** The end of what is below tells at once that the other side has closed; the state of the connection does so much later. */
function closeWithPeer(connection: RTCPeerConnection): void {
  const close = (): void => {
    if (connection.signalingState === "closed") return;
    connection.close();
    // Who closes it is not told by the browser, and libp2p has not closed it.
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
