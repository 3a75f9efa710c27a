/** The transpile worker: when it comes, when it goes, and what is told when it cannot be had. */
import { expect, test } from "vitest";
import { command, RETURNS_OK } from "./guests.testing.ts";
import { startTranspiler } from "./transpiler.ts";

function countSpawns(script?: string): { spawn(): Worker; spawned: number; ended: Promise<void> } {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const count = {
    spawned: 0,
    ended,
    spawn(): Worker {
      count.spawned++;
      const worker =
        script === undefined
          ? new Worker(new URL("../workers/transpile.worker.ts", import.meta.url), {
              type: "module",
            })
          : new Worker(script, { type: "module" });
      const terminate = worker.terminate.bind(worker);
      worker.terminate = () => {
        terminate();
        resolve();
      };
      return worker;
    },
  };
  return count;
}

test("startTranspiler() spawns with the first component, and again after it was idle", async () => {
  const count = countSpawns();
  using transpiler = startTranspiler({ spawn: () => count.spawn(), idleMs: 50 });
  expect(count.spawned).toBe(0);
  const component = await command(RETURNS_OK);
  const padded = new Uint8Array([...component, ...new Uint8Array(100)]);
  const [one, two] = await Promise.all([
    transpiler.transpile(component, "jspi"),
    transpiler.transpile(padded.subarray(0, component.length), "jspi"),
  ]);
  expect(two).toEqual(one);
  expect(one.cores.length).toBeGreaterThan(0);
  expect(count.spawned).toBe(1);
  await count.ended;
  expect(await transpiler.transpile(component, "jspi")).toEqual(one);
  expect(count.spawned).toBe(2);
});

test("transpile() refuses with the reason of jco, and works on after that", async () => {
  using transpiler = startTranspiler(countSpawns());
  const component = await command(RETURNS_OK);
  await expect(transpiler.transpile(component.subarray(0, 50), "jspi")).rejects.toMatchObject({
    kind: "failed",
    message: expect.stringMatching(/^Cannot transpile component: [^\n]+$/),
  });
  expect((await transpiler.transpile(component, "jspi")).glue).toContain("instantiate");
});

test("transpile() tells when its worker cannot be loaded, and tries a new one next time", async () => {
  const count = countSpawns("/no-such-script.js");
  using transpiler = startTranspiler({ spawn: () => count.spawn() });
  const component = await command(RETURNS_OK);
  for (const spawned of [1, 2]) {
    await expect(transpiler.transpile(component, "jspi")).rejects.toMatchObject({
      kind: "disconnected",
      message: "Cannot transpile component: its worker failed; reload the page",
    });
    expect(count.spawned).toBe(spawned);
  }
});

test("dispose rejects what is under way and ends the worker", async () => {
  const count = countSpawns();
  const transpiler = startTranspiler({ spawn: () => count.spawn() });
  const job = transpiler.transpile(await command(RETURNS_OK), "jspi");
  transpiler[Symbol.dispose]();
  await expect(job).rejects.toMatchObject({ kind: "disconnected" });
  await count.ended;
  await expect(transpiler.transpile(new Uint8Array(8), "jspi")).rejects.toMatchObject({
    kind: "disconnected",
  });
});
