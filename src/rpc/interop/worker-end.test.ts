import { Worker } from "node:worker_threads";
import { expect, test } from "vitest";
import type { DuplexPort } from "#base";
import { connect, createPortTransport } from "#rpc";
import { Peer } from "./generated/interop.ts";

/** A worker that takes the port and answers nothing. */
const SILENT = `
  const { workerData, parentPort } = require("node:worker_threads");
  workerData.on("message", () => parentPort.postMessage("asked"));
`;

test("calls over a port fail when the worker at its far end is terminated", async () => {
  const { port1, port2 } = new MessageChannel();
  const worker = new Worker(SILENT, { eval: true, workerData: port2, transferList: [port2] });
  const asked = new Promise((resolve) => worker.once("message", resolve));
  const client = connect(createPortTransport(port1 as unknown as DuplexPort));
  using peer = client.bootstrap(Peer);
  const outcome = expect(peer.canceled()).rejects.toMatchObject({
    kind: "disconnected",
    message: "Peer disappeared without closing the connection",
  });
  await asked;
  await worker.terminate();
  await outcome;
  expect(client.tableSizes).toEqual({ questions: 0, answers: 0, exports: 0, imports: 0 });
});
