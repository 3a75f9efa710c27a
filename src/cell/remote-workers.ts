/**
 * Workers that another thread starts and terminates: in Firefox the page does it for the kernel.
 *
 * There, a worker that starts workers itself can stop for ever. While a debugger or a driver of the browser listens, the
 * constructor waits for the main thread to register the new worker, on a condition variable on which the new worker's own
 * event loop waits too; the main thread wakes one of the two, and if that is the wrong one, nobody wakes the other. Of 100
 * boots in Firefox 153 under WebDriver, 4 ended there. The main thread registers its own workers without waiting.
 *
 * Both sides speak over one port. Each worker gets a port of its own (`Attach`), so what the kernel says to it does not pass
 * through the page.
 */
import type { Attach } from "./serve-cell.ts";
import type { WorkerLike } from "./worker-like.ts";

/** Asked of the thread that starts workers. */
type Order =
  | { readonly type: "start"; readonly id: number; readonly port: MessagePort }
  | { readonly type: "terminate"; readonly id: number };

/** From the page: a worker failed, with the reason if it is known. */
interface Failure {
  readonly id: number;
  readonly message: string;
}

/**
 * Starts and terminates workers as the other side of the port asks. Disposing terminates all that are left.
 *
 * @param port taken over
 * @param spawn starts a worker that calls `serveCell`
 */
export function serveWorkers(port: MessagePort, spawn: () => WorkerLike): Disposable {
  const workers = new Map<number, WorkerLike>();
  const terminate = (id: number): void => {
    workers.get(id)?.terminate();
    workers.delete(id);
  };
  port.onmessage = ({ data }: MessageEvent<Order>) => {
    const { type, id } = data;
    if (type === "terminate") return terminate(id);
    const worker = spawn();
    workers.set(id, worker);
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      // The error event of a script that cannot be loaded has no message.
      const message = event instanceof ErrorEvent ? event.message : "";
      port.postMessage({ id, message } satisfies Failure);
    });
    worker.postMessage({ type: "attach", port: data.port } satisfies Attach, [data.port]);
  };
  return {
    [Symbol.dispose]() {
      port.close();
      for (const id of workers.keys()) terminate(id);
    },
  };
}

/**
 * The way to start workers by the thread that serves the other side of the port.
 *
 * A worker that was started is there at once: what is posted to it waits until it has loaded.
 *
 * @param port taken over
 */
export function openRemoteWorkers(port: MessagePort): () => WorkerLike {
  const failures = new Map<number, EventTarget>();
  port.onmessage = ({ data: { id, message } }: MessageEvent<Failure>) => {
    failures.get(id)?.dispatchEvent(new ErrorEvent("error", { message, cancelable: true }));
  };
  let nextId = 0;
  return () => {
    const id = nextId++;
    const { port1, port2 } = new MessageChannel();
    const failure = new EventTarget();
    failures.set(id, failure);
    port.postMessage({ type: "start", id, port: port2 } satisfies Order, [port2]);
    port1.start();
    const targetOf = (type: string): EventTarget => (type === "error" ? failure : port1);
    return {
      postMessage: (message, moved = []) => port1.postMessage(message, moved),
      addEventListener: (type, ...listener) => targetOf(type).addEventListener(type, ...listener),
      removeEventListener: (type, ...listener) =>
        targetOf(type).removeEventListener(type, ...listener),
      terminate() {
        if (!failures.delete(id)) return;
        port1.close();
        port.postMessage({ type: "terminate", id } satisfies Order);
      },
    };
  };
}
