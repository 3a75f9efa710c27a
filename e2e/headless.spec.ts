/** The page without an interface, opened by a link of somebody else's. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { expect, test } from "./fixtures.ts";

test("a link hands the power over a visitor's kernel to no server", async ({ context, world }) => {
  const server = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  let reached = 0;
  server.on("connection", () => reached++);
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const token = "0".repeat(32);
  try {
    for (const hash of [
      `//127.0.0.1:${port}/owner/${token}`,
      `ws://127.0.0.1:${port}/owner/${token}`,
      `owner/../../owner/${token}`,
      `\\\\127.0.0.1:${port}/owner/${token}`,
      "",
    ]) {
      const page = await context.newPage();
      const refused = page.waitForEvent("pageerror");
      await page.goto(`${world.node.url}headless.html#${hash}`);
      expect((await refused).message).toBe("Only ww run opens this page");
      await page.close();
    }
    expect(reached).toBe(0);
  } finally {
    server.close();
  }
});
