import { expect, test } from "vitest";
import { Exception } from "#base";
import { AnyClient, serve } from "#capnp";
import { Owner } from "#schema";
import type { OwnerServer } from "#schema";
import { waitForRun } from "./wait-for-run.ts";

/** A kernel in which nothing runs. */
const idle = { watch: () => ({ watching: serve(AnyClient, {}) }) } as Partial<OwnerServer>;

test("waitForRun() ends when the kernel is lost, with the reason", async () => {
  using owner = serve(Owner, idle as OwnerServer);
  const { promise: lost, resolve: lose } = Promise.withResolvers<Exception>();
  const waiting = waitForRun({ get: async () => ({ owner, lost }) });
  lose(new Exception("disconnected", "The kernel was stopped"));
  await expect(waiting).rejects.toThrow("The kernel was stopped");
});
