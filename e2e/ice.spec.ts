/** Servers by which tabs behind routers find each other. */
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { startLocalNode } from "#cli";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { DIRECT } from "./cell-tab.ts";
import { DIST_FOLDER, expect, test } from "./fixtures.ts";
import { locateTab } from "./peer-address.ts";
import { openVisit } from "./visit.ts";

interface Door {
  readonly ww: ProgramDoor;
}

test.use(DIRECT);

/** A request of STUN begins so. @see RFC 8489, section 5 */
const BINDING_REQUEST = [0, 1];

test("tabs that meet ask the STUN server of the configuration where they are", async ({
  context,
  page,
}) => {
  const server = createSocket("udp4");
  let asked = 0;
  server.on("message", (message) => {
    if (BINDING_REQUEST.every((byte, at) => message[at] === byte)) asked++;
  });
  await once(server.bind(0, "127.0.0.1"), "listening");
  const iceServers = [{ urls: [`stun:127.0.0.1:${server.address().port}`] }];
  await using node = await startLocalNode({
    port: 0,
    images: [],
    distFolder: DIST_FOLDER,
    iceServers,
  });
  const [visit, other] = [
    await openVisit(page, node.url),
    await openVisit(await context.newPage(), node.url),
  ];
  await visit.open();
  await other.open();
  const address = await locateTab(visit.page, "/p2p-circuit/webrtc");
  expect(asked).toBe(0);
  await other.page.evaluate(async (place) => {
    const { ww } = globalThis as unknown as Door;
    await (await ww.owner()).meet(place);
  }, address);
  await expect.poll(() => asked).toBeGreaterThan(0);
  server.close();
});
