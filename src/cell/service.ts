/** Messages between a host and its cell's worker, by `serveCalls`; the host validates the worker's answers. */
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

/** Questions of the host, which the worker trusts. */
export type CellQuestion =
  /** Runs the component to its end. The answer is an `ExitStatus`. */
  | { readonly type: "run"; readonly order: CellOrder }
  /** Asks for the words of the CPU meter, if they are not in shared memory. */
  | { readonly type: "meter" }
  /** After the run: asks for a snapshot of the files. The port serves their contents. */
  | { readonly type: "snapshot"; readonly port: MessagePort };

/** Can be posted, transferring the ports of `pipes`. */
export interface CellOrder extends Program, Pick<View, "bare" | "writable"> {
  readonly argv0: string;
  readonly component: CompiledComponent;
  readonly limits: ProcessLimits;
  readonly http: CellHttp | undefined;
  /** Size of its terminal, if the program uses `wetware:tty`. */
  readonly ttySize: TerminalSize | undefined;
  /** The index of the image, then of each mount. */
  readonly indexes: readonly ReadonlyMap<string, TreeEntry>[];
  /** Paths of the mounts, in the order of their indexes. */
  readonly mountPaths: readonly string[];
  readonly pipes: PostedPipes;
}

/** Longer texts from a worker are truncated. */
const TEXT_LIMIT = 64 * 1024;

/** @throws {Exception} `failed` when the answer has another shape */
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
  return refuse("its exit status");
}

/** @throws {Exception} `failed` when the answer has another shape */
export function toMeterWords(answer: unknown): Int32Array {
  return answer instanceof Int32Array ? answer : refuse("the words of its CPU meter");
}

/** @throws {Exception} `failed` when the answer has another shape */
export function toSnapshotEntries(answer: unknown): ReadonlyMap<string, SnapshotEntry> {
  if (!(answer instanceof Map)) return refuse("a map of its files");
  const entries = new Map<string, SnapshotEntry>();
  for (const [path, entry] of answer as ReadonlyMap<unknown, unknown>) {
    entries.set(typeof path === "string" ? path : refuse("a path as text"), toSnapshotEntry(entry));
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
  return refuse("a valid entry for a path");
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function refuse(what: string): never {
  throw new Exception("failed", `Worker did not report ${what}`);
}
