import { expect, test } from "vitest";
import { serve } from "#capnp";
import { connect, createBudget, createMemoryTransports } from "#rpc";
import { Peer } from "./generated/interop.ts";
import { servePeer } from "./serve-peer.ts";

test("a budget that connections share makes calls of all of them wait, and is empty at the end", async () => {
  const budget = createBudget(1);
  const served = servePeer();
  using root = serve(Peer, served.peer);
  const pairs = [createMemoryTransports(), createMemoryTransports()];
  const servers = pairs.map(([, far]) => connect(far, { bootstrap: root, budget }));
  const clients = pairs.map(([near]) => connect(near));
  const [first, second] = clients.map((client) => client.bootstrap(Peer));
  await expect.poll(() => budget.heldBytes).toBe(0);
  const never = first?.neverReturn(null);
  for (let i = 0; i < 5; i++) await turn();
  expect(budget.heldBytes).toBeGreaterThan(256);
  const waiting = second?.makeCounter();
  for (let i = 0; i < 5; i++) await turn();
  expect(served.liveCounters).toBe(0);
  never?.[Symbol.dispose]();
  using results = await waiting;
  expect(served.liveCounters).toBe(1);
  expect(results?.counter).toBeDefined();
  for (const client of [first, second]) client?.[Symbol.dispose]();
  for (const connection of clients) connection[Symbol.dispose]();
  await Promise.all(servers.map(({ closed }) => closed));
  expect(budget.heldBytes).toBe(0);
});

/** Waits until everything that can run by itself has run. */
function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
