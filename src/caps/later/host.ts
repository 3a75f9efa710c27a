/** The node as a capability of the later generation. @see capnp/later/system.capnp Host */
import { Exception } from "#base";
import type { HostServer } from "#schema/later";
import { serveNode } from "../host.ts";
import type { Node } from "../powers.ts";

export function serveLaterHost(node: Node): HostServer {
  const served = serveNode(node);
  return {
    id: (context) => served.id(context),
    addrs: (context) => served.addrs(context),
    peers: (context) => served.peers(context),
    network() {
      throw new Exception("unimplemented", "This node does not serve or dial streams yet");
    },
  };
}
