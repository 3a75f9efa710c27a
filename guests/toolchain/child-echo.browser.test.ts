/** A TypeScript guest in a real cell: the rooms' RPC on both ends, both ways to wait. */
import { decodeText, readAll } from "#base";
import { serve } from "#capnp";
import { Executor, Host, type ExecutorServer } from "#schema";
import { createCompiler, startCell } from "#cell";
import { connect, createStreamTransport } from "#rpc";
import { expect, test } from "vitest";
import script from "../../src/workers/cell.worker.ts?script";

const tree = { entries: new Map(), read: () => Promise.reject(new Error("no files")) };

const executor: ExecutorServer = {
  echo: (message) => ({ response: `Echo: ${message}` }),
  runBytes: () => Promise.reject(new Error("not asked for")),
};

test.for(["jspi", "shared-memory"] as const)(
  "child-echo takes its executor ahead in a worker that waits by %s",
  async (mode) => {
    const image = await fetch("/images/pid0/bin/child-echo.wasm");
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const component = await createCompiler().compile(new Uint8Array(await image.arrayBuffer()));
    await using cell = startCell(
      { name: "child-echo", component, args: [], env: [], tree },
      {
        mode,
        monotonicMs: () => performance.now(),
        spawn: () => new Worker(address, { type: "module" }),
      },
    );
    using host = serve(Host, {
      id: () => ({ peerId: new Uint8Array(0) }),
      addrs: () => ({ addrs: [] }),
      peers: () => ({ peers: [] }),
      connect: () => undefined,
      executor: () => ({ executor: serve(Executor, executor) }),
    });
    using connection = connect(createStreamTransport(cell.rpc), { bootstrap: host });
    expect(decodeText(await readAll(cell.stdout, 1000))).toBe("CHILD_OK\n");
    expect(decodeText(await readAll(cell.stderr, 1000))).toBe("");
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    expect(await connection.closed).toBeUndefined();
  },
);
