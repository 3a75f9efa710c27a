/** Entry of the headless page, which serves the power over its kernel, by a WebSocket, to the command that opened it. */
import { openDevices } from "./devices.ts";
import { relayPort } from "./relay-port.ts";

/**
 * The address at which the command waits, usable once, on the page's own server. The hash may come from a link on another
 * site, so it must not name another server.
 */
function readAddress(): URL {
  const path = location.hash.slice(1);
  if (!/^owner\/[0-9a-f]{32}$/.test(path)) throw new Error("Only ww run opens this page");
  const address = new URL(path, new URL(".", location.href));
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return address;
}

const address = readAddress();
const { content, kernel } = openDevices();
// Loads in parallel with the kernel; the run reports a failure.
content.get().catch(() => undefined);

const socket = new WebSocket(address);
const { port1, port2 } = new MessageChannel();
relayPort(socket, port1);
const { attach } = await kernel.get();
await attach(port2);
