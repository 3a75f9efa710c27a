/** A kernel over cells in memory, driven through its `Owner` capability. */
import { decodeText, Exception } from "#base";
import type { FileTree, Outcome } from "#base";
import { serve } from "#capnp";
import {
  ByteStream,
  InitialGrants,
  Ipfs,
  Membrane,
  Owner,
  Routing,
  RunWatcher,
  WetwareSession,
} from "#schema";
import type { Call, Client, Init } from "#capnp";
import type { Export, Launcher, Order, Process, Run, RunEntry } from "#schema";
import { readPieces, servePieces } from "#caps";
import type { Node, NodePowers } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import type { Connection } from "#rpc";
import type { ContentServers, MeetPeer } from "./device.ts";
import { createKernel } from "./create-kernel.ts";
import type { KernelPowers } from "./create-kernel.ts";
import type { Kernel } from "./kernel.ts";
import { readOutcome } from "./owner-values.ts";
import type { Images, OpenedImage } from "./powers.ts";
import { serveOwner } from "./serve-owner.ts";
import { monotonicMs, createMemoryCells, createTree } from "./memory-cells.testing.ts";
import type { Guest, MemoryCells, Program } from "./memory-cells.testing.ts";

export const PEER_ID: Uint8Array = Uint8Array.of(1, 2, 3);

export const NODE: Node = {
  id: () => Promise.resolve(PEER_ID),
  addrs: () => Promise.resolve([]),
  peers: () => Promise.resolve([]),
  connect: () => Promise.reject(new Exception("failed", "connect failed: nobody is there")),
};

const nothing = (): never => {
  throw new Exception("unimplemented", "Tests have no content");
};

export const CONTENT: ContentServers = {
  ipfs: { read: nothing },
  routing: {
    provide: nothing,
    findProviders: nothing,
    hash: nothing,
    resolve: nothing,
    mkdir: nothing,
    writeFile: nothing,
    remove: nothing,
    publish: nothing,
  },
};

/** Reaches no peer. */
export const meet: MeetPeer = nothing;

/** The page's devices besides images. */
export const DEVICES: NodePowers = {
  node: NODE,
  keys: { seal: nothing, open: nothing, verify: nothing },
  streams: { dial: nothing, listen: nothing },
  ipfs: serve(Ipfs, CONTENT.ipfs),
  routing: serve(Routing, CONTENT.routing),
};

export const CLOCKS: Pick<KernelPowers, "monotonicMs" | "wallMs" | "toCid"> = {
  monotonicMs,
  wallMs: () => 0,
  toCid: () => "bafkcid",
};

/** An image; by default it has one file, the component `main` at `bin/main.wasm`. */
export interface GivenImage {
  readonly tree?: FileTree;
  readonly entrypoint?: string;
}

export interface Bench extends AsyncDisposable {
  readonly kernel: Kernel;
  readonly owner: Owner;
  readonly cells: MemoryCells;
  /** The image that later orders open. */
  give(image: GivenImage): void;
  /** Boots an image. */
  start(given?: GivenImage & Init<Order>): StartedRun;
}

export interface StartedRun {
  readonly run: Run;
  write(text: string): Promise<unknown>;
  close(): void;
  readonly outcome: Promise<Outcome>;
  /** All output, after the end of the run; for a killed run, the output read so far. */
  readonly stdout: Promise<string>;
  readonly stderr: Promise<string>;
}

export const estimateStorage = async (): Promise<StorageEstimate> => ({ usage: 1, quota: 2 });

export function openBench(
  programs: Readonly<Record<string, Program>>,
  prepare?: (name: string) => Promise<void>,
): Bench {
  const cells = createMemoryCells(programs, prepare);
  let next: GivenImage = {};
  const images = createImages(() => next);
  const kernel = createKernel({ cells, images, ...DEVICES, ...CLOCKS });
  const owner = serve(Owner, serveOwner({ kernel, node: NODE, meet, estimateStorage }));
  return {
    kernel,
    owner,
    cells,
    give: (image) => void (next = image),
    start({ tree, entrypoint, ...order } = {}) {
      next = { ...(tree && { tree }), ...(entrypoint !== undefined && { entrypoint }) };
      return startRun(owner, order);
    },
    [Symbol.asyncDispose]: () => kernel[Symbol.asyncDispose](),
  };
}

