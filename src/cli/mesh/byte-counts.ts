/** Counts the bytes of connections on the wire, after encryption. */
import type { MultiaddrConnection } from "@libp2p/interface";

export interface ByteCounts {
  readonly received: number;
  readonly sent: number;
  /** Counts the bytes of the connection from now on. */
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
      // A listener of our own would consume the first messages before their real receiver is attached.
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
