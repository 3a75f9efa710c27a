/** A component made ready to be run by any number of cells: checked, and its core modules compiled once. */
import { Exception, sha256, untilAborted } from "#base";
import type { ProcessLimits, Waiting } from "#base";
import { compileCores, encodeComponent, listModules, parseComponent } from "#component";
import { checkComponent } from "./check-component.ts";
import { formatBytes } from "./format-bytes.ts";
import { DEFAULT_LIMITS } from "./limits.ts";
import { limitModule, measureModule } from "./limit-module.ts";
import type { ModuleLimits, ModuleSize } from "./limit-module.ts";
import { doInTurns, Pace } from "./work.ts";
import type { Work } from "./work.ts";

/** A value; may be posted to any number of workers. */
export interface CompiledComponent {
  /** The component, without its code; `decodeComponent` reads it. */
  readonly text: string;
  /** Core modules by their indices in the component; those that are never instantiated are not there. */
  readonly modules: ReadonlyMap<number, WebAssembly.Module>;
  /** The name under which it exports `wasi:cli/run`, if it does. */
  readonly run: string | undefined;
  /** The name under which it exports `wasi:http/incoming-handler`, if it does. */
  readonly handler: string | undefined;
  /** How many memories its instances have. */
  readonly memories: number;
  /** Full names of the interfaces that it imports. */
  readonly imports: readonly string[];
}

/** What the memories and tables of all its instances may have together. */
export type CompileLimits = Partial<Pick<ProcessLimits, "memoryBytes" | "memories">>;

export interface Compiler {
  /**
   * The component, compiled: from memory if it was compiled with these limits before. The bytes are lent until then.
   *
   * @throws {Exception} `failed` when the bytes are no component, it imports what cells do not have, or exports neither
   *   `wasi:cli/run` nor `wasi:http/incoming-handler`: another component is needed; `overloaded` when it begins with more memory than it may have.
   */
  compile(
    component: Uint8Array,
    limits?: CompileLimits,
    options?: CompileOptions,
  ): Promise<CompiledComponent>;
}

export interface CompileOptions extends Waiting {
  /** Whether the bytes never change: then the same array is hashed once. */
  readonly isFixed?: boolean | undefined;
}

/** How many stay in memory with their compiled modules. */
const KEPT_LIMIT = 16;
/** How many bytes those have; what is compiled of them takes two or three times that. */
const KEPT_BYTES = 256 * 1024 * 1024;
/** Entries of all tables of all instances; the largest programs have some ten thousand functions. */
const ENTRY_LIMIT = 1024 * 1024;
/** Tables of all instances; each is an object of some 300 bytes, even if it is empty. */
const TABLE_LIMIT = 1000;
/** What else all instances have; the largest programs have some hundred thousand functions, in one instance. */
const PART_LIMIT = 1024 * 1024;

/** Local variables of all functions: validating so many takes 30 ms. The largest programs have half a million. */
const LOCAL_LIMIT = 16 * 1024 * 1024;

interface Kept {
  readonly bytes: number;
  readonly limits: string;
  readonly hash: Promise<string>;
  readonly compiled: Promise<CompiledComponent>;
  /** How many wait for it; when the last has stopped waiting, so does the work. */
  waiting: number;
  readonly stop: AbortController;
}

export interface CompilerOptions {
  /** How many bytes the components have together that stay in memory; the last one does in any case. */
  readonly keptBytes?: number;
}

