/**
 * A duplex over one MessagePort, with credit.
 *
 * A message is a Uint8Array (bytes), a positive number (further bytes that may be sent), or one of the marks below.
 * Each end grants its window when it opens and again as its reader takes bytes, so no more than a window is ever queued.
 */
import type { Duplex } from "./duplex.ts";
import { Exception } from "./exception.ts";
import type { StayAwake } from "./stay-awake.ts";
import { createInbox, createOutlet, toDuplex, writerGone } from "./pipe.ts";

/** The part of a MessagePort that is used. */
export interface DuplexPort {
  postMessage(message: unknown, transfer?: Transferable[]): void;
  onmessage: ((event: MessageEvent) => void) | null;
  close(): void;
}

/** Below this, a copy costs no more than a transfer. */
const TRANSFER_BYTES = 8 * 1024;
/** For streams between processes: a round trip takes as long as transferring this much. */
export const FAR_WINDOW_BYTES: number = 1024 * 1024;
const ENDED = "ended";
const CUT = "cut";
const UNWANTED = "unwanted";
/** Sent on behalf of a far end whose thread has ended, by code that observed the end. */
export const LAST_MESSAGES: readonly string[] = [CUT, UNWANTED];

export interface PortDuplexOptions {
  /** Unread bytes that this end buffers; 64 KiB by default. */
  readonly windowBytes?: number | undefined;
  /** Fires when the far end's owner has ended without closing: received bytes can still be read, then the stream ends. */
  readonly gone?: AbortSignal | undefined;
  /** Keeps this end's thread awake for answers. Owned by the duplex. */
  readonly awake?: StayAwake | undefined;
}

/**
 * A duplex on a port whose far end is, or will be, opened by the same function.
 *
 * Takes over the port, which closes when both directions are done or the duplex is disposed.
 */
export function openPortDuplex(
  port: DuplexPort,
  { windowBytes = 64 * 1024, gone, awake }: PortDuplexOptions = {},
): Duplex {
  let credit = 0;
  let owed = 0;
  let reading = true;
  let writing = true;

  const finish = (): void => {
    if (reading || writing) return;
    port.onmessage = null;
    port.close();
    awake?.[Symbol.dispose]();
  };
  const inbox = createInbox({
    onTaken(bytes) {
      owed += bytes;
      // Credit is returned in large pieces: small ones would split a large write into ever smaller messages. The writer
      // still has the other half of the window meanwhile, so it does not stall.
      if (!reading || owed < windowBytes / 2) return;
      port.postMessage(owed);
      owed = 0;
    },
    onDisposed() {
      if (!reading) return;
      port.postMessage(UNWANTED);
      reading = false;
      finish();
    },
  });
  const outlet = createOutlet({
    room: () => credit,
    push(bytes) {
      credit -= bytes.length;
      // Cloning a view clones its whole buffer, so a part is cut out first; large arrays are ours to move.
      const whole = bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice();
      port.postMessage(whole, whole.length < TRANSFER_BYTES ? [] : [whole.buffer]);
      awake?.sent(whole.length);
    },
    end(whole) {
      if (!writing) return;
      port.postMessage(whole ? ENDED : CUT);
      writing = false;
      finish();
    },
  });
  const ended = (failure?: Exception): void => {
    reading = false;
    inbox.end(failure);
    finish();
  };

  port.onmessage = ({ data }: MessageEvent<unknown>) => {
    if (data instanceof Uint8Array) {
      awake?.arrived(data.length);
      // A peer that ignores its credit is cut off: unread bytes must stay bounded.
      if (inbox.heldBytes + data.length > windowBytes) {
        ended(new Exception("failed", "Peer sent more than the window of the stream"));
      } else {
        inbox.push(data);
      }
    } else if (typeof data === "number") {
      if (Number.isSafeInteger(data) && data > 0) credit += data;
      outlet.changed();
    } else if (data === ENDED) {
      ended();
    } else if (data === CUT) {
      ended(writerGone());
    } else if (data === UNWANTED) {
      writing = false;
      outlet.stop();
      finish();
    }
  };
  gone?.addEventListener("abort", () => {
    writing = false;
    outlet.stop();
    ended();
  });
  port.postMessage(windowBytes);
  return toDuplex(inbox.source, outlet.sink);
}
