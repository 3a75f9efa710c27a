/** The kernel in its worker: ports are handed to it over Comlink, everything else is Cap'n Proto. */
import { expose } from "comlink";
import type { Endpoint } from "comlink";
import { Exception, openPortDuplex } from "#base";
import type { CellMode, LogLevel } from "#base";
import { createPromisedClient, serve } from "#capnp";
import { Device, Owner } from "#schema";
import type { Node } from "#caps";
import { connect, createPortTransport, createStreamTransport } from "#rpc";
import { openDevice } from "./device.ts";
import type { Kernel } from "./kernel.ts";
import type { Images } from "./powers.ts";
import { serveOwner } from "./serve-owner.ts";

/** What the page that started the worker calls over Comlink. */
export interface KernelService {
  /** Called once, before anything else. Rejects when no cell can run here. */
  boot(ports: BootPorts, choices: BootChoices): Promise<void>;
  /** Serves the owner's capability to the far end of a port, which opens it as a duplex. */
  attach(port: MessagePort): void;
}

/** What the page leaves to the kernel where it says nothing. */
export interface BootChoices {
  /** How guests are to wait. */
  readonly mode?: CellMode | undefined;
  /** The least important of what is logged, to the console; nothing unless told. */
  readonly logLevel?: LogLevel | undefined;
}

/** Transferred to the worker. */
export interface BootPorts {
  /** The page's connection: each side bootstraps the other, `Owner` here and `Device` there. */
  readonly owner: MessagePort;
  readonly workers: PostedWorkers;
}

/** What the kernel starts workers of cells with: the address of their script, or a port to the page, which starts them. */
export type PostedWorkers = string | MessagePort;

export interface LentPowers extends BootChoices {
  readonly node: Node;
  readonly images: Images;
  readonly workers: PostedWorkers;
}

export interface ServeOptions {
  /** @throws {Exception} when no cell can run here. */
  readonly create: (lent: LentPowers) => Promise<Kernel>;
  readonly estimateStorage: () => Promise<{ readonly usage?: number; readonly quota?: number }>;
}

/** Serves a kernel to the page that started this worker. */
export function serveKernel(endpoint: Endpoint, { create, estimateStorage }: ServeOptions): void {
  let owner: Owner | undefined;
  const service: KernelService = {
    async boot({ owner: port, workers }, choices) {
      const booted = Promise.withResolvers<Owner>();
      owner = createPromisedClient(Owner, booted.promise);
      const connection = connect(createPortTransport(port), { bootstrap: owner, lendsData: true });
      try {
        const { node, images } = openDevice(connection.bootstrap(Device));
        const kernel = await create({ node, images, workers, ...choices });
        booted.resolve(serve(Owner, serveOwner({ kernel, node, estimateStorage })));
      } catch (error) {
        booted.reject(error);
        throw error;
      }
    },
    attach(port) {
      if (owner === undefined) throw new Exception("failed", "The kernel was not booted");
      connect(createStreamTransport(openPortDuplex(port)), {
        bootstrap: owner,
        lendsData: true,
      });
    },
  };
  expose(service, endpoint);
}
