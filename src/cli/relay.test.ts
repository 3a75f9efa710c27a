import { once } from "node:events";
import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { startRelay } from "./relay.ts";

test("startRelay() answers no pages of other sites at its own port", async () => {
  await using relay = await startRelay(1);
  const url = `ws://127.0.0.1:${relay.port}`;
  for (const headers of [{ origin: "https://example.com" }, { host: "example.com" }]) {
    const foreign = new WebSocket(url, { headers });
    const [failure] = (await once(foreign, "error")) as [Error];
    expect(failure.message).toBe("Unexpected server response: 400");
  }
  for (const headers of [{}, { origin: "http://localhost:2000" }]) {
    const own = new WebSocket(url, { headers });
    await once(own, "open");
    own.close();
  }
});
