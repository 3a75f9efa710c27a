/** WebSockets as bytes, as much as an echo needs: whole frames of up to 64 KiB from a client. @see RFC 6455 */
import { concatBytes, decodeText, encodeText } from "#base";
import { sha1 } from "./sha1.ts";

export const TEXT = 1;
const CLOSE = 8;
const PING = 9;
const PONG = 10;
const GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const LIMIT_BYTES = 64 * 1024;

/** What a server answers a key with. */
export function acceptKey(key: string): string {
  return btoa(String.fromCharCode(...sha1(encodeText(key + GUID))));
}

export interface Frame {
  readonly type: number;
  readonly text: string;
  /** What must be sent for it. */
  readonly reply?: Uint8Array | undefined;
}

export interface Frames {
  readonly isClosed: boolean;
  /** The frames that are whole now. */
  take(bytes: Uint8Array): Iterable<Frame>;
  encode(text: string): Uint8Array;
}

export function createFrames(): Frames {
  let rest: Uint8Array = new Uint8Array(0);
  let isClosed = false;
  return {
    get isClosed() {
      return isClosed;
    },
    *take(bytes) {
      rest = concatBytes([rest, bytes]).slice();
      for (let frame; (frame = parseFrame(rest)) !== undefined;) {
        rest = rest.subarray(frame.length);
        const { type, payload } = frame;
        if (type === CLOSE) isClosed = true;
        const code = type === PING ? PONG : type === CLOSE ? CLOSE : undefined;
        yield {
          type,
          text: decodeText(payload),
          reply: code === undefined ? undefined : encodeFrame(code, payload),
        };
      }
      if (rest.length > LIMIT_BYTES) isClosed = true;
    },
    encode: (text) => encodeFrame(TEXT, encodeText(text)),
  };
}

interface Parsed {
  readonly length: number;
  readonly type: number;
  readonly payload: Uint8Array;
}

/** `undefined` while there is no whole frame. */
function parseFrame(bytes: Uint8Array): Parsed | undefined {
  const [first = 0, second = 0] = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const short = second & 0x7f;
  const start = short === 126 ? 4 : 2;
  if (bytes.length < start + 4) return undefined;
  const length = short === 126 ? view.getUint16(2) : short;
  const end = start + 4 + length;
  if (short === 127 || bytes.length < end) return undefined;
  const mask = bytes.subarray(start, start + 4);
  const payload = bytes.slice(start + 4, end).map((byte, at) => byte ^ (mask[at % 4] ?? 0));
  return { length: end, type: first & 0xf, payload };
}

function encodeFrame(type: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const header =
    length < 126 ? [0x80 | type, length] : [0x80 | type, 126, length >> 8, length & 0xff];
  return concatBytes([Uint8Array.from(header), payload]);
}
