/** Prepares components for any number of cells: checks them, and compiles their core modules once. */
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

/** A compiled component. It is a value, and may be posted to any number of workers. */
export interface CompiledComponent {
  /** The component without its core code, as text for `decodeComponent`. */
  readonly text: string;
  /** Core modules by their index in the component, except those that are never instantiated. */
  readonly modules: ReadonlyMap<number, WebAssembly.Module>;
  /** The name under which it exports `wasi:cli/run`, if it does. */
  readonly run: string | undefined;
  /** The name under which it exports `wasi:http/incoming-handler`, if it does. */
  readonly handler: string | undefined;
  /** Number of memories of all its instances. */
  readonly memories: number;
  /** Full names of the interfaces that it imports. */
  readonly imports: readonly string[];
}

/** Limits for the memories of all instances of a component together. */
export type CompileLimits = Partial<Pick<ProcessLimits, "memoryBytes" | "memories">>;

export interface Compiler {
  /**
   * Compiles a component, or takes it from the cache if it was compiled with these limits before. The bytes are lent until
   * the promise settles.
   *
   * @throws {Exception} `failed` when the bytes are not a component, or it imports what cells do not have, exports neither
   *   `wasi:cli/run` nor `wasi:http/incoming-handler`, or is too large: another component is needed; `overloaded` when its
   *   initial memory exceeds the limit.
   */
  compile(
    component: Uint8Array,
    limits?: CompileLimits,
    options?: CompileOptions,
  ): Promise<CompiledComponent>;
}

export interface CompileOptions extends Waiting {
  /** Promises that the bytes never change, so that the same array is hashed only once. */
  readonly isFixed?: boolean | undefined;
}

/** Compiled components in the cache. */
const KEPT_LIMIT = 16;
/** Bytes of the cached components together; their compiled modules take two or three times as much. */
const KEPT_BYTES = 256 * 1024 * 1024;
/** Table entries of all instances together; the largest programs have some ten thousand functions. */
const ENTRY_LIMIT = 1024 * 1024;
/** Tables of all instances together; each is an object of some 300 bytes, even if it is empty. */
const TABLE_LIMIT = 1000;
/** Other parts of all instances together; the largest programs have some hundred thousand functions, in one instance. */
const PART_LIMIT = 1024 * 1024;

/** Local variables of all functions. Validating this many takes 30 ms; the largest programs have half a million. */
const LOCAL_LIMIT = 16 * 1024 * 1024;

interface Kept {
  readonly bytes: number;
  readonly limits: string;
  readonly hash: Promise<string>;
  readonly compiled: Promise<CompiledComponent>;
  /** Number of waiting callers; when the signal of the last one fires, the work is stopped. */
  waiting: number;
  readonly stop: AbortController;
}

export interface CompilerOptions {
  /** Bytes of the cached components together; the last one is cached in any case. */
  readonly keptBytes?: number;
}

export function createCompiler({ keptBytes = KEPT_BYTES }: CompilerOptions = {}): Compiler {
  /** LRU cache, most recently used last. */
  let kept: readonly Kept[] = [];
  /** Settles when the last lookup has ended. */
  let lookups: Promise<unknown> = Promise.resolve();

  const fixed = new WeakMap<Uint8Array, Promise<string>>();
  const hashOf = (component: Uint8Array, isFixed: boolean): Promise<string> => {
    if (!isFixed) return hashPieces(component);
    const known = fixed.get(component) ?? hashPieces(component);
    fixed.set(component, known);
    return known;
  };
  /** Hashes the bytes only if a component of the same length is cached, since hashing takes a third of compiling. */
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
      // Lookups run one after the other; otherwise a burst of calls for one component would compile it several times.
      lookups = lookups
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

/** The last entries that fit into `bytes` and `KEPT_LIMIT`; always the last one. */
function keepLast(all: readonly Kept[], bytes: number): readonly Kept[] {
  let left = bytes;
  const first = all.findLastIndex(
    (entry, index) => (left -= entry.bytes) < 0 && index < all.length - 1,
  );
  return all.slice(first + 1).slice(-KEPT_LIMIT);
}

/** Bytes hashed at a time: the platform copies its input synchronously, which takes two milliseconds for this size. */
const HASHED_BYTES = 4 * 1024 * 1024;

/** A key for the bytes: the SHA-256 hashes of their pieces. */
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
 * Divides the room that the initial sizes leave equally between all memories, and between all tables, of all instances.
 *
 * @throws {Exception} `overloaded` when the initial memory exceeds the limit, `failed` when anything else does.
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
    const [wanted, most] = [needed, limitPages].map((pages) => formatBytes(pages * PAGE_BYTES));
    const why = `it begins with ${wanted} of memory, and may have ${most}`;
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
    refuse(`its functions have ${locals} variables, and cells have at most ${LOCAL_LIMIT}`);
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
