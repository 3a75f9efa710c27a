import { expect, test } from "vitest";
import { connect } from "./connection.ts";
import { Peer } from "./interop/generated/interop.ts";
import { createPortTransport } from "./port-transport.ts";

/** A worker that takes the port and answers nothing. */
const SILENT = `onmessage = ({ data }) => { data.onmessage = () => postMessage("asked"); };`;

test("calls over a port fail when the owner of the worker at its far end has ended it", async () => {
  const { port1, port2 } = new MessageChannel();
  const url = URL.createObjectURL(new Blob([SILENT], { type: "text/javascript" }));
  const worker = new Worker(url);
  const asked = new Promise((resolve) => (worker.onmessage = resolve));
  worker.postMessage(port2, [port2]);
  const ended = new AbortController();
  const client = connect(createPortTransport(port1, undefined, ended.signal));
  using peer = client.bootstrap(Peer);
  const outcome = expect(peer.canceled()).rejects.toMatchObject({
    kind: "disconnected",
    message: "Peer disappeared without closing the connection",
  });
  await asked;
  worker.terminate();
  ended.abort();
  await outcome;
  URL.revokeObjectURL(url);
});
