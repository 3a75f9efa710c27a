/** A sandbox: processes that share the files of an image. @see capnp/common/sandbox.capnp */
import { EMPTY_TREE } from "#base";
import type { Logger } from "#base";
import { createAccount, releaseAll, takeExports } from "#caps";
import type { FilesDevice, NamedClient, NodePowers } from "#caps";
import type { Scheduler } from "#rpc";
import type { SandboxOrder, Usage } from "#schema";
import { checkSandboxOrder } from "../check-order.ts";
import { chooseCacheBytes, chooseLimits } from "../limits.ts";
import type { ChosenLimits } from "../limits.ts";
import { readLimits } from "../owner-values.ts";
import type { Cells, Images, OpenedImage, SavedImage, SharedTree, TreeCache } from "../powers.ts";
import { createProcessTable } from "../process-table.ts";
import type { ProcessStarter } from "./process.ts";
import { createStarter } from "./start-process.ts";

export interface SandboxPowers extends NodePowers {
  readonly cells: Cells;
  readonly images: Images;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly monotonicMs: () => number;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** Open sandboxes, including forks. */
  readonly live: Set<Sandbox>;
}

/** An open sandbox. Disposing ends its processes and deletes its files. */
export interface Sandbox extends AsyncDisposable {
  readonly starter: ProcessStarter;
  readonly files: FilesDevice;
  readonly usage: Usage;
  /** Stores an image of the current files. @throws {Exception} when they cannot be stored */
  snapshot(signal: AbortSignal): Promise<SavedImage>;
  /** A new sandbox with the same files, grants and limits. @throws {Exception} `overloaded` when there is no room for it */
  fork(signal: AbortSignal): Promise<Sandbox>;
}

/** Pids start at 1, since clients take 0 for "no process". */
const FIRST_PID = 1;
/** Memory for which the files' quota is computed, as if they belonged to one large cell. */
const FILES_BYTES = 256 * 1024 * 1024;

/**
 * Opens a sandbox.
 *
 * @throws {Exception} in one sentence, when the image cannot be opened.
 */
export async function openSandbox(
  powers: SandboxPowers,
  order: SandboxOrder,
  signal: AbortSignal,
): Promise<Sandbox> {
  const { cells, images } = powers;
  const { layers, peers } = order;
  const wanted = readLimits(order.limits);
  checkSandboxOrder(order, wanted);
  const limits = chooseLimits(wanted);
  await using stack = new AsyncDisposableStack();
  // The order is lent, so its capabilities are copied.
  const grants = takeExports(order.grants);
  stack.defer(() => releaseAll(grants));
  const image = await images.open({ layers, peers, mounts: [] }, { signal, filesOnly: true });
  stack.defer(() => image[Symbol.dispose]());
  const cache = cells.openCache(chooseCacheBytes(limits));
  const owned = stack.move();
  const shared: SharedParts = {
    ...powers,
    image,
    cache,
    limits,
    grants,
    layers,
    users: createRefCount(() => void owned.disposeAsync()),
  };
  return startSandbox(shared, cells.openTree(cache.open(image.tree), FILES_BYTES));
}

/** The parts that a sandbox shares with its forks. */
interface SharedParts extends SandboxPowers {
  readonly image: OpenedImage;
  readonly cache: TreeCache;
  readonly limits: ChosenLimits;
  readonly grants: readonly NamedClient[];
  readonly layers: readonly string[];
  /** Counts the open sandboxes; the last to leave closes the image and releases the grants. */
  readonly users: { add(): void; leave(): void };
}

/** Takes ownership of the tree. */
function startSandbox(shared: SharedParts, tree: SharedTree): Sandbox {
  const { cache, limits, layers, users, image, live, logger } = shared;
  users.add();
  const account = createAccount(shared.wallMs);
  const home = { tree: EMPTY_TREE, layers };
  const own = { home, firstPid: FIRST_PID, cache, account, limits };
  const table = createProcessTable({ ...shared, ...own });
  const starter = createStarter({ ...shared, table, tree, account });
  let isOpen = true;
  const sandbox: Sandbox = {
    starter,
    files: tree.service,
    get usage() {
      const { diskBytes } = tree;
      return {
        memoryBytes: table.memoryBytes.taken,
        memoryLimitBytes: table.memoryBytes.limit,
        diskBytes: diskBytes.limit - diskBytes.left,
        diskLimitBytes: diskBytes.limit,
        cpuSeconds: table.cpuMs / 1000,
        processes: table.processes.length,
      };
    },
    snapshot: (signal) => tree.freeze((snapshot) => image.save(snapshot, { signal }), { signal }),
    fork: async (signal) => startSandbox(shared, await tree.fork({ signal })),
    async [Symbol.asyncDispose]() {
      if (!isOpen) return;
      isOpen = false;
      live.delete(sandbox);
      logger.log("info", "kernel", "sandbox has ended");
      starter[Symbol.dispose]();
      await table[Symbol.asyncDispose]();
      await tree[Symbol.asyncDispose]();
      users.leave();
    },
  };
  live.add(sandbox);
  logger.log("info", "kernel", "sandbox is open");
  return sandbox;
}

function createRefCount(onNone: () => void): SharedParts["users"] {
  let count = 0;
  return {
    add: () => void count++,
    leave() {
      if (--count === 0) onNone();
    },
  };
}
