/** Answers an image's petitions. Most images have none, so the code of grants is loaded by the first petition. */
import type { ChooserServer } from "#schema";
import type { ChooserPowers } from "./choose.ts";
import type { Designations } from "./designation.ts";

export function loadChooser(designations: Designations, powers: ChooserPowers): ChooserServer {
  const load = async (): Promise<ChooserServer> => {
    const { createChooser } = await import("./choose.ts");
    return createChooser(designations, powers);
  };
  let loaded: Promise<ChooserServer> | undefined;
  const get = (): Promise<ChooserServer> => (loaded ??= load());
  return {
    choose: async (...args) => (await get()).choose(...args),
    restore: async (...args) => (await get()).restore(...args),
  };
}
