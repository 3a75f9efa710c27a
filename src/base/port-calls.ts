/**
 * Calls over a port whose far end may be hostile: messages of fixed shapes, and nothing that executes.
 *
 * A question is `{ call, question }`, its answer `{ answer, value }` or `{ answer, kind, message }`; `call` and `answer` are
 * the same number. The receiver validates `question` and `value`. Other messages on the same port are ignored.
 */
import type { Waiting } from "./duplex.ts";
import { Exception, toException } from "./exception.ts";
import type { ExceptionKind } from "./exception.ts";

/** A MessagePort that was started, a worker, or the scope of one. */
export interface PortEnd {
  postMessage(message: unknown, moved?: Transferable[]): void;
  addEventListener(type: string, listener: (event: Event) => void, options?: object): void;
  removeEventListener(type: string, listener: (event: Event) => void, options?: object): void;
}

/** The result of a call, and the objects in it that are transferred. */
export interface PortAnswer {
  readonly value: unknown;
  readonly moved?: Transferable[];
}

/** Limit on concurrent questions: a well-behaved far end waits for answers. */
const OPEN_LIMIT = 1024;
/** Longer messages of errors are cut. */
const MESSAGE_LIMIT = 4096;
const KINDS: ReadonlySet<unknown> = new Set<ExceptionKind>([
  "failed",
  "overloaded",
  "disconnected",
  "unimplemented",
]);

/**
 * Answers the far end's calls as long as the port is open; errors that `answer` throws are sent as a kind and a message.
 *
 * @param answer gets an unchecked value
 */
export function serveCalls(
  port: PortEnd,
  answer: (question: unknown) => PortAnswer | Promise<PortAnswer>,
): void {
  let open = 0;
  const settle = async (call: number, question: unknown): Promise<void> => {
    open++;
    try {
      if (open > OPEN_LIMIT) throw new Exception("overloaded", "Too many questions are open");
      const { value, moved = [] } = await answer(question);
      port.postMessage({ answer: call, value }, moved);
    } catch (reason) {
      const { kind, message } = toException(reason);
      port.postMessage({ answer: call, kind, message });
    } finally {
      open--;
    }
  };
  port.addEventListener("message", (event) => {
    const { data } = event as MessageEvent<unknown>;
    const call = numberOf(data, "call");
    if (call !== undefined) void settle(call, read(data, "question"));
  });
}

/** Disposing rejects pending calls and removes the listener; the port stays open. */
export interface PortCalls extends Disposable {
  /**
   * The answer, unchecked.
   *
   * @throws {Exception} the far end's error, or `disconnected` once this is disposed
   */
  call(question: unknown, options?: PortCallOptions): Promise<unknown>;
}

export interface PortCallOptions extends Waiting {
  /** Objects in the question that are transferred. */
  readonly moved?: Transferable[];
}

/** Calls the far end, which answers by `serveCalls`. */
export function openCalls(port: PortEnd): PortCalls {
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let nextCall = 0;
  let disposed = false;
  const onMessage = (event: Event): void => {
    const { data } = event as MessageEvent<unknown>;
    const call = numberOf(data, "answer");
    const waiting = call === undefined ? undefined : pending.get(call);
    if (call === undefined || waiting === undefined) return;
    pending.delete(call);
    const kind = read(data, "kind");
    if (kind === undefined) waiting.resolve(read(data, "value"));
    else waiting.reject(toFailure(kind, read(data, "message")));
  };
  port.addEventListener("message", onMessage);
  return {
    call(question, { moved = [], signal } = {}) {
      if (signal?.aborted === true) return Promise.reject(signal.reason as Error);
      if (disposed) return Promise.reject(gone());
      const call = nextCall++;
      const waiting = Promise.withResolvers<unknown>();
      pending.set(call, waiting);
      try {
        port.postMessage({ call, question }, moved);
      } catch (reason) {
        pending.delete(call);
        return Promise.reject(reason);
      }
      if (signal === undefined) return waiting.promise;
      const abort = (): void => {
        pending.delete(call);
        waiting.reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      return waiting.promise.finally(() => signal.removeEventListener("abort", abort));
    },
    [Symbol.dispose]() {
      if (disposed) return;
      disposed = true;
      port.removeEventListener("message", onMessage);
      for (const { reject } of pending.values()) reject(gone());
      pending.clear();
    },
  };
}

/** An own property of a value of unknown type; `undefined` if there is none. */
export function read(value: unknown, name: string): unknown {
  const has = typeof value === "object" && value !== null && Object.hasOwn(value, name);
  return has ? (value as Record<string, unknown>)[name] : undefined;
}

function numberOf(value: unknown, name: string): number | undefined {
  const number = read(value, name);
  return Number.isSafeInteger(number) ? (number as number) : undefined;
}

function toFailure(kind: unknown, message: unknown): Exception {
  const text =
    typeof message === "string" ? message.slice(0, MESSAGE_LIMIT) : "No reason was given";
  return new Exception(KINDS.has(kind) ? (kind as ExceptionKind) : "failed", text);
}

function gone(): Exception {
  return new Exception("disconnected", "The far end of a port is gone");
}
