/**
 * `window.ww`: the page for programs that drive it, such as tests with Playwright, and other windows of this origin.
 *
 *     const owner = await ww.owner(); // as the page itself holds it
 *     const offer = await ww.offer(); // to be posted to another window, which calls `ww.hold(offer)`
 */
import { LAST_MESSAGES, openPortDuplex } from "#base";
import { connect, createStreamTransport } from "#rpc";
import { Owner } from "#schema";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";

/** Can be posted, if the port is transferred. */
export interface Offer {
  readonly port: MessagePort;
  /** Held by the window that takes the offer: when it is free again, that window is gone. */
  readonly lock: string;
}

/** Disposing lets go of all that was obtained by it. */
export interface HeldOwner extends Disposable {
  readonly owner: Owner;
}

export interface ProgramDoor {
  /** The power over this page's kernel; lent. @throws {Exception} when no cell can run here. */
  owner(): Promise<Owner>;
  /** The same for another window. What that holds is released when it lets go, or is gone. */
  offer(): Promise<Offer>;
  /** Takes what another window has offered. */
  hold(offer: Offer): Promise<HeldOwner>;
}

/** Posted first by the window that took an offer, once it has the lock. */
const HELD = "held";

export function createProgramDoor(kernel: Load<LoadedKernel>, locks: LockManager): ProgramDoor {
  return {
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
 * Passes messages on from each port to the other; ports do not tell that the far end's window was closed.
 *
 * @param watch called when the offer is held, with what is to be called when it is no more
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
