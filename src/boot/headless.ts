/** Entry of the page without an interface: it hands the power over its kernel to the command that opened it, by a WebSocket. */
import { openDevices } from "./devices.ts";
import { relayPort } from "./relay-port.ts";

/**
 * Where the command waits: an address that is of use once, below this page's own. A link on another site may lead here, so
 * no other server may be named.
 */
function readAddress(): URL {
  const path = location.hash.slice(1);
  if (!/^owner\/[0-9a-f]{32}$/.test(path)) throw new Error("This page is opened by ww run alone");
  const address = new URL(path, new URL(".", location.href));
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address;
}

const address = readAddress();
const { content, kernel } = openDevices();
// Loads beside the kernel; a failure is reported by the run.
content.get().catch(() => undefined);

const socket = new WebSocket(address);
const { port1, port2 } = new MessageChannel();
relayPort(socket, port1);
const { attach } = await kernel.get();
await attach(port2);
