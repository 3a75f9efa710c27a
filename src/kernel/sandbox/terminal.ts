/**
 * The terminal of a process and of those that inherit its streams: what is typed becomes lines, echoes and signals, and
 * what is written ends its lines as terminals expect.
 */
import { createLineDiscipline, createSequence, encodeText } from "#base";
import type { TerminalSize, Waiting } from "#base";
import type { MergedOutput } from "./merged-output.ts";
import type { SharedInput } from "./shared-input.ts";

/** As a program sets it: in `raw` mode it gets each key, and shows what it wants to show. */
export type TerminalMode = "cooked" | "raw";

export interface Terminal {
  readonly size: TerminalSize;
  mode: TerminalMode;
  /** Takes what is typed, in pieces of any size, in order; resolves when it is in the pipe, or was dropped. */
  type(bytes: Uint8Array, options?: Waiting): Promise<void>;
  /** Calls back at each change of the size, until what is returned is called. */
  watch(changed: (size: TerminalSize) => void): () => void;
  resize(size: TerminalSize): void;
}

export interface TerminalPowers {
  readonly input: SharedInput;
  readonly output: MergedOutput;
  /** Interrupts what runs in the foreground. */
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
      // An interrupt does not wait behind what nobody reads: that is dropped, as by any terminal.
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
/** The reason for which typed input is given up. */
const DROPPED = "dropped";

const RETURN = 13;
const FEED = 10;

/** The same bytes with a carriage return before each line feed that has none. */
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
