/** Pipes in shared memory, for a guest whose thread blocks while it waits. */
import { allocateSharedDuplexes, openSharedDuplexes } from "#base";
import type { Duplex, EventualTree, SharedDuplexMemory, TreeEntry } from "#base";
import { createBlockingWaits } from "#wasi";
import type { BlockingThread } from "#wasi";
import { createBlockingCaller, serveBlockingCalls } from "./blocking-calls.ts";
import type { CellPowers } from "./cell-scope.ts";
import { createCpuMeter, METER_BYTES } from "./cpu-meter.ts";
import type { CellLines, HostLines, LineOptions } from "./lines.ts";

/** Is cloned, and the memory shared. */
export interface PostedMemory {
  readonly type: "memory";
  readonly memory: SharedDuplexMemory;
  readonly meter: SharedArrayBuffer;
}

type Five = [Duplex, Duplex, Duplex, Duplex, Duplex];

/** Where nothing is sent. */
const NO_BYTES = 16;
const QUESTION_BYTES = 16 * 1024;
const ANSWER_BYTES = 256 * 1024;

/** A question of a cell that must be answered before it goes on. */
interface TreeRead {
  readonly tree: number;
  readonly path: string;
  readonly offset: number;
  readonly lengthBytes: number;
}

export function openSharedLines({ trees, pipeBytes, gone }: LineOptions): HostLines {
  // Rings have sizes that are powers of two.
  const ringBytes = 2 ** Math.ceil(Math.log2(pipeBytes));
  const meter = new SharedArrayBuffer(METER_BYTES);
  const memory = allocateSharedDuplexes([
    [ringBytes, NO_BYTES],
    [NO_BYTES, ringBytes],
    [NO_BYTES, ringBytes],
    [ringBytes, ringBytes],
    [ANSWER_BYTES, QUESTION_BYTES],
  ]);
  const [stdin, stdout, stderr, rpc, calls] = openSharedDuplexes(memory, "near", gone)
    .duplexes as Five;
  void serveBlockingCalls(
    calls,
    (question) => {
      const { tree, path, offset, lengthBytes } = question as TreeRead;
      const source = trees[tree];
      if (source === undefined) throw new RangeError(`There is no tree ${tree}`);
      return source.read(path, offset, lengthBytes, { signal: gone });
    },
    gone,
  );
  return {
    stdin: stdin.sink,
    stdout: stdout.source,
    stderr: stderr.source,
    rpc,
    posted: { type: "memory", memory, meter },
    moved: [],
    finished: Promise.resolve(),
    meter: new Int32Array(meter),
  };
}

export function joinSharedLines(
  posted: PostedMemory,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellLines {
  const shared = openSharedDuplexes(posted.memory, "far");
  const [stdin, stdout, stderr, rpc, calls] = shared.duplexes as Five;
  const meter = createCpuMeter(new Int32Array(posted.meter), () => powers.monotonicMs());
  const thread: BlockingThread = {
    mark: () => shared.mark(),
    block(mark, timeoutMs) {
      meter.pause();
      shared.block(mark, timeoutMs);
      meter.resume();
    },
  };
  return {
    stdin: stdin.source,
    stdout: stdout.sink,
    stderr: stderr.sink,
    rpc,
    trees: openBlockingTrees(indexes, calls, thread),
    waits: createBlockingWaits(thread, powers),
    meter,
  };
}

function openBlockingTrees(
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  calls: Duplex,
  thread: BlockingThread,
): EventualTree[] {
  const call = createBlockingCaller(calls, thread);
  return indexes.map((entries, tree) => ({
    entries,
    read(path, offset, lengthBytes) {
      const question: TreeRead = { tree, path, offset, lengthBytes };
      return call(question);
    },
  }));
}
