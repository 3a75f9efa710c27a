import { expect, test } from "vitest";
import { Exception } from "#base";
import { createProgramFinder } from "./find-program.ts";
import type { Home } from "./find-program.ts";
import type { Images, OpenedImage } from "./powers.ts";

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

test("find() opens an image once for all that ask, and goes on when the first of them gives up", async () => {
  const opening = Promise.withResolvers<OpenedImage>();
  let opened = 0;
  const images: Images = {
    open(_order, { signal } = {}) {
      opened++;
      signal?.addEventListener("abort", () => opening.reject(signal.reason));
      return opening.promise;
    },
  };
  using finder = createProgramFinder(images, { open: (tree) => tree });
  const tree = { id: "", entries: new Map(), read: () => Promise.reject(new Error()) };
  const [first, second] = [new AbortController(), new AbortController()];
  const [one, other] = [first, second].map(({ signal }) =>
    finder.find({ type: "image", name: "/ipfs/bafy" }, { tree, layers: [] }, signal),
  );
  first.abort(new Exception("failed", "no longer wanted"));
  await expect(one).rejects.toThrow("no longer wanted");
  opening.reject(new Error("not here"));
  await expect(other).rejects.toThrow("not here");
  expect(opened).toBe(1);
});
