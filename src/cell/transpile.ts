/** A component becomes an ES module and core modules, by jco, and what may block suspends the guest where that is its way to wait. */
import { transpile } from "@bytecodealliance/jco/component";
import { decodeText, Exception, toMessage } from "#base";
import { SUSPENDING_IMPORTS } from "#wasi";
import { leanGlue } from "./lean-glue.ts";
import type { CellMode } from "./mode.ts";

/** What comes out of jco; the glue instantiates the cores by their names. */
export interface Transpiled {
  readonly glue: string;
  readonly cores: ReadonlyArray<readonly [name: string, bytes: Uint8Array]>;
  /** Interfaces the glue takes from its imports, without versions. */
  readonly imports: readonly string[];
}

/** @throws {Exception} `failed` when jco refuses the component. */
export async function transpileComponent(
  component: Uint8Array,
  mode: CellMode,
): Promise<Transpiled> {
  const { files, imports } = await transpile(component, {
    name: "cell",
    map: [],
    noTypescript: true,
    noNodejsCompat: true,
    base64Cutoff: 0,
    instantiation: { tag: "async" },
    asyncMode:
      mode === "jspi"
        ? {
            tag: "jspi",
            val: { imports: [...SUSPENDING_IMPORTS], exports: ["wasi:cli/run#run"] },
          }
        : { tag: "sync" },
  }).catch((cause: unknown) => {
    const why = toMessage(cause).replaceAll(/\s+/g, " ").trim();
    throw new Exception("failed", `Cannot transpile component: ${why}`, { cause });
  });
  const glue = files.find(([name]) => name === "cell.js")?.[1];
  if (glue === undefined) throw new Exception("failed", "Cannot transpile component: no glue");
  return {
    glue: leanGlue(decodeText(glue)),
    cores: files.filter(([name]) => name.endsWith(".wasm")),
    imports,
  };
}
