/** Entry of the headless page: connects its kernel's `Owner` capability to the command's WebSocket. */
import { openDevices } from "./devices.ts";
import { relayPort } from "./relay-port.ts";

const { content, kernel } = openDevices();
// Prefetches the content code, since the command will name an image; a failure is reported by its run.
content.get().catch(() => undefined);
/** The command's address, relative to this page; valid once. */
const address = new URL(location.hash.slice(1), location.href);
address.protocol = address.protocol === "https:" ? "wss:" : "ws:";

const socket = new WebSocket(address);
const { port1, port2 } = new MessageChannel();
relayPort(socket, port1);
const { attach } = await kernel.get();
await attach(port2);
