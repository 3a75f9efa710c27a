/**
 * `window.ww`: access for programs that drive the page, such as Playwright tests, and for other windows of this
 * origin.
 *
 *     const owner = await ww.owner(); // the page's own capability
 *     const { url } = await ww.sandbox({ layers: ["/ipfs/bafy…"] }, "mine"); // for programs that drive sandboxes
 *     const offer = await ww.offer(); // post it to another window, which calls `ww.hold(offer)`
 */
import { LAST_MESSAGES, loadOnce, openPortDuplex } from "#base";
import type { Init } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { Owner } from "#schema";
import type { SandboxOrder } from "#schema";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";
import type { NodeDoor } from "./node-door.ts";
import type { OpenSandbox } from "./sandboxes.ts";
import type { OpenedSandboxes } from "#ui";

/** Can be posted when the port is transferred. */
export interface Offer {
  readonly port: MessagePort;
  /** Name of a lock that the other window holds; it is freed when that window closes. */
  readonly lock: string;
}

/** Disposing releases everything obtained through it. */
export interface HeldOwner extends Disposable {
  readonly owner: Owner;
}

export interface ProgramDoor {
  /**
   * Opens an image as a sandbox that programs of this browser drive over HTTP, until it is disposed or the tab closes.
   *
   * @throws {Exception} when the image cannot be opened, or the browser keeps the service worker out.
   */
  sandbox(order: Init<SandboxOrder>, name?: string): Promise<OpenSandbox>;
  /** The power over this page's kernel; borrowed. @throws {Exception} when no cell can run here */
  owner(): Promise<Owner>;
  /** Offers this power to another window, whose capabilities are released when it disposes the owner, or closes. */
  offer(): Promise<Offer>;
  /** Accepts another window's offer. */
  hold(offer: Offer): Promise<HeldOwner>;
}

/** First message of the window that accepts an offer, sent once it holds the lock. */
const HELD = "held";

export interface ProgramDoorPowers {
  readonly kernel: Load<LoadedKernel>;
  /** The page's list of opened sandboxes. */
  readonly sandboxes: OpenedSandboxes;
  readonly locks: LockManager;
  /** The local node, if it answers for sandboxes. */
  readonly findNode: () => Promise<NodeDoor | undefined>;
}

export function createProgramDoor({
  kernel,
  sandboxes: listed,
  locks,
  findNode,
}: ProgramDoorPowers): ProgramDoor {
  const sandboxes = loadOnce(async () => {
    const { createSandboxes } = await import("./sandboxes.ts");
    return createSandboxes(kernel, listed, findNode);
  });
  return {
    async sandbox(order, name = "sandbox") {
      return (await sandboxes.get()).open(order, name);
    },
    owner: async () => (await kernel.get()).owner,
    async offer() {
      const lock = `owner-${crypto.randomUUID()}`;
      const [far, near] = [new MessageChannel(), new MessageChannel()];
      await (await kernel.get()).attach(near.port2);
      joinPorts(far.port1, near.port1, (gone) => void locks.request(lock, gone));
      return { port: far.port2, lock };
    },
    async hold({ port, lock }) {
      const { promise: over, resolve: release } = Promise.withResolvers<void>();
      await new Promise<void>((resolve, reject) => {
        const hold = (): Promise<void> => {
          resolve();
          return over;
        };
        locks.request(lock, hold).catch(reject);
      });
      port.postMessage(HELD);
      const connection = connect(createStreamTransport(openPortDuplex(port)));
      return {
        owner: connection.bootstrap(Owner),
        [Symbol.dispose]() {
          connection[Symbol.dispose]();
          release();
        },
      };
    },
  };
}

/**
 * Forwards messages between two ports, and ends both when the far window closes, which a port alone does not report.
 *
 * @param watch called when the offer is accepted; must call back when the window has closed
 */
function joinPorts(far: MessagePort, near: MessagePort, watch: (gone: () => void) => void): void {
  const end = (): void => {
    for (const message of LAST_MESSAGES) near.postMessage(message);
    near.close();
    far.close();
  };
  far.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    if (data === HELD) watch(end);
    else pass(data, near);
  });
  near.addEventListener("message", ({ data }: MessageEvent<unknown>) => pass(data, far));
  far.start();
  near.start();
}

function pass(data: unknown, to: MessagePort): void {
  to.postMessage(data, data instanceof Uint8Array ? [data.buffer] : []);
}
