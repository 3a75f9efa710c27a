/** SHA-1, which WebSockets are opened with and nothing else here relies on. @see RFC 3174 */

export function sha1(message: Uint8Array): Uint8Array {
  const blocks = Math.ceil((message.length + 9) / 64);
  const padded = new Uint8Array(blocks * 64);
  padded.set(message);
  padded[message.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, message.length * 8);
  const state = Int32Array.of(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0);
  const words = new Int32Array(80);
  for (let block = 0; block < blocks; block++) {
    for (let at = 0; at < 80; at++) {
      words[at] =
        at < 16
          ? view.getInt32(block * 64 + at * 4)
          : rotate(word(at - 3) ^ word(at - 8) ^ word(at - 14) ^ word(at - 16), 1);
    }
    mix(state);
  }
  const digest = new DataView(new ArrayBuffer(20));
  state.forEach((value, at) => digest.setInt32(at * 4, value));
  return new Uint8Array(digest.buffer);

  function word(at: number): number {
    return words[at] ?? 0;
  }

  function mix(into: Int32Array): void {
    let [a = 0, b = 0, c = 0, d = 0, e = 0] = into;
    for (let at = 0; at < 80; at++) {
      const next = (rotate(a, 5) + choose(at, b, c, d) + e + word(at)) | 0;
      [a, b, c, d, e] = [next, a, rotate(b, 30), c, d];
    }
    [a, b, c, d, e].forEach((value, at) => (into[at] = ((into[at] ?? 0) + value) | 0));
  }
}

function rotate(value: number, bits: number): number {
  return (value << bits) | (value >>> (32 - bits));
}

function choose(at: number, b: number, c: number, d: number): number {
  if (at < 20) return ((b & c) | (~b & d)) + 0x5a827999;
  if (at < 40) return (b ^ c ^ d) + 0x6ed9eba1;
  if (at < 60) return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdc;
  return (b ^ c ^ d) + 0xca62c1d6;
}
