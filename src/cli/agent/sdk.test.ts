import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Sandbox } from "e2b";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openAgent } from "#agent";
import { NODE_POWERS, openReferenceSandbox } from "../../agent/reference-sandbox.testing.ts";
import { SDK_STEPS } from "../../agent/sdk-drive.testing.ts";
import { createNodeHandler } from "./node-handler.ts";

const stack = new AsyncDisposableStack();
let sandbox: Sandbox;

beforeAll(async () => {
  const reference = stack.use(await openReferenceSandbox());
  const agent = stack.use(await openAgent(reference.sandbox, NODE_POWERS));
  const server = createServer(createNodeHandler((request) => agent.fetch(request)));
  stack.defer(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  sandbox = await Sandbox.create({ debug: true, sandboxUrl: `http://127.0.0.1:${port}` });
});
afterAll(() => stack.disposeAsync());

describe("the agent, driven by the SDK,", () => {
  // A shell takes a second to start on a busy machine.
  const all = Object.entries(SDK_STEPS);
  test.each(all)("%s", { timeout: 60_000 }, (_, step) => step(sandbox, expect));
});
