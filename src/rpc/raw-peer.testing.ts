/** A peer that sends raw messages, connected to a vat that serves the interop interface. */
import { expect } from "vitest";
import { Exception } from "#base";
import { serve } from "#capnp";
import type { CallContext } from "#capnp";
import { MessageBuilder, MessageReader, MessageSpace } from "#capnp/wire";
import { connect } from "./connection.ts";
import type { Connection } from "./connection.ts";
import { Counter, Peer } from "./interop/generated/interop.ts";
import { createCounter, servePeer } from "./interop/serve-peer.ts";
import type { ConnectionLimits } from "./limits.ts";
import { createMemoryTransports } from "./memory-transport.ts";
import * as tags from "./message-tags.ts";
import { readException } from "./wire.ts";

export const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };
/** Interface ids of the served objects. */
export const PEER_ID: bigint = Peer.id;
export const COUNTER_ID: bigint = Counter.id;
/** The context for calling a served method directly. */
export const CONTEXT: CallContext = {
  signal: new AbortController().signal,
  thisCap: () => expect.unreachable(),
};
export const space: MessageSpace = new MessageSpace();

export interface RawPeer extends AsyncDisposable {
  /** The vat under test. */
  readonly connection: Connection;
  /** Messages that the vat has sent, oldest first; tests remove them. */
  readonly received: MessageReader[];
  send(message: MessageBuilder | Uint8Array): void;
  /** Tags of the messages since the last call. */
  takeTags(): number[];
  /** The reason of the Abort, which must be the last message. */
  takeAbort(): Exception;
}

/** Connects a peer. When the peer is disposed, the vat's tables must be empty. */
export function connectRawPeer(limits: ConnectionLimits = {}): RawPeer {
  const [near, far] = createMemoryTransports();
  let rootIsHeld = true;
  let counterIsHeld = true;
  const served = servePeer();
  const target = Object.assign(served.peer, { [Symbol.dispose]: () => void (rootIsHeld = false) });
  using root = serve(Peer, target);
  // A capability that the peer can hold.
  using counter = serve(
    Counter,
    createCounter(() => void (counterIsHeld = false)),
  );
  void served.peer.hold(counter, CONTEXT);
  const connection = connect(near, { bootstrap: root, limits });
  const received: MessageReader[] = [];
  far.start({
    onFrame: (frame) => void received.push(MessageReader.fromFrame(frame)),
    onClosed: () => undefined,
  });
  return {
    connection,
    received,
    send: (message) => void far.send([message instanceof Uint8Array ? message : message.toFrame()]),
    takeTags: () => received.splice(0).map((message) => message.root.struct().uint16(0)),
    takeAbort() {
      const last = received.splice(0).at(-1)?.root.struct();
      if (last?.uint16(0) !== tags.ABORT) throw new Error("There was no Abort");
      return readException(last.pointer(0));
    },
    async [Symbol.asyncDispose]() {
      connection[Symbol.dispose]();
      await connection.closed;
      await turn();
      expect(connection.tableSizes).toEqual(EMPTY);
      expect(rootIsHeld).toBe(false);
      served.letGo();
      await turn();
      expect(counterIsHeld).toBe(false);
      expect(served.liveCounters).toBe(0);
    },
  };
}

/** Waits one turn of the event loop, in which everything runs that waits for no input. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
