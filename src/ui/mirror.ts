/** A terminal's screen for another one to show. */
import { createPipe, encodeText } from "#base";
import type { ByteSource } from "#base";

export interface MirroredScreen {
  /** All that is shown, as text with control sequences. */
  readonly snapshot: () => string;
  /** Calls back with each text that is written to the terminal. @returns stops it */
  readonly watch: (written: (text: string) => void) => () => void;
}

/** Of unread text: what is beyond it is replaced by a new snapshot. */
const PIPE_BYTES = 256 * 1024;
const RESET = "\u001bc";

/** What is shown now, then what is written, until it is disposed. A reader that is behind gets a new snapshot instead. */
export function openMirror({ snapshot, watch }: MirroredScreen): ByteSource {
  const { source, sink } = createPipe(PIPE_BYTES);
  /** Text that was written is missing from the pipe. */
  let isBehind = true;
  let isCatchingUp = false;
  const catchUp = async (): Promise<void> => {
    if (isCatchingUp) return;
    isCatchingUp = true;
    try {
      while (isBehind) {
        await sink.ready({ roomBytes: PIPE_BYTES / 2 });
        // What is written from here on comes behind the snapshot, unless that fills the pipe.
        isBehind = false;
        const text = encodeText(RESET + snapshot());
        isBehind = !sink.hasRoom(text.length);
        await sink.write(text);
      }
    } catch {
      stop(); // nobody reads any more
    } finally {
      isCatchingUp = false;
    }
  };
  const stop = watch((text) => {
    if (sink.closed) return stop();
    if (isBehind) return void catchUp();
    const bytes = encodeText(text);
    if (sink.hasRoom(bytes.length)) return void sink.offer(bytes);
    isBehind = true;
    void catchUp(); // never rejects
  });
  void catchUp(); // never rejects
  return source;
}
