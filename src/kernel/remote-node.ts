/**
 * The page's node as the kernel has it: plain messages, since neither signals nor exceptions cross a port as they are.
 *
 * A signal cannot be cloned, so a call has a number by which it is cancelled. Of an exception, a port leaves the message, so
 * its kind travels beside it.
 */
import { Exception, toException, whenAborted } from "#base";
import type { ExceptionKind, Refusal } from "#base";
import type { Node, PeerPlace } from "#caps";

/** What the page offers to the kernel, over Comlink. */
export interface NodeService {
  id(): Promise<Answer<Uint8Array>>;
  addrs(): Promise<Answer<readonly Uint8Array[]>>;
  peers(): Promise<Answer<readonly PeerPlace[]>>;
  connect(
    call: number,
    peerId: Uint8Array,
    addrs: readonly Uint8Array[],
  ): Promise<Answer<undefined>>;
  /** Ends the waiting of that call of `connect`. */
  cancel(call: number): void;
}

type Answer<Value> =
  | { readonly type: "value"; readonly value: Value }
  | {
      readonly type: "exception";
      readonly kind: ExceptionKind;
      readonly message: string;
      readonly refusal: Refusal | undefined;
    };

/** The page's side. */
export function serveNode(node: Node): NodeService {
  const calls = new Map<number, AbortController>();
  return {
    id: () => answer(() => node.id()),
    addrs: () => answer(() => node.addrs()),
    peers: () => answer(() => node.peers()),
    async connect(call, peerId, addrs) {
      const cancel = new AbortController();
      calls.set(call, cancel);
      const { signal } = cancel;
      const answered = await answer(async () => {
        await node.connect(peerId, addrs, { signal });
        return undefined;
      });
      calls.delete(call);
      return answered;
    },
    cancel(call) {
      calls.get(call)?.abort(new Exception("disconnected", "The call was cancelled"));
    },
  };
}

/** The kernel's side; a call that is cancelled is over at once, whatever the page does. */
export function openRemoteNode(service: NodeService): Node {
  let calls = 0;
  return {
    id: async () => unpack(await service.id()),
    addrs: async () => unpack(await service.addrs()),
    peers: async () => unpack(await service.peers()),
    async connect(peerId, addrs, { signal } = {}) {
      signal?.throwIfAborted();
      const call = calls++;
      const { promise: cancelled, reject } = Promise.withResolvers<never>();
      const takeBack =
        signal &&
        whenAborted(signal, () => {
          service.cancel(call); // its answer is waited for by nobody
          reject(signal.reason);
        });
      try {
        unpack(await Promise.race([service.connect(call, peerId, addrs), cancelled]));
      } finally {
        takeBack?.();
      }
    },
  };
}

async function answer<Value>(give: () => Promise<Value>): Promise<Answer<Value>> {
  try {
    return { type: "value", value: await give() };
  } catch (reason) {
    const { kind, message, refusal } = toException(reason);
    return { type: "exception", kind, message, refusal };
  }
}

function unpack<Value>(answered: Answer<Value>): Value {
  if (answered.type === "value") return answered.value;
  const { kind, message, refusal } = answered;
  throw new Exception(kind, message, { refusal });
}
