/** Answers an image's petitions. Most images have none, so the code of grants is loaded by the first petition. */
import { loadOnce } from "#base";
import type { ChooserServer } from "#schema";
import type { ChooserPowers } from "./choose.ts";
import type { Designations } from "./designation.ts";

export function loadChooser(designations: Designations, powers: ChooserPowers): ChooserServer {
  const chooser = loadOnce(async () => {
    const { createChooser } = await import("./choose.ts");
    return createChooser(designations, powers);
  });
  return {
    choose: async (...args) => (await chooser.get()).choose(...args),
    restore: async (...args) => (await chooser.get()).restore(...args),
  };
}
