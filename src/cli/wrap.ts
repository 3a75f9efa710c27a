/** Wraps programs for WASI preview 1 into components, which is what cells run. */
import { open } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Exception, toMessage } from "#base";

/** Cache of wrapped programs: wrapping takes seconds, and minutes for the largest. May be deleted. */
const CACHE = fileURLToPath(new URL("../../.cache/wrapped", import.meta.url));
const MAGIC = "\0asm";
/** The fields `version` and `layer` of a core module. */
const CORE = [1, 0, 0, 0];

/** The kind of a file by its first bytes: a core module, a component (or something newer), or not WebAssembly. */
export type WasmKind = "core" | "component" | undefined;

/** The kind of a file; `undefined` also when it does not exist. */
export async function readWasmKind(path: string): Promise<WasmKind> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  await using stack = new AsyncDisposableStack();
  stack.defer(() => file.close());
  const head = Buffer.alloc(8);
  if (!(await file.stat()).isFile()) return undefined;
  await file.read(head, 0, head.length, 0);
  return toWasmKind(head);
}

export function toWasmKind(bytes: Uint8Array): WasmKind {
  const head = Buffer.from(bytes.subarray(0, 8));
  if (head.length < 8 || head.toString("latin1", 0, 4) !== MAGIC) return undefined;
  return head.subarray(4).equals(Buffer.from(CORE)) ? "core" : "component";
}

/**
 * The component of a core module, which is a command with imports of preview 1, or with imports described by its tools.
 *
 * @throws {Exception} `failed` with the name and what the module lacks.
 */
export async function wrapCached(core: Uint8Array, name: string): Promise<Uint8Array> {
  // Loaded here: they import Binaryen, which takes longer to load than most commands take to run.
  const { hash, makeCached } = await import("../../guests/toolchain/cache.ts");
  const { wrapCore, wrapToolKey } = await import("../../guests/toolchain/wrap-core.ts");
  try {
    const path = join(CACHE, `${hash(core)}.wasm`);
    return await makeCached(path, await wrapToolKey(), async () => ({
      bytes: await wrapCore(core),
      sources: [],
    }));
  } catch (reason) {
    const why = `Cannot wrap "${name}", a core module, into a component`;
    const needed = "it must be a command for WASI preview 1";
    const detail = toMessage(reason).split("\n").filter(Boolean).at(-1)?.trim() ?? "";
    throw new Exception("failed", `${why}: ${needed}; ${detail}`, { cause: reason });
  }
}