/** Images that open without waiting: every order opens the current image. */
export function createImages(give: () => GivenImage): Images {
  return {
    async open(order) {
      const { tree = createTree({ "bin/main.wasm": "main" }), entrypoint = "bin/main.wasm" } =
        give();
      const image: OpenedImage = {
        program: entrypoint,
        entrypoint,
        tree,
        peers: [],
        mounts: order.mounts.map(({ path, layer }) => ({
          path,
          tree: { ...createTree({ note: layer }), id: layer },
        })),
        async save(snapshot) {
          const content = decodeText(await snapshot.read("new", 0, 100));
          return {
            path: `/ipfs/${[...snapshot.entries.keys()].join()}`,
            car: serve(ByteStream, servePieces(listPieces("a car", ` of ${content}`))),
          };
        },
        [Symbol.dispose]: () => undefined,
      };
      return image;
    },
  };
}

async function* listPieces(...texts: string[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield new TextEncoder().encode(text);
}

/** Boots an order, and reads its output. */
export function startRun(owner: Owner, order: Init<Order> = {}): StartedRun {
  const booted = owner.boot({
    layers: ["/ipfs/bafy"],
    args: ["a", "b"],
    env: [{ name: "K", value: "v" }],
    terminal: { stdin: true, stdout: true, stderr: true },
    ...order,
  });
  const { run } = booted;
  const { stream: stdin } = run.stdin();
  return {
    run,
    write: async (text) => stdin.write(new TextEncoder().encode(text)),
    close: () => void stdin.close().catch(() => undefined),
    outcome: waitFor(run),
    stdout: readText(run.stdout().stream),
    stderr: readText(run.stderr().stream),
  };
}

async function waitFor(run: Run): Promise<Outcome> {
  return readOutcome((await run.wait()).outcome);
}

async function readText(stream: ByteStream): Promise<string> {
  let text = "";
  try {
    for await (const piece of readPieces(stream)) text += decodeText(piece);
  } catch {
    // The process was killed.
  }
  return text;
}

export interface WatchedRuns extends Disposable {
  /** The entries of each run, in order of notification. */
  readonly entries: readonly Pick<RunEntry, "id" | "layers" | "stage" | "processes">[];
  /** Ids of the forgotten runs. */
  readonly gone: readonly number[];
  /** The stages of a run in order, without consecutive repetitions. */
  stages(): unknown[];
}

/** Watches without holding any run. */
export function watchRuns(owner: Owner): WatchedRuns {
  const entries: Omit<RunEntry, "run">[] = [];
  const gone: number[] = [];
  const watching = owner.watch(
    serve(RunWatcher, {
      changed: ({ id, layers, stage, processes }) =>
        void entries.push({ id, layers, stage, processes }),
      gone: (id) => void gone.push(id),
    }),
  );
  return {
    entries,
    gone,
    stages: () =>
      entries.map(({ stage }) => stage.which).filter((which, at, all) => which !== all[at - 1]),
    [Symbol.dispose]: () => watching[Symbol.dispose](),
  };
}

/** Connects a guest and grafts a session. */
export async function graft(guest: Guest): Promise<{
  readonly connection: Connection;
  readonly session: WetwareSession;
  readonly epoch: bigint;
  /** The session of the current epoch. */
  readonly graftAgain: () => Promise<WetwareSession>;
}> {
  const connection = connect(createStreamTransport(guest.rpc));
  const membrane = connection.bootstrap(Membrane(WetwareSession));
  const { session } = await membrane.graft(null);
  return {
    connection,
    session: session.extension,
    epoch: session.issuedEpoch.seq,
    graftAgain: async () => (await membrane.graft(null)).session.extension,
  };
}

/** The grants that a guest was started with. */
export async function getGrants(guest: Guest): Promise<readonly Export[]> {
  const connection = connect(createStreamTransport(guest.rpc));
  return (await connection.bootstrap(InitialGrants).get()).caps;
}

/** A grant by its name; borrowed. */
export function find(grants: readonly Export[], wanted: string): Client {
  const found = grants.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`There is no grant "${wanted}"`);
  return found.cap;
}

/** Starts a program by name with exactly these grants. */
export function launch(
  launcher: Launcher,
  program: string,
  grants: Init<Export>[],
): Call<{ readonly process: Process }> {
  const component = new TextEncoder().encode(program);
  return launcher.launch({
    program: { which: "bytes", bytes: component },
    grants,
    label: `program ${program}`,
  });
}

/** A program that runs until it is killed. */
export const forever: Program = ({ killed }) =>
  new Promise((_, reject) => {
    killed.addEventListener("abort", () => reject(killed.reason), { once: true });
  });

/** Starts a program by its name. */
export async function spawn(
  { executor }: Pick<WetwareSession, "executor">,
  program: string,
  args: readonly string[] = [],
): Promise<Process> {
  return (await executor.runBytes(new TextEncoder().encode(program), args, [])).process;
}
