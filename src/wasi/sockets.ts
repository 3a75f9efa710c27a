/** `wasi:sockets`: components can be linked with it, but every request is refused with `access-denied`. */
import { refuse } from "./trap.ts";
import { Uninhabited } from "./uninhabited.ts";

/** The resource `network`: naming it gives no authority. */
class Network {
  [Symbol.dispose](): void {}
}

export const SOCKETS: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  "wasi:sockets/instance-network": { instanceNetwork: () => new Network() },
  "wasi:sockets/network": { Network, networkErrorCode: () => undefined },
  "wasi:sockets/ip-name-lookup": { ResolveAddressStream: Uninhabited, resolveAddresses: denied },
  "wasi:sockets/tcp": { TcpSocket: Uninhabited },
  "wasi:sockets/tcp-create-socket": { createTcpSocket: denied },
  "wasi:sockets/udp": {
    IncomingDatagramStream: Uninhabited,
    OutgoingDatagramStream: Uninhabited,
    UdpSocket: Uninhabited,
  },
  "wasi:sockets/udp-create-socket": { createUdpSocket: denied },
};

function denied(): never {
  return refuse("access-denied");
}
