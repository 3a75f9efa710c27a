/** Filters a guest's output on its way to a terminal: sequences with effects beyond the screen are removed. */
import { once } from "node:events";
import { Writable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import { createScreenFilter } from "#base";
import type { ScreenSize } from "#base";

/** A stream that may be a terminal, as those of the process. */
export interface MaybeTerminal extends Writable {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
}

const PIECE_CHARS = 16 * 1024;

/** The stream itself if it is not a terminal; else a filter before it, whose end does not end the stream. */
export function toScreen(stream: MaybeTerminal): Writable {
  if (stream.isTTY !== true) return stream;
  const size = (): ScreenSize => ({ columns: stream.columns ?? 80, rows: stream.rows ?? 24 });
  const filter = createScreenFilter(size);
  const decoder = new StringDecoder("utf8");

  /** Buffers at most one piece beyond what the terminal accepts. */
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
