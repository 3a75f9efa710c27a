/** How jco is asked, and what of its answer is used. */
import type { transpile } from "@bytecodealliance/jco/component";
import type { Transpiled } from "./contest.ts";

export const TRANSPILE_OPTIONS: Parameters<typeof transpile>[1] = {
  name: "cell",
  map: [],
  noTypescript: true,
  noNodejsCompat: true,
  base64Cutoff: 0,
  instantiation: { tag: "async" },
  asyncMode: { tag: "sync" },
};

export function toTranspiled({ files }: Awaited<ReturnType<typeof transpile>>): Transpiled {
  const glue = files.find(([name]) => name === "cell.js")?.[1];
  return {
    glue: new TextDecoder().decode(glue),
    cores: new Map(files.filter(([name]) => name.endsWith(".wasm"))),
  };
}
