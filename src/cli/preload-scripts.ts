/** A plugin of Vite: the page names the scripts of its workers, so that they come beside its own and not after them. */
import type { Plugin } from "vite";

/** By what the build calls them. */
const WORKER = /\b(?:kernel|cell)\.worker-[^/]*\.js$/;

export function preloadScripts(): Plugin {
  return {
    name: "ww:preload-scripts",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler: (_html, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((name) => WORKER.test(name))
          .map((name) => ({
            tag: "link",
            attrs: { rel: "modulepreload", crossorigin: true, href: `./${name}` },
            injectTo: "head",
          })),
    },
  };
}
