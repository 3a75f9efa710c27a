/** Answers what an image asks for. Most ask for nothing, so what grants are made of is loaded with the first petition. */
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
    choose: async (...given) => (await get()).choose(...given),
    restore: async (...given) => (await get()).restore(...given),
  };
}
