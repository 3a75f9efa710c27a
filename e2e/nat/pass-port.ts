/** `node pass-port.ts <host> <port> <host> <port>`: passes connections to the first address on to the second. */
import { connect, createServer } from "node:net";
import { pipeline } from "node:stream/promises";

const [host = "", port, toHost = "", toPort] = process.argv.slice(2);

const server = createServer((near) => {
  const far = connect(Number(toPort), toHost);
  // Either end may break off.
  void Promise.allSettled([pipeline(near, far), pipeline(far, near)]);
});
server.listen(Number(port), host, () => console.log("listens"));
