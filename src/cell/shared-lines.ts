/** Pipes in shared memory, for a guest whose thread blocks while it waits. */
import { allocateSharedDuplexes, openSharedDuplexes } from "#base";
import type { Duplex, EventualTree, FileTree, SharedDuplexMemory, TreeEntry } from "#base";
import { createBlockingWaits } from "#wasi";
import type { BlockingThread } from "#wasi";
import { createBlockingCaller, serveBlockingCalls } from "./blocking-calls.ts";
import type { CellPowers } from "./cell-scope.ts";
import type { CellLines, HostLines } from "./lines.ts";

/** Is cloned, and the memory shared. */
export interface PostedMemory {
  readonly type: "memory";
  readonly memory: SharedDuplexMemory;
}

type Five = [Duplex, Duplex, Duplex, Duplex, Duplex];

const PIPE_BYTES = 64 * 1024;
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

/** @param gone fires when the worker is no more */
export function openSharedLines(trees: readonly FileTree[], gone: AbortSignal): HostLines {
  const memory = allocateSharedDuplexes([
    [PIPE_BYTES, NO_BYTES],
    [NO_BYTES, PIPE_BYTES],
    [NO_BYTES, PIPE_BYTES],
    [PIPE_BYTES, PIPE_BYTES],
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
    posted: { type: "memory", memory },
    moved: [],
    finished: Promise.resolve(),
  };
}

export function joinSharedLines(
  { memory }: PostedMemory,
  indexes: readonly ReadonlyMap<string, TreeEntry>[],
  powers: CellPowers,
): CellLines {
  const thread = openSharedDuplexes(memory, "far");
  const [stdin, stdout, stderr, rpc, calls] = thread.duplexes as Five;
  return {
    stdin: stdin.source,
    stdout: stdout.sink,
    stderr: stderr.sink,
    rpc,
    trees: openBlockingTrees(indexes, calls, thread),
    waits: createBlockingWaits(thread, powers),
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
