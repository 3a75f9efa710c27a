/** The product's kernel in a page of a bench, without what the page gives it beside images. */
import { startKernel } from "#kernel";
import type { Images, StartedKernel } from "#kernel";
import { chooseWorkers } from "../src/boot/cell-workers.ts";
import cellScript from "../src/workers/cell.worker.ts?script-address";

/** The sample asks for none of it. */
const nothing = (): never => {
  throw new Error("The sample has asked for more than it should");
};

/** A kernel for programs that ask the page for nothing but their image. */
export function startSampleKernel(images: Images): StartedKernel {
  return startKernel(
    () =>
      new Worker(new URL("../src/workers/kernel.worker.ts", import.meta.url), {
        type: "module",
      }),
    {
      node: {
        id: async () => Uint8Array.of(1, 2, 3),
        addrs: async () => [],
        peers: async () => [],
        connect: async () => undefined,
      },
      images,
      keys: { seal: nothing, open: nothing, verify: nothing },
      streams: { dial: nothing, listen: nothing },
      meet: nothing,
      content: {
        ipfs: { read: nothing },
        routing: {
          provide: nothing,
          findProviders: nothing,
          hash: nothing,
          resolve: nothing,
          mkdir: nothing,
          writeFile: nothing,
          remove: nothing,
          publish: nothing,
        },
      },
      workers: chooseWorkers(cellScript, navigator.userAgent),
    },
  );
}
