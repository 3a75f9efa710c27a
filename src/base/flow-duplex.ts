/**
 * A duplex with credit over one that has no back-pressure, such as a stream over WebRTC, which is reset when its reader
 * pauses for too long.
 *
 * A frame is a 32-bit word, big-endian, and its data. With the highest bit clear, the word is the length of the data. With
 * the bit set, there is no data, and the rest is the number of further bytes that the far end may send. Each end grants its
 * window when it opens. Three words end a direction: the writer closed it, the writer disappeared, the reader cancelled it.
 */
import type { Duplex } from "./duplex.ts";
import { Exception, toException } from "./exception.ts";
import { createInbox, createOutlet, toDuplex } from "./pipe.ts";

export interface FlowOptions {
  /** The most unread bytes that this end holds. */
  readonly windowBytes?: number;
}

const WINDOW_BYTES = 1024 * 1024;
/**
 * A window is granted in so many parts. In two, bytes between busy tabs came at 13 MB/s instead of 16: the writer had half a
 * window only until a grant had come.
 */
const GRANTS = 8;
const GRANT = 0x8000_0000;
const CLOSED = 0;
const CUT = 0xffff_ffff;
const UNWANTED = GRANT;
const HEADER_BYTES = 4;
/** The most data in one frame. */
const FRAME_BYTES = 64 * 1024;
const READ_BYTES = 256 * 1024;
/** The most bytes that wait for the carrier. */
const QUEUE_BYTES = 1024 * 1024;

/** Takes over the duplex; its far end is, or will be, opened by the same function. */
export function createFlowDuplex(
  carrier: Duplex,
  { windowBytes = WINDOW_BYTES }: FlowOptions = {},
): Duplex {
  let credit = 0;
  let owed = 0;
  let granted = windowBytes;
  let queuedBytes = 0;
  /** The write of the last frame; frames are written in order. */
  let writing: Promise<unknown> = Promise.resolve();

  const write = (frame: Uint8Array): void => {
    queuedBytes += frame.length;
    const done = (): void => {
      queuedBytes -= frame.length;
      outlet.changed();
    };
    // The reading side reports a failed carrier.
    writing = writing.then(() => carrier.sink.write(frame)).then(done, done);
  };
  const grant = (bytes: number): void => write(toFrame((GRANT | bytes) >>> 0, NOTHING));
  let isReading = true;
  let isWriting = true;
  /** Closes the carrier's sink once no further frame can follow. */
  const finish = (): void => {
    if (isReading || isWriting) return;
    void writing.then(() => carrier.sink.close());
  };
  const inbox = createInbox({
    onTaken(bytes) {
      owed += bytes;
      if (owed < windowBytes / GRANTS) return;
      granted += owed;
      grant(owed);
      owed = 0;
    },
    onDisposed() {
      if (!isReading) return;
      isReading = false;
      write(toFrame(UNWANTED, NOTHING));
      finish();
    },
  });
  const outlet = createOutlet({
    // The far end may have granted more than the carrier accepts.
    room: () => Math.min(credit, QUEUE_BYTES - queuedBytes),
    push(bytes) {
      credit -= bytes.length;
      for (let at = 0; at < bytes.length; at += FRAME_BYTES) {
        const part = bytes.subarray(at, at + FRAME_BYTES);
        write(toFrame(part.length, part));
      }
    },
    end(whole) {
      if (!isWriting) return;
      isWriting = false;
      write(toFrame(whole ? CLOSED : CUT, NOTHING));
      finish();
    },
  });
  const endReading = (failure?: Exception): void => {
    isReading = false;
    inbox.end(failure);
    finish();
  };
  const receive = (word: number, bytes: Uint8Array): void => {
    if (word === CLOSED) return endReading();
    if (word === CUT) return endReading(cut());
    if (word === UNWANTED) {
      isWriting = false;
      outlet.stop();
      return finish();
    }
    if ((word & GRANT) !== 0) {
      credit = Math.min(credit + (word & ~GRANT), Number.MAX_SAFE_INTEGER);
      outlet.changed();
      return;
    }
    granted -= bytes.length;
    if (granted < 0) throw new Exception("failed", "Peer sent more than it was granted");
    inbox.push(bytes);
  };
  const read = async (): Promise<void> => {
    try {
      for (let rest = NOTHING; ;) {
        const bytes = await carrier.source.read(READ_BYTES);
        if (bytes === undefined) {
          if (isReading) endReading(cut());
          break;
        }
        rest = splitFrames(rest, bytes, receive);
      }
    } catch (error) {
      endReading(toException(error));
      carrier.source[Symbol.dispose]();
    }
    // No more credit will arrive.
    isWriting = false;
    outlet.stop();
    finish();
  };
  grant(windowBytes);
  void read(); // never rejects
  const duplex = toDuplex(inbox.source, outlet.sink);
  return {
    ...duplex,
    [Symbol.dispose]() {
      duplex[Symbol.dispose]();
      carrier.source[Symbol.dispose]();
    },
  };
}

const NOTHING: Uint8Array = new Uint8Array(0);

const cut = (): Exception => new Exception("disconnected", "Stream was cut before its end");

function toFrame(word: number, bytes: Uint8Array): Uint8Array {
  const frame = new Uint8Array(HEADER_BYTES + bytes.length);
  new DataView(frame.buffer).setUint32(0, word);
  frame.set(bytes, HEADER_BYTES);
  return frame;
}

/** @returns the bytes of an incomplete frame at the end */
function splitFrames(
  rest: Uint8Array,
  bytes: Uint8Array,
  receive: (word: number, bytes: Uint8Array) => void,
): Uint8Array {
  let all = bytes;
  if (rest.length > 0) {
    all = new Uint8Array(rest.length + bytes.length);
    all.set(rest);
    all.set(bytes, rest.length);
  }
  let at = 0;
  while (all.length - at >= HEADER_BYTES) {
    const word = new DataView(all.buffer, all.byteOffset + at).getUint32(0);
    const length = (word & GRANT) === 0 ? word : 0;
    if (length > FRAME_BYTES) {
      throw new Exception(
        "failed",
        `Peer sent a frame of ${length} bytes, more than the limit of ${FRAME_BYTES}`,
      );
    }
    if (all.length - at - HEADER_BYTES < length) break;
    at += HEADER_BYTES;
    receive(word, all.slice(at, at + length));
    at += length;
  }
  return all.slice(at);
}