export function createCompiler({ keptBytes = KEPT_BYTES }: CompilerOptions = {}): Compiler {
  /** Last used comes last. */
  let kept: readonly Kept[] = [];
  /** Ends when the last search does. */
  let searching: Promise<unknown> = Promise.resolve();

  const fixed = new WeakMap<Uint8Array, Promise<string>>();
  const hashOf = (component: Uint8Array, isFixed: boolean): Promise<string> => {
    if (!isFixed) return hashPieces(component);
    const known = fixed.get(component) ?? hashPieces(component);
    fixed.set(component, known);
    return known;
  };
  /** Bytes are hashed only when some of their length were compiled before: hashing takes a third of compiling. */
  const find = async (
    component: Uint8Array,
    limits: string,
    isFixed: boolean,
  ): Promise<Kept | undefined> => {
    const likely = kept.filter(
      (entry) => entry.bytes === component.length && entry.limits === limits,
    );
    if (likely.length === 0) return undefined;
    const hash = await hashOf(component, isFixed);
    for (const entry of likely) if ((await entry.hash) === hash) return entry;
    return undefined;
  };
  const start = (
    component: Uint8Array,
    limits: Required<CompileLimits>,
    key: string,
    isFixed: boolean,
  ): Kept => {
    const stop = new AbortController();
    const compiled = compileComponent(component, limits, stop.signal);
    const hash = hashOf(component, isFixed);
    const entry = { bytes: component.length, limits: key, hash, compiled, waiting: 0, stop };
    compiled.catch(() => drop(entry));
    return entry;
  };
  const drop = (entry: Kept): void => {
    kept = kept.filter((other) => other !== entry);
  };
  const findOrStart = async (
    component: Uint8Array,
    { memoryBytes, memories }: Required<CompileLimits>,
    isFixed: boolean,
  ): Promise<Kept> => {
    const key = `${memoryBytes} ${memories}`;
    const found = await find(component, key, isFixed);
    const entry = found ?? start(component, { memoryBytes, memories }, key, isFixed);
    kept = keepLast([...kept.filter((other) => other !== entry), entry], keptBytes);
    return entry;
  };
  const waitFor = async (
    entry: Kept,
    signal: AbortSignal | undefined,
  ): Promise<CompiledComponent> => {
    entry.waiting++;
    try {
      return await untilAborted(entry.compiled, signal);
    } finally {
      if (--entry.waiting === 0 && signal?.aborted === true) {
        drop(entry);
        entry.stop.abort(signal.reason);
      }
    }
  };
  return {
    async compile(component, limits = {}, { signal, isFixed = false } = {}) {
      signal?.throwIfAborted();
      const { promise: compiled, resolve, reject } = Promise.withResolvers<CompiledComponent>();
      // One after the other, or each of a burst of the same component would compile it.
      searching = searching
        .then(async () => {
          signal?.throwIfAborted();
          const entry = await findOrStart(component, { ...DEFAULT_LIMITS, ...limits }, isFixed);
          waitFor(entry, signal).then(resolve, reject);
        })
        .catch(reject);
      return untilAborted(compiled, signal);
    },
  };
}

/** The last of them that there is room for. */
function keepLast(all: readonly Kept[], bytes: number): readonly Kept[] {
  let left = bytes;
  const first = all.findLastIndex(
    (entry, index) => (left -= entry.bytes) < 0 && index < all.length - 1,
  );
  return all.slice(first + 1).slice(-KEPT_LIMIT);
}

/** The platform copies what it hashes before it returns: of a piece, that takes two milliseconds. */
const HASHED_BYTES = 4 * 1024 * 1024;

/** Another for other bytes. */
async function hashPieces(bytes: Uint8Array): Promise<string> {
  let text = "";
  for (let at = 0; at < bytes.length; at += HASHED_BYTES) {
    text += String.fromCharCode(...(await sha256(bytes.subarray(at, at + HASHED_BYTES))));
  }
  return text;
}

async function compileComponent(
  bytes: Uint8Array,
  limits: Required<CompileLimits>,
  signal: AbortSignal,
): Promise<CompiledComponent> {
  const { limited, ...prepared } = await doInTurns(prepare(bytes, limits), signal);
  const compiled = await compileModules(limited.map(({ code }) => code));
  const modules = new Map(
    limited.map(({ index }, at) => [index, compiled[at] as WebAssembly.Module] as const),
  );
  return { ...prepared, modules };
}

interface Prepared extends Omit<CompiledComponent, "modules"> {
  /** The core modules that are instantiated, with their memories and tables bounded. */
  readonly limited: ReadonlyArray<{ readonly index: number; readonly code: Uint8Array }>;
}

