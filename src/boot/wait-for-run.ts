/** Waiting for the first image that runs, so that what it can do without is loaded after it. */
import { serve } from "#capnp";
import { RunWatcher } from "#schema";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";

/** Resolves when an image of the kernel runs, or has run. @throws {Exception} when the kernel does not start */
export async function waitForRun(
  kernel: Pick<Load<Pick<LoadedKernel, "owner">>, "get">,
): Promise<void> {
  const { owner } = await kernel.get();
  const { promise: running, resolve } = Promise.withResolvers<void>();
  using watching = owner.watch(
    serve(RunWatcher, {
      changed({ stage: { which } }) {
        if (which === "running" || which === "ended") resolve();
      },
      gone: () => undefined,
    }),
  );
  await watching;
  await running;
}
