/** What a worker does without anything of ours: says a word at once, echoes bytes, sends pieces when it is told how many. */
const PIECE_BYTES: number = 64 * 1024;

globalThis.onmessage = ({ data }: MessageEvent<Uint8Array | number>) => {
  if (data instanceof Uint8Array) return postMessage(data);
  for (let left = data; left > 0; left--) {
    const piece = new Uint8Array(PIECE_BYTES).fill(7);
    postMessage(piece, { transfer: [piece.buffer] });
  }
};
postMessage("first");
