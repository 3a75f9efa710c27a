import { expect, test } from "vitest";
import { createProgramFinder } from "./find-program.ts";
import type { Home } from "./find-program.ts";
import type { Images } from "./powers.ts";

test("find() dials nobody for an image that a process names, whatever the name says", async () => {
  const orders: unknown[] = [];
  const images: Images = {
    open(order) {
      orders.push(order);
      return Promise.reject(new Error("not here"));
    },
  };
  using finder = createProgramFinder(images, { open: (tree) => tree });
  const home: Home = {
    tree: { id: "", entries: new Map(), read: () => Promise.reject(new Error()) },
    layers: [],
  };
  const name = "/ipfs/bafy?peer=%2Fip4%2F127.0.0.1%2Ftcp%2F1%2Fws%2Fp2p%2F12D3";
  const { signal } = new AbortController();
  await expect(finder.find({ type: "image", name }, home, signal)).rejects.toThrow("not here");
  expect(orders).toEqual([{ layers: [name], mounts: [], peers: [] }]);
});
