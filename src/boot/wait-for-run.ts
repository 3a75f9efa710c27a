/** Waits for the first running image, so that whatever it can start without is loaded after it. */
import { serve } from "#capnp";
import { RunWatcher } from "#schema";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";

/**
 * Resolves when an image runs in the kernel, or has run.
 *
 * @throws {Exception} when the kernel does not start, or is lost before that
 */
export async function waitForRun(
  kernel: Pick<Load<Pick<LoadedKernel, "owner" | "lost">>, "get">,
): Promise<void> {
  const { owner, lost } = await kernel.get();
  const { promise: running, resolve, reject } = Promise.withResolvers<void>();
  void lost.then(reject);
  using watching = owner.watch(
    serve(RunWatcher, {
      changed({ stage: { which } }) {
        if (which === "running" || which === "ended") resolve();
      },
      gone: () => undefined,
    }),
  );
  await Promise.race([watching, running]);
  await running;
}
