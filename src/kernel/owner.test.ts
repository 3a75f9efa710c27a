import { expect, test } from "vitest";
import { createDuplexPair, Exception, openPortDuplex } from "#base";
import { cast, serve } from "#capnp";
import { Executor, Owner } from "#schema";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import { createKernel } from "./create-kernel.ts";
import {
  CLOCKS,
  CONTENT,
  createImages,
  DEVICES,
  estimateStorage,
  forever,
  meet,
  NODE,
  openBench,
  startRun,
} from "./kernel-bench.testing.ts";
import type { GivenImage } from "./kernel-bench.testing.ts";
import { createMemoryCells } from "./memory-cells.testing.ts";
import type { Program } from "./memory-cells.testing.ts";
import { testOwner } from "./owner.conformance.ts";
import { serveKernel } from "./serve-kernel.ts";
import type { ServeOptions } from "./serve-kernel.ts";
import { startKernel } from "./start-kernel.ts";
import type { KernelWorker, StartedKernel } from "./start-kernel.ts";

/** A kernel in this thread, behind the two ends of a channel instead of a worker. */
function spawn(create: ServeOptions["create"]): KernelWorker {
  const { port1, port2 } = new MessageChannel();
  serveKernel(port2, { create, estimateStorage });
  const terminate = (): void => {
    port1.close();
    port2.close();
  };
  return Object.assign(port1, { terminate });
}

function start(worker: KernelWorker, give: () => GivenImage = () => ({})): StartedKernel {
  return startKernel(() => worker, {
    node: NODE,
    keys: DEVICES.keys,
    streams: DEVICES.streams,
    meet,
    content: CONTENT,
    images: createImages(give),
    // Cells in memory need no workers.
    workers: { startedBy: "kernel", script: "" },
  });
}

function startWith(
  programs: Readonly<Record<string, Program>>,
  give?: () => GivenImage,
): StartedKernel {
  const worker = spawn(async ({ images, ...device }) =>
    createKernel({ ...device, ...CLOCKS, cells: createMemoryCells(programs), images }),
  );
  return start(worker, give);
}

test("Owner.meet() dials by the page where the owner says, and Owner.dial() gives what the peer serves", async () => {
  const met: unknown[] = [];
  const served: Connection[] = [];
  const { port1, port2 } = new MessageChannel();
  serveKernel(port2, {
    estimateStorage,
    create: async ({ images, ...device }) =>
      createKernel({ ...device, ...CLOCKS, cells: createMemoryCells({}), images }),
  });
  using kernel = startKernel(() => Object.assign(port1, { terminate: () => port1.close() }), {
    node: NODE,
    keys: DEVICES.keys,
    streams: {
      ...DEVICES.streams,
      async dial(peerId, protocol) {
        if (!protocol.endsWith("/echo")) throw new Exception("unimplemented", "No such service");
        const [near, far] = createDuplexPair(1024);
        met.push([[...peerId], protocol]);
        using bootstrap = serve(Executor, {
          echo: (message) => ({ response: `peer: ${message}` }),
          runBytes: () => Promise.reject(new Error("nothing is run here")),
        });
        served.push(connect(createStreamTransport(far), { bootstrap }));
        return near;
      },
    },
    async meet(address) {
      if (address === "") throw new Exception("failed", "connect failed: no address");
      met.push(address);
      return Uint8Array.of(1);
    },
    content: CONTENT,
    images: createImages(() => ({})),
    workers: { startedBy: "kernel", script: "" },
  });
  const { owner } = kernel;
  await expect(owner.meet("")).rejects.toThrow("connect failed: no address");
  const { peer } = await owner.meet("/somewhere");
  await expect(owner.dial(peer, "none")).rejects.toThrow("No such service");
  await expect(owner.dial(peer, "a/b")).rejects.toThrow("no name of a service");
  using results = await owner.dial(peer, "echo");
  expect((await cast(results.cap, Executor).echo("x")).response).toBe("peer: x");
  expect(met).toEqual(["/somewhere", [[1], "/ww/0.1.0/vat/echo"]]);
  for (const connection of served) connection[Symbol.dispose]();
});

testOwner("within one vat", async (programs) => {
  const bench = openBench(programs);
  return bench;
});

testOwner("over the port of a worker", async (programs) => {
  let image: GivenImage = {};
  const kernel = startWith(programs, () => image);
  return {
    owner: kernel.owner,
    give: (next) => void (image = next),
    [Symbol.asyncDispose]: async () => kernel[Symbol.dispose](),
  };
});

testOwner("over a port that was attached", async (programs) => {
  let image: GivenImage = {};
  const kernel = startWith(programs, () => image);
  await kernel.booted;
  const { port1, port2 } = new MessageChannel();
  await kernel.attach(port2);
  const connection = connect(createStreamTransport(openPortDuplex(port1)));
  return {
    owner: connection.bootstrap(Owner),
    give: (next) => void (image = next),
    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
      kernel[Symbol.dispose]();
    },
  };
});

test("startKernel() says with every call why no cell can run", async () => {
  using kernel = start(spawn(() => Promise.reject(new Error("There is no memory left"))));
  await expect(kernel.booted).rejects.toThrow("There is no memory left");
  await expect(kernel.owner.system()).rejects.toThrow("There is no memory left");
  await expect(startRun(kernel.owner).outcome).rejects.toThrow("There is no memory left");
});

test("startKernel() says that its worker has broken down, and every call fails", async () => {
  const worker = spawn(async ({ images, ...device }) =>
    createKernel({ ...device, ...CLOCKS, cells: createMemoryCells({ main: forever }), images }),
  );
  using kernel = start(worker);
  const { outcome } = startRun(kernel.owner);
  await kernel.booted;
  (worker as unknown as EventTarget).dispatchEvent(new Event("error"));
  const message = "The kernel's worker failed; reload the page";
  expect(await kernel.lost).toMatchObject({ kind: "failed", message });
  await expect(outcome).rejects.toMatchObject({ kind: "disconnected" });
  await expect(kernel.owner.system()).rejects.toMatchObject({ kind: "disconnected" });
});

test("startKernel() says that a worker could not even be loaded", async () => {
  const { port1 } = new MessageChannel();
  using kernel = start(Object.assign(port1, { terminate: () => port1.close() }));
  port1.dispatchEvent(new Event("error"));
  await expect(kernel.booted).rejects.toThrow("The kernel's worker failed; reload the page");
});

test("disposing a kernel ends the calls on it", async () => {
  const kernel = startWith({ main: forever });
  const { outcome } = startRun(kernel.owner);
  await kernel.booted;
  kernel[Symbol.dispose]();
  await expect(outcome).rejects.toMatchObject({ kind: "disconnected" });
  expect(await kernel.lost).toMatchObject({ message: "The kernel was stopped" });
});
