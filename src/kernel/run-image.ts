/** Runs one image of a run, from its layers to the exit of its first process. Each new head of the run begins another image. */
import { toMessage, whenAborted } from "#base";
import type { Duplex, ExitStatus, Logger, Snapshot } from "#base";
import { serve } from "#capnp";
import type { Client } from "#capnp";
import { Membrane, WetwareSession } from "#schema";
import type { Order } from "#schema";
import { Membrane as LaterMembrane } from "#schema/later";
import { createBlobs, serveLaterMembrane, serveMembrane, servePowerbox } from "#caps";
import type {
  Account,
  Asker,
  Clock,
  Entry,
  Epochs,
  Holder,
  HttpHandlers,
  NodePowers,
  PowerboxPowers,
  RunningProcess,
} from "#caps";
import { connect, createBudget, createStreamTransport } from "#rpc";
import type { Scheduler } from "#rpc";
import { askForAll } from "./ask-for-all.ts";
import { readComponent } from "./find-program.ts";
import type { Home } from "./find-program.ts";
import { readGrantsFile } from "./grants-file.ts";
import { createHandlerFront } from "./handler-front.ts";
import { createServices } from "./services.ts";
import type { ServedBy, Stage } from "./kernel.ts";
import { chooseCacheBytes } from "./limits.ts";
import type { ChosenLimits } from "./limits.ts";
import { readGraftPolicy } from "./owner-values.ts";
import type { Cells, Images, SavedImage } from "./powers.ts";
import { createProcessTable, FIRST_PID } from "./process-table.ts";
import type { Beginning, ProcessTable } from "./process-table.ts";

export interface ImagePowers extends NodePowers {
  readonly cells: Cells;
  readonly images: Images;
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  readonly account: Account;
  readonly epochs: Epochs;
  readonly limits: ChosenLimits;
  readonly clock: Clock;
  /** CIDv1, as text, of the raw block with this SHA-256. */
  readonly toCid: (sha256: Uint8Array) => string;
  /** The HTTP handlers that processes of the run serve. */
  readonly handlers: HttpHandlers;
  /** Ends the run. */
  readonly shutdown: () => void;
  readonly enter: (stage: Stage) => void;
  readonly onChanged: () => void;
  /** Called with the process table before the first process starts. */
  readonly onTable: (table: ProcessTable) => void;
  readonly onStarted: (first: RunningProcess, served: ServedBy) => void;
}

export interface ImageOutcome {
  readonly status: ExitStatus;
  readonly saved?: SavedImage | undefined;
}

/** Bytes that calls of all peers of a run may hold; further calls wait. */
const PEER_BYTES = 32 * 1024 * 1024;
/** A first process that imports this interface belongs to the later generation. */
const LATER = "wetware:kernel-runtime/readiness@1.0.0";

