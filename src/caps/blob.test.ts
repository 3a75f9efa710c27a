import { describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { anyOf, serve } from "#capnp";
import { BlobStore, Clock } from "#schema";
import type { ClockServer } from "#schema";
import { connect, createMemoryTransports } from "#rpc";
import { createBlobs } from "./blob.ts";
import type { Blobs } from "./blob.ts";

interface Bench extends AsyncDisposable {
  readonly blobs: Blobs;
  /** A store of a process of its own, over a connection. */
  open(): BlobStore;
}

function openBench(): Bench {
  const blobs = createBlobs({ toCid: (hash) => `cid-${[...hash.subarray(0, 4)].join("-")}` });
  const stack = new DisposableStack();
  return {
    blobs,
    open() {
      const [near, far] = createMemoryTransports();
      const bootstrap = stack.use(serve(BlobStore, blobs.serveStore()));
      stack.use(connect(far, { bootstrap }));
      return stack.use(connect(near)).bootstrap(BlobStore);
    },
    async [Symbol.asyncDispose]() {
      stack.dispose();
      await expect.poll(() => blobs.heldBytes).toBe(0);
    },
  };
}

describe("Blob", () => {
  test("gives the frozen bytes to every holder, by capability or by CID", async () => {
    await using bench = openBench();
    const [store, other] = [bench.open(), bench.open()];
    using frozen = await store.freeze(encodeText("hello"));
    expect((await frozen.blob.size()).bytes).toBe(5);
    expect(decodeText((await frozen.blob.read(1, 3)).data)).toBe("ell");
    expect((await frozen.blob.read(9, 3)).data).toEqual(new Uint8Array(0));
    await expect(frozen.blob.read(-1, 3)).rejects.toThrow("not an offset");
    await expect(frozen.blob.message()).rejects.toThrow("not a message");
    const { cid } = await frozen.blob.cid();
    using opened = await other.open(cid);
    expect(decodeText((await opened.blob.read(0, 9)).data)).toBe("hello");
    await expect(other.open("cid-of-nothing")).rejects.toThrow("No blob with the CID");
  });

  test("gives 256 KiB by one read at most, however much is asked for", async () => {
    await using bench = openBench();
    using frozen = await bench.open().freeze(new Uint8Array(300 * 1024).fill(7));
    const { blob } = frozen;
    expect((await blob.read(0, 2 ** 30)).data).toHaveLength(256 * 1024);
    expect((await blob.read(256 * 1024, 2 ** 30)).data).toHaveLength(44 * 1024);
  });

  test("cannot be changed by a reader within the same vat", async () => {
    const blobs = createBlobs({ toCid: () => "cid" });
    using store = serve(BlobStore, blobs.serveStore());
    const given = encodeText("hello");
    using frozen = await store.freeze(given);
    given.fill(0);
    const { data } = await frozen.blob.read(0, 5);
    data.fill(1);
    expect(decodeText((await frozen.blob.read(0, 5)).data)).toBe("hello");
  });

  test("is one copy, and is freed with its last holder", async () => {
    await using bench = openBench();
    const [store, other] = [bench.open(), bench.open()];
    const data = new Uint8Array(100_000).fill(7);
    const first = await store.freeze(data);
    const { cid } = await first.blob.cid();
    const again = await other.open(cid);
    expect(bench.blobs.heldBytes).toBeLessThan(110_000);
    first[Symbol.dispose]();
    expect((await again.blob.size()).bytes).toBe(100_000);
    again[Symbol.dispose]();
    await expect.poll(() => bench.blobs.heldBytes).toBe(0);
    await expect(other.open(cid)).rejects.toThrow("No blob");
  });

  test("holds a message with its capabilities, and has no CID then", async () => {
    await using bench = openBench();
    const store = bench.open();
    const released: string[] = [];
    const server: ClockServer & Disposable = {
      now: () => ({ ms: 5 }),
      [Symbol.dispose]: () => void released.push("clock"),
    };
    const clock = serve(Clock, server);
    {
      using frozen = await store.freezeMessage(anyOf(Clock, clock));
      expect((await frozen.blob.cid()).cid).toBe("");
      for (let round = 0; round < 2; round++) {
        using results = await frozen.blob.message();
        using held = Clock.read(results.root);
        expect((await held.now()).ms).toBe(5);
      }
      expect(released).toEqual([]);
      await expect(frozen.blob.read(0, 1)).rejects.toThrow("not bytes");
    }
    clock[Symbol.dispose]();
    await expect.poll(() => released).toEqual(["clock"]);
  });

  test("is counted until the last holder has released it, however that came by it", async () => {
    await using bench = openBench();
    const store = bench.open();
    const frozen = await store.freeze(new Uint8Array(100_000));
    const opened = await store.open((await frozen.blob.cid()).cid);
    frozen[Symbol.dispose]();
    await opened.blob.size();
    expect(bench.blobs.heldBytes).toBeGreaterThan(100_000);
    opened[Symbol.dispose]();
  });

  test("is refused where a process has too much", async () => {
    await using bench = openBench();
    const store = bench.open();
    const data = new Uint8Array(48 * 1024 * 1024);
    using one = await store.freeze(data);
    data[0] = 1;
    using two = await store.freeze(data);
    data[0] = 2;
    await expect(store.freeze(data)).rejects.toMatchObject({ kind: "overloaded" });
    expect((await one.blob.size()).bytes).toBe((await two.blob.size()).bytes);
  });
});
