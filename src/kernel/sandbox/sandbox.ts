/** A sandbox: an image as the files of processes that share them. @see capnp/common/sandbox.capnp */
import { Exception } from "#base";
import type { Logger } from "#base";
import { createAccount, releaseAll, takeExports } from "#caps";
import type { FilesDevice, NodePowers } from "#caps";
import type { Scheduler } from "#rpc";
import type { SandboxOrder, Usage } from "#schema";
import { LIMIT_RANGES } from "../check-order.ts";
import { chooseCacheBytes, chooseLimits } from "../limits.ts";
import { readLimits } from "../owner-values.ts";
import type { Cells, Images, SavedImage } from "../powers.ts";
import { createProcessTable } from "../process-table.ts";
import type { ProcessStarter } from "./process.ts";
import { createStarter } from "./start-process.ts";

export interface SandboxPowers extends NodePowers {
  readonly cells: Cells;
  readonly images: Images;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly monotonicMs: () => number;
  /** Since 1970. */
  readonly wallMs: () => number;
}

/** Disposing ends its processes and forgets its files. */
export interface Sandbox extends AsyncDisposable {
  readonly starter: ProcessStarter;
  readonly files: FilesDevice;
  readonly usage: Usage;
  /** Stores the files as they are. @throws {Exception} when they cannot be stored */
  snapshot(signal: AbortSignal): Promise<SavedImage>;
}

/** No process is 0: clients take it for none. */
const FIRST_PID = 1;
/** What the files of a sandbox take of the host's memory, as those of one large cell. */
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
  const { cells, images, wallMs } = powers;
  const { layers, peers } = order;
  const wanted = readLimits(order.limits);
  requireLimits(wanted);
  const limits = chooseLimits(wanted);
  await using stack = new AsyncDisposableStack();
  // Parameters are lent.
  const grants = takeExports(order.grants);
  stack.defer(() => releaseAll(grants));
  const image = await images.open({ layers, peers, mounts: [] }, { signal, filesOnly: true });
  stack.defer(() => image[Symbol.dispose]());
  const cache = cells.openCache(chooseCacheBytes(limits));
  const tree = cells.openTree(cache.open(image.tree), FILES_BYTES);
  stack.use(tree);
  const account = createAccount(wallMs);
  const home = { tree: NO_TREE, layers };
  const table = createProcessTable({
    ...powers,
    home,
    firstPid: FIRST_PID,
    cache,
    account,
    limits,
  });
  stack.use(table);
  const starter = createStarter({ ...powers, table, tree, account, grants });
  const owned = stack.move();
  return {
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
      };
    },
    snapshot: (saving) => tree.freeze((snapshot) => image.save(snapshot, { signal: saving })),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

const NO_TREE = { entries: new Map(), read: () => Promise.reject(new Error("No such file")) };

function requireLimits(limits: ReturnType<typeof readLimits>): void {
  for (const [name, [least, most]] of Object.entries(LIMIT_RANGES)) {
    const value = limits[name as keyof typeof limits];
    if (value === undefined || (value >= least && value <= most)) continue;
    const range = `must be from ${least} to ${most}`;
    throw new Exception(
      "failed",
      `Cannot open the sandbox: its limit ${name} is ${value}, and ${range}`,
    );
  }
}
