/**
 * Workers that another thread starts and terminates: in Firefox, the page does so for the kernel.
 *
 * In Firefox, a worker that starts workers itself can hang. While a debugger or a browser driver is attached, the `Worker`
 * constructor waits for the main thread to register the new worker, on a condition variable on which the new worker's
 * event loop waits too. The main thread wakes only one of the two; if it wakes the wrong one, the other sleeps forever. Of
 * 100 boots in Firefox 153 under WebDriver, 4 hung. The main thread registers its own workers without waiting.
 *
 * The two threads share one port. Each worker gets a port of its own (`Attach`), so messages between the kernel and the
 * worker do not pass through the page.
 */
import type { Attach } from "./serve-cell.ts";
import type { WorkerLike } from "./worker-like.ts";

/** A message to the thread that starts workers. */
type Order =
  | { readonly type: "start"; readonly id: number; readonly port: MessagePort }
  | { readonly type: "terminate"; readonly id: number };

/** A message from the page: a worker failed, with the reason, or an empty text if it is unknown. */
interface Failure {
  readonly id: number;
  readonly message: string;
}

/**
 * Starts and terminates workers at the request of the other side. Disposing terminates those that are left.
 *
 * @param port owned from now on
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
 * Returns a function that starts workers in the thread behind the port.
 *
 * A worker can be used at once: messages to it wait until it has loaded.
 *
 * @param port owned from now on
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
