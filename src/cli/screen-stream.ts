/** The output of a guest on its way to a terminal: what reaches beyond the screen is left out. */
import { once } from "node:events";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createScreenFilter } from "#base";
import type { ScreenSize } from "#base";

/** A stream of which may be a terminal, as those of the process. */
export interface MaybeTerminal extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

const PIECE_CHARS = 16 * 1024;

/** The stream itself where it is no terminal; else one that leads to it, and whose end does not end it. */
export function toScreen(stream: MaybeTerminal): Writable {
  if (stream.isTTY !== true) return stream;
  const size = (): ScreenSize => ({ columns: stream.columns ?? 80, rows: stream.rows ?? 24 });
  const filter = createScreenFilter(size);
  const decoder = new StringDecoder("utf8");

  /** No more than a piece beyond what the terminal takes is held. */
  const write = async (output: string): Promise<void> => {
    let text = "";
    for (const piece of filter.take(output)) {
      text += piece.text;
      if (text.length < PIECE_CHARS) continue;
      if (!stream.write(text)) await once(stream, "drain");
      text = "";
    }
    if (text !== "") {
      await new Promise<void>((resolve, reject) => {
        stream.write(text, (reason) => (reason instanceof Error ? reject(reason) : resolve()));
      });
    }
  };
  return new Writable({
    decodeStrings: true,
    write(chunk: Buffer, _encoding, done) {
      write(decoder.write(chunk)).then(() => done(), done);
    },
  });
}
