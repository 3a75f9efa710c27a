/**
 * The terminal of a process and of those that inherit its streams: keys become lines, echoes and interrupts, and output
 * gets the line endings that terminals expect.
 */
import { createLineDiscipline, createSequence, encodeText } from "#base";
import type { TerminalSize, Waiting } from "#base";
import type { MergedOutput } from "./merged-output.ts";
import type { SharedInput } from "./shared-input.ts";

/** Set by the program: in `raw` mode it gets every key at once, and the terminal neither edits nor echoes. */
export type TerminalMode = "cooked" | "raw";

export interface Terminal {
  readonly size: TerminalSize;
  mode: TerminalMode;
  /** Takes typed bytes, in order, in pieces of any size; resolves when they are in the input pipe, or were dropped. */
  type(bytes: Uint8Array, options?: Waiting): Promise<void>;
  /** Calls back at each change of the size. @returns stops the callbacks */
  watch(changed: (size: TerminalSize) => void): () => void;
  resize(size: TerminalSize): void;
}

export interface TerminalPowers {
  readonly input: SharedInput;
  readonly output: MergedOutput;
  /** Interrupts the foreground process. */
  readonly interrupt: () => void;
  readonly nowMs: () => number;
}

export function createTerminal(
  first: TerminalSize,
  { input, output, interrupt, nowMs }: TerminalPowers,
): Terminal {
  const discipline = createLineDiscipline();
  const decoder = new TextDecoder();
  const watchers = new Set<(size: TerminalSize) => void>();
  let size = first;
  const inTurn = createSequence();
  let dropping = new AbortController();

  const typeLines = async (bytes: Uint8Array, options: Waiting): Promise<void> => {
    const text = decoder.decode(bytes, { stream: true });
    for (const event of discipline.take(text, nowMs())) {
      if (event.type === "echo") output.insert(encodeText(event.text));
      else if (event.type === "interrupt") interrupt();
      else if (event.type === "end") input.endLatest();
      else await input.write(event.bytes, options);
    }
  };
  const terminal: Terminal = {
    get size() {
      return size;
    },
    mode: "cooked",
    async type(bytes, { signal } = {}) {
      // An interrupt does not wait behind unread input, which is dropped, as by any terminal.
      if (terminal.mode === "cooked" && bytes.includes(INTERRUPT_KEY)) {
        dropping.abort(DROPPED);
        dropping = new AbortController();
      }
      const ends = [dropping.signal, ...(signal === undefined ? [] : [signal])];
      const options = { signal: AbortSignal.any(ends) };
      try {
        await inTurn(() =>
          terminal.mode === "raw" ? input.write(bytes, options) : typeLines(bytes, options),
        );
      } catch (reason) {
        if (reason !== DROPPED) throw reason;
      }
    },
    watch(changed) {
      watchers.add(changed);
      return () => void watchers.delete(changed);
    },
    resize(next) {
      if (next.columns === size.columns && next.rows === size.rows) return;
      size = next;
      for (const changed of watchers) changed(size);
    },
  };
  return terminal;
}

/** Ctrl-C. */
const INTERRUPT_KEY = 3;
/** Abort reason of input that an interrupt drops. */
const DROPPED = "dropped";

const RETURN = 13;
const FEED = 10;

/** Returns a filter, for successive pieces, that puts a carriage return before each line feed without one. */
export function endLines(): (bytes: Uint8Array) => Uint8Array {
  let before = 0;
  return (bytes) => {
    const added = bytes.reduce(
      (count, byte, at) =>
        count + (byte === FEED && (at > 0 ? bytes[at - 1] : before) !== RETURN ? 1 : 0),
      0,
    );
    const first = before;
    before = bytes.at(-1) ?? before;
    if (added === 0) return bytes;
    const out = new Uint8Array(bytes.length + added);
    let to = 0;
    let previous = first;
    for (const byte of bytes) {
      if (byte === FEED && previous !== RETURN) out[to++] = RETURN;
      out[to++] = byte;
      previous = byte;
    }
    return out;
  };
}
