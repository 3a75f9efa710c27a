/** The page's kernel. After it failed to load or was lost, the next run starts it again. */
import { startKernel } from "#kernel";
import type { StartedKernel } from "#kernel";
import type { PageKernel } from "#ui";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";

/** Enough to load the script over a slow network. */
const LIMIT_MS = 60_000;

export interface LoadedKernel extends PageKernel, Pick<StartedKernel, "attach"> {}

/** Creates a `Load` of a booted kernel. @param spawn starts its worker */
export function createKernelLoad(
  spawn: () => Worker,
  options: Parameters<typeof startKernel>[1],
): Load<LoadedKernel> {
  const load = createLoad({
    what: "the kernel's script",
    limitMs: LIMIT_MS,
    async open(signal): Promise<LoadedKernel> {
      const kernel = startKernel(spawn, options);
      const end = (): void => kernel[Symbol.dispose]();
      signal.addEventListener("abort", end, { once: true });
      void kernel.lost.then(() => load.forget()); // never rejects
      try {
        await kernel.booted;
      } catch (error) {
        end();
        throw error;
      }
      const { owner, lost } = kernel;
      return { owner, lost, attach: (port) => kernel.attach(port), abandon: end };
    },
  });
  return load;
}
