/** Pipes in shared memory, for guests whose thread blocks while they wait. */
import { allocateSharedDuplexes, gatherReads, openSharedDuplexes } from "#base";
import type { Duplex, Spill, TreeEntry } from "#base";
import { createBlockingWaits } from "#wasi";
import type { BlockingThread, FileCall } from "#wasi";
import { createBlockingCaller, serveBlockingCalls } from "./blocking-calls.ts";
import type { BlockingCall } from "./blocking-calls.ts";
import type { CellPowers } from "./cell-scope.ts";
import { createCpuMeter, METER_BYTES } from "./cpu-meter.ts";
import type { CellPipes, HostPipes, PipeOptions, PostedMemory } from "./pipes.ts";
import { NEAR_BYTES, openNearTrees, requirePart } from "./near-trees.ts";
import type { TreeQuestion } from "./near-trees.ts";
import { openCellChannel } from "./open-cell-channel.ts";
import { copyFrom } from "./run-caches.ts";
import { TTY_BYTES } from "./tty-pipe.ts";

type Duplexes = [Duplex, Duplex, Duplex, Duplex, Duplex, Duplex, http?: Duplex];

/** Ring size of an unused direction. */
const NO_BYTES = 16;
const NONE = new Uint8Array(0);
/** Room for a page of a file and its question. */
const QUESTION_BYTES = 128 * 1024;
const ANSWER_BYTES = 256 * 1024;

/** A call on the host that blocks the cell. */
type Question =
  | TreeQuestion
  | FileCall
  | { readonly type: "spill"; readonly slot: number }
  | { readonly type: "fetch"; readonly slot: number; readonly lengthBytes: number };

export function openSharedPipes({
  trees,
  spill,
  files,
  pipeBytes,
  stdioBytes,
  http,
  gone,
  monotonicMs,
}: PipeOptions): HostPipes {
  const ringBytes = toRingBytes(pipeBytes);
  const stdioRingBytes = toRingBytes(stdioBytes);
  const meter = new SharedArrayBuffer(METER_BYTES);
  const near = new SharedArrayBuffer(NEAR_BYTES);
  const memory = allocateSharedDuplexes([
    [stdioRingBytes, NO_BYTES],
    [NO_BYTES, stdioRingBytes],
    [NO_BYTES, ringBytes],
    [ringBytes, ringBytes],
    [ANSWER_BYTES, QUESTION_BYTES],
    [TTY_BYTES, NO_BYTES],
    ...(http ? [[ringBytes, ringBytes] as const] : []),
  ]);
  const [stdin, stdout, stderr, rpc, calls, tty, requests] = openSharedDuplexes(memory, "near", {
    gone,
    monotonicMs,
  }).duplexes as Duplexes;
  void serveBlockingCalls(
    calls,
    (question, body) => answer(question as Question, body, { trees, spill, files, gone, near }),
    gone,
  );
  return {
    stdin: stdin.sink,
    stdout: gatherReads(stdout.source),
    stderr: gatherReads(stderr.source),
    rpc,
    http: requests,
    tty,
    posted: {
      type: "memory",
      memory,
      meter,
      near,
      spills: spill !== undefined,
      sharesFiles: files !== undefined,
    },
    moved: [],
    finished: Promise.resolve(),
    meter: new Int32Array(meter),
  };
}

/** Rounds up to a power of two, as rings need. */
function toRingBytes(bytes: number): number {
  return 2 ** Math.ceil(Math.log2(bytes));
}

/** Answers a question of a cell. Throws for a malformed one; the cell receives the error. */
async function answer(
  question: Question,
  body: Uint8Array,
  {
    trees,
    spill,
    files,
    gone,
    near,
  }: Pick<PipeOptions, "trees" | "spill" | "files" | "gone"> & { readonly near: SharedArrayBuffer },
): Promise<Uint8Array> {
  if (question.type === "read") {
    const { tree, path, offset, lengthBytes, part } = question;
    const source = trees[tree];
    if (source === undefined) throw new RangeError(`There is no tree ${tree}`);
    if (part === undefined) return source.read(path, offset, lengthBytes, { signal: gone });
    const target = requirePart(near, part, lengthBytes);
    await copyFrom(source, path, offset, target, { signal: gone });
    return NONE;
  }
  if (question.type === "file") {
    if (files === undefined) throw new RangeError("There are no shared files");
    return files.answer(question, body);
  }
  if (spill === undefined) throw new RangeError("There is no spill");
  if (question.type === "fetch") return spill.read(question.slot, question.lengthBytes);
  await spill.write(question.slot, body);
  return NONE;
}

export function joinSharedPipes(
  posted: PostedMemory,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellPipes {
  const shared = openSharedDuplexes(posted.memory, "far", {
    monotonicMs: () => powers.monotonicMs(),
  });
  const [stdin, stdout, stderr, rpc, calls, tty, http] = shared.duplexes as Duplexes;
  const meter = createCpuMeter(new Int32Array(posted.meter), () => powers.monotonicMs());
  const thread: BlockingThread = {
    mark: () => shared.mark(),
    block(mark, timeoutMs, forInput) {
      meter.pause(forInput);
      shared.block(mark, timeoutMs);
      meter.resume();
    },
  };
  const call = createBlockingCaller(calls, thread);
  const channel = http && openCellChannel(http);
  return {
    stdin: stdin.source,
    stdout: stdout.sink,
    stderr: stderr.sink,
    rpc,
    http: channel,
    tty,
    trees: openNearTrees(posted.near, indexes, (question) => ask(call, question)),
    spill: posted.spills ? openBlockingSpill(call) : undefined,
    askFiles: posted.sharesFiles ? (question, body) => ask(call, question, body) : undefined,
    waits: createBlockingWaits(thread, powers, channel && (() => channel.pump())),
    meter,
  };
}

function openBlockingSpill(call: BlockingCall): Spill {
  return {
    write: (slot, bytes) => void ask(call, { type: "spill", slot }, bytes),
    read: (slot, lengthBytes) => ask(call, { type: "fetch", slot, lengthBytes }),
  };
}

function ask(call: BlockingCall, question: Question, body?: Uint8Array): Uint8Array {
  return call(question, body);
}
