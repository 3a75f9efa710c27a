/** Whom cells can reach through the node of the page. */
import { createServer } from "node:net";
import { multiaddr } from "@multiformats/multiaddr";
import { MemoryDatastore } from "datastore-core";
import { startNode } from "#net";
import { expect, test } from "./fixtures.ts";

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString("hex");

test("a program dials peers behind the page's relay and nobody else, its child nobody", async ({
  visit,
  world,
}) => {
  await visit.open();
  await expect(visit.page.getByText("1 peer")).toBeVisible();
  const { relay } = world.node;
  await using peer = await startNode({ datastore: new MemoryDatastore(), relays: [relay] });
  await expect.poll(() => peer.addrs().length).toBe(1);
  const dial = async (address: string): Promise<string> => {
    const args = [hex(peer.peerId.bytes), hex(multiaddr(address).bytes)];
    const layers = [world.path("dials")];
    const { outcome, stdout } = await visit.run({ layers, args: ["pid0", ...args], env: [] });
    expect(outcome).toEqual({ type: "exited", code: 0 });
    return stdout;
  };

  let asked = 0;
  const stranger = createServer((socket) => {
    asked++;
    socket.destroy();
  });
  await new Promise<void>((resolve) => stranger.listen(0, "127.0.0.1", resolve));
  const bound = stranger.address();
  if (bound === null || typeof bound === "string") throw new Error("Server has no port");
  for (const host of ["/ip4/127.0.0.1", "/dns4/localhost"]) {
    expect(await dial(`${host}/tcp/${bound.port}/ws`)).toMatch(
      /^pid0: Exception: connect failed: .+\nchild: Exception: ww-membrane\/permission-denied\n$/,
    );
  }
  expect(asked).toBe(0);
  await new Promise((resolve) => stranger.close(resolve));

  expect(await dial(`${relay}/p2p-circuit`)).toBe(
    "pid0: connected\nchild: Exception: ww-membrane/permission-denied\n",
  );
  expect(peer.peers().length).toBe(2);
});
