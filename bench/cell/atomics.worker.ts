/** One of two workers that pass 64 bytes to each other, asleep whenever it is the other's turn. */

/** Posted to each; the first word says whose turn it is, the second ends both, the third counts rounds. */
export interface PingPong {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly bytes: Uint8Array<SharedArrayBuffer>;
  readonly side: 0 | 1;
}

const [TURN, END, ROUNDS] = [0, 1, 2];

globalThis.onmessage = ({ data }: MessageEvent<PingPong>) => {
  const { words, bytes, side } = data;
  const mine = new Uint8Array(bytes.length);
  while (Atomics.load(words, END) === 0) {
    if (Atomics.load(words, TURN) !== side) {
      Atomics.wait(words, TURN, 1 - side);
      continue;
    }
    mine.set(bytes);
    bytes.set(mine);
    if (side === 0) Atomics.add(words, ROUNDS, 1);
    Atomics.store(words, TURN, 1 - side);
    Atomics.notify(words, TURN);
  }
};
