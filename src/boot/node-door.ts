/** Connects to the local node's services for tabs, over a WebSocket that is opened on first use. */
import { Exception, FAR_WINDOW_BYTES, openPortDuplex, openSocketPort } from "#base";
import type { Duplex, SocketLike } from "#base";
import { connect, createStreamTransport } from "#rpc";
import { PreviewDoor } from "#schema";

export interface NodeDoorPowers {
  /** Address of the WebSocket. */
  readonly address: string;
  readonly openSocket: (address: string) => DoorSocket;
}

/** The part of `WebSocket` that is used. */
export interface DoorSocket extends SocketLike {
  addEventListener(
    type: "message" | "close" | "open" | "error",
    listener: (event: object) => void,
  ): void;
}

export interface NodeDoor {
  /**
   * Connects, or returns the open connection, which all callers share.
   *
   * @throws {Exception} `disconnected` when the node does not answer.
   */
  open(): Promise<OpenDoor>;
}

export interface OpenDoor {
  /** Lent until the connection closes. */
  readonly door: PreviewDoor;
  /** Resolves when the connection has ended. */
  readonly closed: Promise<unknown>;
}

export function createNodeDoor({ address, openSocket }: NodeDoorPowers): NodeDoor {
  let connecting: Promise<OpenDoor> | undefined;
  const connectNode = async (): Promise<OpenDoor> => {
    const connection = connect(createStreamTransport(await openDuplex(openSocket(address))));
    const door = connection.bootstrap(PreviewDoor);
    void connection.closed.then(() => {
      connecting = undefined;
      door[Symbol.dispose]();
    });
    return { door, closed: connection.closed };
  };
  return {
    open() {
      connecting ??= connectNode();
      connecting.catch(() => (connecting = undefined));
      return connecting;
    },
  };
}

function openDuplex(socket: DoorSocket): Promise<Duplex> {
  const { promise, resolve, reject } = Promise.withResolvers<Duplex>();
  const fail = (): void => reject(new Exception("disconnected", "The local node does not answer"));
  // The duplex opens within the event, since the node's first message follows at once.
  socket.addEventListener("open", () =>
    resolve(openPortDuplex(openSocketPort(socket), { windowBytes: FAR_WINDOW_BYTES })),
  );
  socket.addEventListener("error", fail);
  socket.addEventListener("close", fail);
  return promise;
}
