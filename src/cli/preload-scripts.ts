/** A plugin of Vite: the page names the scripts of its workers, so that they come beside its own and not after them. */
import type { Plugin, Rolldown } from "vite";

/** By what the build calls them. */
const WORKER = /\b(?:kernel|cell)\.worker-[^/]*\.js$/;

export function preloadScripts(): Plugin {
  return {
    name: "ww:preload-scripts",
    apply: "build",
    transformIndexHtml: {
      order: "post",
      handler(html, { bundle = {} }) {
        const workers = Object.keys(bundle).filter((name) => WORKER.test(name));
        return [...withImports(workers, bundle)]
          .filter((name) => !html.includes(`"./${name}"`))
          .map((name) => ({
            tag: "link",
            attrs: { rel: "modulepreload", crossorigin: true, href: `./${name}` },
            injectTo: "head",
          }));
      },
    },
  };
}

/** The files, and those that they import. */
function withImports(names: readonly string[], bundle: Rolldown.OutputBundle): ReadonlySet<string> {
  const all = new Set(names);
  // What is added while the loop goes on is visited, too.
  for (const name of all) {
    const file = bundle[name];
    if (file?.type === "chunk") for (const imported of file.imports) all.add(imported);
  }
  return all;
}
