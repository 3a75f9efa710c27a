/** Counts the bytes of connections, encrypted as they are on the wire. */
import type { MultiaddrConnection } from "@libp2p/interface";

export interface ByteCounts {
  readonly received: number;
  readonly sent: number;
  /** Counts what the connection carries from now on. */
  count(connection: MultiaddrConnection): void;
}

export function createByteCounts(): ByteCounts {
  let received = 0;
  let sent = 0;
  return {
    get received() {
      return received;
    },
    get sent() {
      return sent;
    },
    count(connection) {
      // A listener of our own would take the first messages before the one that they are for is there.
      const dispatch = connection.dispatchEvent.bind(connection);
      connection.dispatchEvent = (event) => {
        if (isMessage(event)) received += event.data.byteLength;
        return dispatch(event);
      };
      const send = connection.send.bind(connection);
      connection.send = (bytes) => {
        sent += bytes.byteLength;
        return send(bytes);
      };
    },
  };
}

interface Message extends Event {
  readonly data: { readonly byteLength: number };
}

function isMessage(event: Event): event is Message {
  return event.type === "message";
}
