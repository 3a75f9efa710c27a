/** Messages between host and cell worker, by `serveCalls`; the host validates those of the worker. */
import { Exception, readField } from "#base";
import type {
  ExitStatus,
  ProcessLimits,
  Program,
  SnapshotEntry,
  TerminalSize,
  TreeEntry,
  View,
} from "#base";
import type { CellHttp } from "./cell.ts";
import type { CompiledComponent } from "./compile-component.ts";
import type { PostedPipes } from "./pipes.ts";

/** Asked by the host, which the worker believes. */
export type CellQuestion =
  /** Runs the component to its end, which is the answer: an `ExitStatus`. */
  | { readonly type: "run"; readonly order: CellOrder }
  /** For the words of the CPU meter, where they are not shared. */
  | { readonly type: "meter" }
  /** Once it has run: what its files have become; contents of them are to be had by the port. */
  | { readonly type: "snapshot"; readonly port: MessagePort };

/** Can be posted; what `pipes` moves is transferred. */
export interface CellOrder extends Program, Pick<View, "bare" | "writable"> {
  readonly argv0: string;
  readonly component: CompiledComponent;
  readonly limits: ProcessLimits;
  readonly http: CellHttp | undefined;
  /** Of the terminal that it is told of. */
  readonly ttySize: TerminalSize | undefined;
  /** What stands in the image, then in each mount. */
  readonly indexes: readonly ReadonlyMap<string, TreeEntry>[];
  /** Where the mounts are. */
  readonly mountPaths: readonly string[];
  readonly pipes: PostedPipes;
}

/** Longer texts of a worker are cut. */
const TEXT_LIMIT = 64 * 1024;

/** @throws {Exception} `failed` when the worker answered something else */
export function toExitStatus(answer: unknown): ExitStatus {
  const [type, code, message, reason] = ["type", "code", "message", "reason"].map((name) =>
    readField(answer, name),
  );
  if (type === "exited" && Number.isSafeInteger(code)) return { type, code: code as number };
  if (type === "trapped" && typeof message === "string") {
    return { type, message: message.slice(0, TEXT_LIMIT) };
  }
  if (type === "killed" && typeof reason === "string") {
    return { type, reason: reason.slice(0, TEXT_LIMIT) };
  }
  return refuse("how it ended");
}

/** @throws {Exception} `failed` when the worker answered something else */
export function toMeterWords(answer: unknown): Int32Array {
  return answer instanceof Int32Array ? answer : refuse("how long it has run");
}

/** @throws {Exception} `failed` when the worker answered something else */
export function toSnapshotEntries(answer: unknown): ReadonlyMap<string, SnapshotEntry> {
  if (!(answer instanceof Map)) return refuse("what its files have become");
  const entries = new Map<string, SnapshotEntry>();
  for (const [path, entry] of answer as ReadonlyMap<unknown, unknown>) {
    entries.set(typeof path === "string" ? path : refuse("a path"), toSnapshotEntry(entry));
  }
  return entries;
}

function toSnapshotEntry(entry: unknown): SnapshotEntry {
  const [type, sizeBytes, target, volume, path] = [
    "type",
    "sizeBytes",
    "target",
    "volume",
    "path",
  ].map((name) => readField(entry, name));
  if (type === "directory") return { type };
  if (type === "file" && isCount(sizeBytes)) return { type, sizeBytes };
  if (type === "link" && typeof target === "string") return { type, target };
  if (type === "kept" && isCount(volume) && typeof path === "string") return { type, volume, path };
  return refuse("what stands at a path");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function refuse(what: string): never {
  throw new Exception("failed", `Worker did not tell ${what}`);
}