function* prepare(bytes: Uint8Array, limits: Required<CompileLimits>): Work<Prepared> {
  const pace = new Pace();
  const component = parseComponent(bytes);
  const all = listModules(component);
  const definitions = bytes.length - all.reduce((sum, module) => sum + module.bytes.length, 0);
  if (pace.spend(definitions)) yield;
  const { run, handler, survey } = checkComponent(component);
  if (pace.spend(definitions)) yield;
  const text = encodeComponent(component);
  const measured: Measured[] = [];
  for (const { index, bytes: code } of all) {
    const instances = survey.instantiations.get(index);
    if (instances === undefined) continue;
    measured.push({ index, code, instances, size: yield* measureModule(code, pace) });
  }
  const { memories, ...share } = divide(measured, limits);
  const limited: Array<{ index: number; code: Uint8Array }> = [];
  for (const { index, code } of measured) {
    limited.push({ index, code: yield* limitModule(code, share) });
    if (pace.spend(code.length)) yield;
  }
  return { text, run, handler, memories, imports: [...survey.imports.keys()], limited };
}

interface Measured {
  readonly index: number;
  readonly code: Uint8Array;
  readonly instances: number;
  readonly size: ModuleSize;
}

const PAGE_BYTES = 64 * 1024;

/**
 * Divides what is allowed between all memories and tables of all instances, after what each begins with.
 *
 * @throws {Exception} `failed` when that is too much, or the instances have too much of anything else.
 */
function divide(
  measured: ReadonlyArray<{ readonly size: ModuleSize; readonly instances: number }>,
  { memoryBytes, memories }: Required<CompileLimits>,
): ModuleLimits & { readonly memories: number } {
  const sum = (count: (size: ModuleSize) => number): number =>
    measured.reduce((all, { size, instances }) => all + count(size) * instances, 0);
  const own = sum((size) => size.memories);
  if (own > memories) {
    refuse(`it has ${own} memories, and cells have at most ${memories}`);
  }
  const needed = sum((size) => size.minimumPages);
  const limitPages = Math.floor(memoryBytes / PAGE_BYTES);
  if (needed > limitPages) {
    const [wanted, had] = [needed, limitPages].map((pages) => formatBytes(pages * PAGE_BYTES));
    const why = `it begins with ${wanted} of memory, and may have ${had}`;
    throw new Exception("overloaded", `Component cannot run here: ${why}; give it more`);
  }
  const entries = sum((size) => size.minimumEntries);
  if (entries > ENTRY_LIMIT) {
    refuse(`its tables begin with ${entries} entries, and cells have at most ${ENTRY_LIMIT}`);
  }
  const tables = sum((size) => size.tables);
  if (tables > TABLE_LIMIT) {
    refuse(`it has ${tables} tables, and cells have at most ${TABLE_LIMIT}`);
  }
  const parts = sum((size) => size.parts);
  if (parts > PART_LIMIT) {
    refuse(
      `its instances have ${parts} functions, globals and other parts, and cells have at most ${PART_LIMIT}`,
    );
  }
  const locals = measured.reduce((all, { size }) => all + size.locals, 0);
  if (locals > LOCAL_LIMIT) {
    refuse(`its functions have ${locals} variables, and those of cells at most ${LOCAL_LIMIT}`);
  }
  return {
    memories: own,
    extraPages: Math.floor((limitPages - needed) / Math.max(1, own)),
    extraEntries: Math.floor((ENTRY_LIMIT - entries) / Math.max(1, tables)),
  };
}

function refuse(why: string): never {
  throw new Exception("failed", `Component cannot run here: ${why}; build it with less`);
}

async function compileModules(
  modules: readonly Uint8Array[],
): Promise<readonly WebAssembly.Module[]> {
  try {
    return await compileCores(modules);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message.replace(/^WebAssembly\.\w+\(\): /, "") : "";
    throw new Exception("failed", `Component cannot run here: a core module is invalid: ${why}`, {
      cause,
    });
  }
}
