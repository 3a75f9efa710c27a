/** Entry of the page that a command drives: no face, and the power over its kernel by a socket to the local node. */
import { openDevices } from "./devices.ts";
import { relayPort } from "./relay-port.ts";

const { content, kernel } = openDevices();
// The command is about to name an image; what goes wrong here, its run tells.
content.get().catch(() => undefined);
/** Where the command waits, an address beside this page; it is of use once. */
const address = new URL(location.hash.slice(1), location.href);
address.protocol = address.protocol === "https:" ? "wss:" : "ws:";

const socket = new WebSocket(address);
const { port1, port2 } = new MessageChannel();
relayPort(socket, port1);
const { attach } = await kernel.get();
await attach(port2);
