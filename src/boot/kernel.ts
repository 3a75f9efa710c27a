/**
 * The page's kernel: another one is started for the next run when it could not be loaded, has failed since, or did not end
 * a run that it was told to end.
 */
import { Exception, whenAborted } from "#base";
import { startKernel } from "#kernel";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";

/** Its script comes over slow networks, too. */
const LIMIT_MS = 60_000;
/** Ending a run takes milliseconds, unless the kernel's thread is held up. */
const STOP_LIMIT_MS = 3000;

type RemoteKernel = ReturnType<typeof startKernel>;

/** Gives a kernel that has booted. @param spawn starts its worker */
export function createKernelLoad(
  spawn: () => Worker,
  options: Parameters<typeof startKernel>[1],
): Load<RemoteKernel> {
  const load = createLoad({
    what: "the kernel's script",
    limitMs: LIMIT_MS,
    async open(signal): Promise<RemoteKernel> {
      const worker = spawn();
      const kernel = startKernel(() => worker, options);
      const { promise: lost, reject: lose } = Promise.withResolvers<never>();
      signal.addEventListener("abort", () => lose(signal.reason));
      // Behind the kernel's own listener, which tells those who run something.
      worker.addEventListener("error", () => {
        lose(new Exception("failed", "The kernel's worker failed; reload the page"));
        load.forget();
      });
      void lost.catch(() => kernel[Symbol.asyncDispose]());
      kernel.mode.catch(lose);
      await Promise.race([kernel.mode, lost]);
      return {
        ...kernel,
        async run(request, waiting = {}) {
          let timer: ReturnType<typeof setTimeout> | undefined;
          const end = (): void => {
            load.forget();
            lose(waiting.signal?.reason);
          };
          const forget =
            waiting.signal &&
            whenAborted(waiting.signal, () => (timer = setTimeout(end, STOP_LIMIT_MS)));
          try {
            return await kernel.run(request, waiting);
          } finally {
            forget?.();
            clearTimeout(timer);
          }
        },
      };
    },
  });
  return load;
}
