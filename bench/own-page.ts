/** A page of a bench instead of the product's. */
import type { Plugin } from "vite";

/** Lists in configurations are joined, and so it would come beside the product's. */
export function ownPage(path: string): Plugin {
  return {
    name: "bench:page",
    config(config) {
      config.build = { ...config.build, rolldownOptions: { input: path } };
    },
  };
}