/** Dials a boot peer of the image, if the node's rules allow its addresses. Never rejects. */
async function dialPeer(
  { node, logger }: ImagePowers,
  peerId: Uint8Array,
  addrs: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<void> {
  try {
    await node.connect(peerId, addrs, { signal });
  } catch (error) {
    logger.log("info", "kernel", "boot peer was not reached", { reason: toMessage(error) });
  }
}

/**
 * Variables that describe a first process of the later generation: `WW_ROOT`, the CID of its image if the order has one
 * layer, and `WW_TTY` if it has a terminal.
 */
function describeCell({ layers, terminal }: Order): (readonly [name: string, value: string])[] {
  const [only = ""] = layers;
  const cid = layers.length === 1 ? /^\/ipfs\/([^/]+)/.exec(only)?.[1] : undefined;
  const env: [string, string][] = cid === undefined ? [] : [["WW_ROOT", cid]];
  if (terminal.stdin || terminal.stdout) env.push(["WW_TTY", "1"]);
  return env;
}

/**
 * Runs an order. The image and the process table live until the first process ends; the signal kills that process.
 *
 * @throws {Exception} when the image cannot be opened or prepared, or its changes cannot be stored.
 */
export async function runImage(
  powers: ImagePowers,
  order: Order,
  signal: AbortSignal,
): Promise<ImageOutcome> {
  const { account, cells, images, limits, enter } = powers;
  using image = await images.open(order, {
    signal,
    onProgress: (fetching) => enter({ which: "fetching", fetching }),
  });
  enter({ which: "preparing", preparing: undefined });
  const { program, entrypoint } = image;
  const cache = cells.openCache(chooseCacheBytes(limits));
  const home: Home = { tree: cache.open(image.tree), layers: order.layers };
  const mounts = image.mounts.map((mount) => ({ ...mount, tree: cache.open(mount.tree) }));
  await using processes = createProcessTable({ ...powers, home, cache });
  powers.onTable(processes);
  // Read past the cache: the component is read once, and its compiled form is kept.
  const component = await readComponent(image.tree, entrypoint, signal);
  const name = order.layers.at(-1) ?? "image";
  let saved: SavedImage | undefined;
  let failure: { readonly reason: unknown } | undefined;
  const keepFiles = async (snapshot: Snapshot): Promise<void> => {
    try {
      saved = await image.save(snapshot, { signal });
    } catch (reason) {
      failure = { reason };
    }
  };
  const peerBudget = createBudget(PEER_BYTES);
  const holder: Holder = { pid: FIRST_PID, name };
  const spawner = processes.createSpawner();
  const powerboxes: PowerboxPowers = {
    ...powers,
    chooser: order.chooser,
    addMemory: (bytes) => processes.addMemory(bytes),
    addTime: (pid, seconds) => processes.addTime(pid, seconds),
  };
  // The image's grants last as long as it runs; a session's share of them ends with the session's epoch.
  const asker: Asker = { holder, layers: order.layers, open: { count: 0 } };
  const { grants: wishes, services: serviceWishes } = await readGrantsFile(image.tree, signal);
  using granted = await askForAll(powerboxes, asker, wishes, signal);
  const services = createServices(
    {
      createSpawner: (inner) => processes.createSpawner(inner),
      from: () =>
        account.enter({ ...asker, name: "services", label: "Services of the image", basic: true }),
      logger: powers.logger,
      signal,
    },
    { home, wishes: serviceWishes, grants: granted.grants },
  );
  const sessions = {
    ...powers,
    spawner,
    holder,
    policy: readGraftPolicy(order.graft),
    grants: granted.grants,
    connectPeer: (duplex: Duplex, offered?: Client) =>
      connect(createStreamTransport(duplex), {
        ...(offered && { bootstrap: offered }),
        budget: peerBudget,
        scheduler: powers.scheduler,
      }),
    blobs: createBlobs(powers),
    services: services.server,
    powerbox: (via: Entry) => servePowerbox(powerboxes, { ...asker, via }),
  };
  const begin = (imports: readonly string[], pid: number): Beginning => {
    const membrane = pid === FIRST_PID ? sessions : { ...sessions, holder: { pid, name } };
    const isLater = imports.includes(LATER);
    const env = order.env.map(({ name: variable, value }) => [variable, value] as const);
    return {
      request: {
        name,
        argv0: order.argv0 === "" ? program : order.argv0,
        args: order.args,
        env: isLater ? [...env, ...describeCell(order)] : env,
        terminal: order.terminal,
        tree: home.tree,
        mounts,
        bare: order.bare,
        writable: order.writable,
        keepFiles: order.saves ? keepFiles : undefined,
      },
      bootstrap: isLater
        ? serve(LaterMembrane, serveLaterMembrane(membrane))
        : serve(Membrane(WetwareSession), serveMembrane(membrane)),
      grants: granted.grants,
    };
  };
  const first = await processes.startCommand({ component, begin, signal });
  using front =
    first === undefined
      ? createHandlerFront(name, () => processes.startHandler({ component, begin, signal }))
      : undefined;
  const started = first ?? front?.process;
  if (started !== undefined) {
    const served = first === undefined ? "component" : first.isConnected ? "bootstrap" : undefined;
    powers.onStarted(started, served);
  }
  enter({ which: "running", running: undefined });
  void services.start(); // never rejects; ends with the processes
  for (const { peerId, addrs } of image.peers) void dialPeer(powers, peerId, addrs, signal);
  const status = await (first?.exited ?? untilKilled(signal));
  if (failure !== undefined) throw failure.reason;
  return { status, saved };
}

/** The exit of an HTTP handler, which answers requests until it is stopped. */
function untilKilled(signal: AbortSignal): Promise<ExitStatus> {
  return new Promise((resolve) => {
    const end = (): void => resolve({ type: "killed", reason: toMessage(signal.reason) });
    if (signal.aborted) end();
    else whenAborted(signal, end);
  });
}
