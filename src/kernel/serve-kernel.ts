/** The kernel in its worker. Comlink only passes ports; everything else is Cap'n Proto. */
import { expose } from "comlink";
import type { Endpoint } from "comlink";
import { Exception, FAR_WINDOW_BYTES, openPortDuplex } from "#base";
import type { CellMode, LogLevel } from "#base";
import { createPromisedClient, serve } from "#capnp";
import { Device, Owner } from "#schema";
import { connect, createPortTransport, createStreamTransport } from "#rpc";
import { openDevice } from "./device.ts";
import type { OpenedDevice } from "./device.ts";
import type { PeerStreams } from "#caps";
import type { Kernel } from "./kernel.ts";
import { openPeerPorts } from "./peer-ports.ts";
import type { AcceptedPort, OpenedPorts } from "./peer-ports.ts";
import { serveOwner } from "./serve-owner.ts";

/** The Comlink interface for the page that started the worker. */
export interface KernelService {
  /** Must be the first call, and made once. Rejects when cells cannot run here. */
  boot(ports: BootPorts, choices: BootChoices): Promise<void>;
  /** Takes ownership of a stream that a peer has opened. */
  accept(accepted: AcceptedPort): void;
  /** Serves `Owner` to the far end of a port, which opens it as a duplex. */
  attach(port: MessagePort): void;
}

/** Options that the page may set; the kernel chooses the rest. */
export interface BootChoices {
  /** How guests wait. */
  readonly mode?: CellMode | undefined;
  /** Lowest level that is logged to the console; silent by default. */
  readonly logLevel?: LogLevel | undefined;
}

/** Ports that the page transfers to the worker. */
export interface BootPorts {
  /** The page's connection: each side bootstraps the other, `Owner` here and `Device` there. */
  readonly owner: MessagePort;
  readonly workers: PostedWorkers;
  /** Leads to the page's peer streams, which open streams to and from peers. */
  readonly peers: MessagePort;
}

/** How the kernel starts cells' workers: the address of their script, or a port to the page, which starts them. */
export type PostedWorkers = string | MessagePort;

export interface LentPowers extends BootChoices, Omit<OpenedDevice, "meet"> {
  readonly streams: PeerStreams;
  readonly workers: PostedWorkers;
}

export interface ServeOptions {
  /** @throws {Exception} when cells cannot run here. */
  readonly create: (lent: LentPowers) => Promise<Kernel>;
  readonly estimateStorage: () => Promise<{ readonly usage?: number; readonly quota?: number }>;
}

/** Serves a kernel to the page that started this worker. */
export function serveKernel(endpoint: Endpoint, { create, estimateStorage }: ServeOptions): void {
  let owner: Owner | undefined;
  let peers: OpenedPorts | undefined;
  const service: KernelService = {
    async boot({ owner: port, workers, peers: peerPort }, choices) {
      const booted = Promise.withResolvers<Owner>();
      owner = createPromisedClient(Owner, booted.promise);
      const connection = connect(createPortTransport(port), { bootstrap: owner, lendsData: true });
      try {
        const device = openDevice(connection.bootstrap(Device));
        const { node, meet, ...powers } = device;
        peers = openPeerPorts(peerPort);
        const { streams } = peers;
        const kernel = await create({ ...powers, node, streams, workers, ...choices });
        booted.resolve(serve(Owner, serveOwner({ kernel, node, meet, estimateStorage })));
      } catch (error) {
        booted.reject(error);
        throw error;
      }
    },
    accept: (accepted) => peers?.accept(accepted),
    attach(port) {
      if (owner === undefined) throw new Exception("failed", "The kernel was not booted");
      const duplex = openPortDuplex(port, { windowBytes: FAR_WINDOW_BYTES });
      connect(createStreamTransport(duplex), {
        bootstrap: owner,
        lendsData: true,
      });
    },
  };
  expose(service, endpoint);
}
