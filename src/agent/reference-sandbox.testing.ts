/** A `Sandbox` that is served by real means of the computer, for tests: a folder, and processes of its own. */
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { randomBytes } from "node:crypto";
import { Exception } from "#base";
import { dup, serve } from "#capnp";
import { ByteStream, Files, Sandbox, Spawner } from "#schema";
import { servePieces } from "#caps";
import type { AgentPowers } from "#agent";
import { createReferenceFiles } from "./reference-files.testing.ts";
import type { ReferenceFiles } from "./reference-files.testing.ts";
import { createReferenceProcesses } from "./reference-processes.testing.ts";
import type { ReferenceProcesses } from "./reference-processes.testing.ts";

export interface ReferenceSandbox extends AsyncDisposable {
  readonly sandbox: Sandbox;
  /** The folder that is its root. */
  readonly root: string;
  readonly files: ReferenceFiles;
  readonly processes: ReferenceProcesses;
}

export async function openReferenceSandbox(): Promise<ReferenceSandbox> {
  const folder = await mkdtemp(join(tmpdir(), "ww-sandbox-"));
  const root = join(folder, "root");
  const spare = join(folder, "spare");
  await mkdir(root);
  await mkdir(spare);
  const files = createReferenceFiles(root, spare);
  const processes = createReferenceProcesses((path) => files.toHost(path));
  const usage = {
    memoryBytes: 1024 * 1024,
    memoryLimitBytes: 64 * 1024 * 1024,
    diskBytes: 4096,
    diskLimitBytes: 1024 * 1024 * 1024,
    cpuSeconds: 0.5,
    processes: 0,
  };
  let snapshots = 0;
  const forks = new AsyncDisposableStack();
  const sandbox = serve(Sandbox, {
    spawner: () => ({ spawner: serve(Spawner, processes.server) }),
    files: () => ({ files: serve(Files, files.server) }),
    usage: () => ({ usage }),
    // It names the folder, which a test may copy: nothing here makes images.
    snapshot: () => ({
      path: `/ipfs/${basename(folder)}-${++snapshots}`,
      car: serve(ByteStream, servePieces(nothing())),
    }),
    port() {
      throw new Exception("failed", "Nothing here serves a port");
    },
    async fork() {
      const copy = forks.use(await openReferenceSandbox());
      await cp(root, copy.root, { recursive: true, verbatimSymlinks: true });
      return { sandbox: dup(copy.sandbox) };
    },
  });
  return {
    sandbox,
    root,
    files,
    processes,
    async [Symbol.asyncDispose]() {
      sandbox[Symbol.dispose]();
      await forks.disposeAsync();
      await processes[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function* nothing(): AsyncGenerator<Uint8Array> {
  yield* [];
}

/** The clock, timers and chance of the computer. */
export const NODE_POWERS: AgentPowers = {
  now: () => Date.now(),
  startTimer(ms, tell) {
    const timer = setTimeout(tell, ms);
    return () => clearTimeout(timer);
  },
  randomBytes: (length) => randomBytes(length),
};
