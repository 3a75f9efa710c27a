/** Artefacts by content: what was transpiled once is not transpiled again, in this session or a later one. */
import { sha256 } from "#base";
import type { Waiting } from "#base";
import { decodeEntry, encodeEntry, toHex } from "./artefact.ts";
import type { Artefact } from "./artefact.ts";
import { checkComponent, checkGlue } from "./check-component.ts";
import { checkNames } from "./check-module.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { countMemories, limitMemory } from "./limit-memory.ts";
import type { CellMode } from "./mode.ts";
import type { Transpiled } from "./transpile.ts";
import type { Transpiler } from "./transpiler.ts";
import { untilAborted } from "./until-aborted.ts";
import { toWorkerAddress } from "./worker-script.ts";

/** Bytes by key, for as long as the platform keeps them. What it gives back need not be trusted. */
export interface ArtefactStore {
  get(key: string): Promise<Uint8Array | undefined>;
  put(key: string, entry: Uint8Array): Promise<void>;
}

export interface ArtefactOptions extends Waiting {
  /** What all its memories may have together; as `DEFAULT_LIMITS` says unless told. */
  readonly memoryBytes?: number | undefined;
}

export interface Artefacts {
  /**
   * The artefact of a component: from memory, from the store, or newly transpiled.
   *
   * @throws {Exception} `failed` when the bytes are no component, it imports what cells do not have, or exports no
   *   `wasi:cli/run`: another component is needed. `disconnected` when the transpiler could not be loaded.
   */
  get(component: Uint8Array, options?: ArtefactOptions): Promise<Artefact>;
}

export interface ArtefactsOptions {
  readonly transpiler: Pick<Transpiler, "transpile">;
  readonly store: ArtefactStore;
  /** The text of what serves a cell in its worker, as `toWorkerAddress` takes it. */
  readonly script: string;
  /** How guests wait; the glue is made for it. */
  readonly mode: CellMode;
}

/** Part of each key, with the mode: other versions of jco or other options make other glue. */
export const TRANSPILER = "jco-1.35.0-7";
/** How many stay in memory with their compiled modules. */
const KEPT_LIMIT = 16;

export function createArtefacts(options: ArtefactsOptions): Artefacts {
  const kept = new Map<string, Promise<Artefact>>();
  return {
    async get(component, { signal, memoryBytes = DEFAULT_LIMITS.memoryBytes } = {}) {
      signal?.throwIfAborted();
      const run = checkComponent(component);
      const key = `${TRANSPILER}-${options.mode}-${toHex(await sha256(component))}`;
      // Compiled modules have the limit in them, stored ones do not.
      const place = `${key} ${memoryBytes}`;
      let artefact = kept.get(place);
      if (artefact === undefined) {
        artefact = makeArtefact(options, { key, component, run, memoryBytes });
        artefact.catch(() => kept.delete(place));
      }
      // Last used comes last, so the first is the one to forget.
      kept.delete(place);
      kept.set(place, artefact);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_LIMIT && oldest !== undefined) kept.delete(oldest);
      return untilAborted(artefact, signal);
    },
  };
}

interface Wanted {
  readonly key: string;
  readonly component: Uint8Array;
  readonly run: string;
  readonly memoryBytes: number;
}

async function makeArtefact(
  { transpiler, store, script, mode }: ArtefactsOptions,
  { key, component, run, memoryBytes }: Wanted,
): Promise<Artefact> {
  const stored = await loadEntry(store, key);
  const transpiled = stored ?? (await transpiler.transpile(component, mode));
  checkGlue(transpiled.glue, transpiled.imports);
  const modules = await compileCores(transpiled, memoryBytes);
  if (stored === undefined) await saveEntry(store, key, transpiled);
  return {
    key,
    mode,
    address: toWorkerAddress(script, transpiled.glue),
    imports: transpiled.imports,
    modules,
    run,
  };
}

/** @param memoryBytes what all memories of all modules may have together */
async function compileCores(
  { cores }: Transpiled,
  memoryBytes: number,
): Promise<ReadonlyMap<string, WebAssembly.Module>> {
  const counts = cores.map(([, bytes]) => countMemories(bytes));
  const all = counts.reduce((sum, count) => sum + count, 0);
  const compiled = cores.map(async ([name, bytes], at) => {
    const share = (memoryBytes * (counts[at] ?? 0)) / Math.max(1, all);
    const module = await WebAssembly.compile(limitMemory(bytes, share) as Uint8Array<ArrayBuffer>);
    checkNames(module);
    return [name, module] as const;
  });
  return new Map(await Promise.all(compiled));
}

/** A store that fails, or gives damaged bytes, costs time and nothing else. */
async function loadEntry(store: ArtefactStore, key: string): Promise<Transpiled | undefined> {
  try {
    const entry = await store.get(key);
    return entry === undefined ? undefined : await decodeEntry(entry);
  } catch {
    return undefined;
  }
}

async function saveEntry(store: ArtefactStore, key: string, transpiled: Transpiled): Promise<void> {
  try {
    await store.put(key, await encodeEntry(transpiled));
  } catch {
    // Full or forbidden storage: the next session transpiles again.
  }
}
