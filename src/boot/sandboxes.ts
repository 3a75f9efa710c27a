/** Sandboxes of this tab, which programs in the browser drive over HTTP, below the service worker's path. */
import { openAgent } from "#agent";
import type { Init } from "#capnp";
import type { SandboxOrder } from "#schema";
import { createNamedAnswers } from "./answer-requests.ts";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";
import type { NodeDoor } from "./node-door.ts";
import type { OpenedSandboxes } from "#ui";

/** An open sandbox. Disposing ends it. */
export interface OpenSandbox extends Disposable {
  /** The wanted name, with a number appended if another sandbox of this browser has that. */
  readonly name: string;
  /** The SDK's `sandboxUrl` for pages of this browser. */
  readonly url: string;
  /** Its name at the local node's port for SDKs, if the node has such a port, and answers. */
  readonly nodeName: string | undefined;
}

export interface Sandboxes {
  /**
   * Opens an image as a sandbox, and answers requests for it.
   *
   * @throws {Exception} when the image cannot be opened, or the browser does not start the service worker.
   */
  open(order: Init<SandboxOrder>, name: string): Promise<OpenSandbox>;
}

/**
 * @param listed the page's list, where the visitor can end them
 * @param findNode finds the local node, if it answers for sandboxes
 */
export function createSandboxes(
  kernel: Load<LoadedKernel>,
  listed: OpenedSandboxes,
  findNode: () => Promise<NodeDoor | undefined>,
): Sandboxes {
  const named = createNamedAnswers({
    workers: navigator.serviceWorker,
    locks: navigator.locks,
    script: new URL("sandbox.js", document.baseURI),
    scope: new URL("sandbox/", document.baseURI),
  });
  return {
    async open(order, wanted) {
      using stack = new DisposableStack();
      const { owner, lost } = await kernel.get();
      const { sandbox } = stack.use(await owner.sandbox(order));
      const agent = stack.use(await openAgent(sandbox, POWERS));
      const { name, url } = stack.use(await named.open(wanted, (request) => agent.fetch(request)));
      const node = await findNode();
      // The sandbox opens even if the node does not answer.
      const { door } = (await node?.open().catch(() => undefined)) ?? {};
      const offered = door && stack.use(await door.offer(name, sandbox));
      const owned = stack.move();
      const nodeName = offered?.name;
      const own = listed.add(
        { name, url, nodeName, layers: order.layers?.map(String) ?? [] },
        {
          async countProcesses() {
            const { usage } = await sandbox.usage();
            return usage.processes;
          },
          [Symbol.dispose]: () => owned.dispose(),
        },
      );
      void lost.then(() => own[Symbol.dispose]()); // never rejects
      return { name, url, nodeName, [Symbol.dispose]: () => own[Symbol.dispose]() };
    },
  };
}

const POWERS = {
  now: () => Date.now(),
  startTimer(ms: number, callback: () => void) {
    const timer = setTimeout(callback, ms);
    return () => clearTimeout(timer);
  },
  randomBytes: (length: number) => crypto.getRandomValues(new Uint8Array(length)),
};
