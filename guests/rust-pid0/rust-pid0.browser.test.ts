/** The guest in Rust in a real cell: another implementation of the protocol on the other end of its pipes. */
import { decodeText, readAll } from "#base";
import { dup, serve } from "#capnp";
import { Executor, Host, Membrane, WetwareSession } from "#schema";
import { createCompiler, startCell } from "#cell";
import { connect, createStreamTransport } from "#rpc";
import { expect, test } from "vitest";
import script from "../../src/workers/cell.worker.ts?script";

test.for(["jspi", "shared-memory"] as const)(
  "rust-pid0 grafts and calls ahead from a worker that waits by %s",
  async (mode, context) => {
    const response = await fetch("/images/rust-pid0/bin/main.wasm");
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (decodeText(bytes.subarray(0, 4)) !== "\0asm") {
      context.skip("rust-pid0 is not built: node guests/rust-pid0/build.ts");
    }
    const address = URL.createObjectURL(new Blob([script], { type: "text/javascript" }));
    const tree = { entries: new Map(), read: () => Promise.reject(new Error("no files")) };
    await using cell = startCell(
      {
        name: "rust-pid0",
        component: await createCompiler().compile(bytes),
        args: [],
        env: [],
        tree,
      },
      {
        mode,
        monotonicMs: () => performance.now(),
        spawn: () => new Worker(address, { type: "module" }),
      },
    );
    using executor = serve(Executor, {
      echo: (message) => ({ response: `Echo: ${message}` }),
      runBytes: () => Promise.reject(new Error("not asked for")),
    });
    using host = serve(Host, {
      id: () => ({ peerId: new Uint8Array(0) }),
      addrs: () => ({ addrs: [] }),
      peers: () => ({ peers: [] }),
      connect: () => undefined,
      executor: () => ({ executor: dup(executor) }),
    });
    using membrane = serve(Membrane(WetwareSession), {
      graft: () => ({
        session: {
          issuedEpoch: { seq: 9n, head: new Uint8Array(0) },
          extension: { host: dup(host), executor: dup(executor) },
        },
      }),
    });
    using connection = connect(createStreamTransport(cell.rpc), { bootstrap: membrane });
    expect(decodeText(await readAll(cell.stdout, 1000))).toBe(
      "Echo: one\nEcho: two\nEcho: three\n",
    );
    expect(decodeText(await readAll(cell.stderr, 1000))).toBe("rust-pid0: grafted in epoch 9\n");
    expect(await cell.exited).toEqual({ type: "exited", code: 0 });
    expect(await connection.closed).toBeUndefined();
    expect(connection.tableSizes).toEqual({ questions: 0, answers: 0, exports: 0, imports: 0 });
  },
);
