/**
 * Lines from whatever is on stdin.
 *
 * A terminal sends keys as they are pressed and shows only what is written back, so typed characters are echoed and lines
 * can be corrected. From anything else lines are read as they are.
 */
import { concatBytes, decodeText, encodeText } from "#base";
import type { Cell } from "../sdk/index.ts";

export interface LineEditor {
  /** True when a person types. */
  readonly terminal: boolean;
  /** The next line without its end; `undefined` at the end of the input. Ctrl-C begins anew, Ctrl-D on nothing ends. */
  readLine(prompt: string): Promise<string | undefined>;
  /** Everything typed from now on, as bytes, until the signal fires; what comes after stays for `readLine`. */
  readKeys(signal: AbortSignal): AsyncGenerator<Uint8Array>;
  /** Text with the line ends that the other side wants. */
  toOutput(text: string): string;
}

const CTRL_C = 0x03;
const CTRL_D = 0x04;
const BACKSPACE = 0x08;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const ESCAPE = 0x1b;
const DELETE = 0x7f;

export function createLineEditor({ env, stdin, stdout }: Cell): LineEditor {
  const terminal = !["", "dumb"].includes(env.get("TERM") ?? "");
  let held: Uint8Array = new Uint8Array(0);
  let afterReturn = false;

  const toOutput = (text: string): string => (terminal ? text.replaceAll("\n", "\r\n") : text);
  const show = (text: string): Promise<void> => stdout.write(encodeText(text));

  const nextByte = async (): Promise<number | undefined> => {
    if (held.length === 0) held = (await stdin.read(4096)) ?? held;
    const byte = held[0];
    held = held.subarray(1);
    return byte;
  };

  /** An arrow or another special key: nothing here knows what to do with it. */
  const skipEscape = async (): Promise<void> => {
    const kind = await nextByte();
    if (kind !== 0x5b && kind !== 0x4f) return;
    for (;;) {
      const byte = await nextByte();
      if (byte === undefined || (byte >= 0x40 && byte <= 0x7e)) return;
    }
  };

  const readTyped = async (prompt: string): Promise<string | undefined> => {
    let typed = "";
    let rune: Uint8Array = new Uint8Array(0);
    await show(prompt);
    for (;;) {
      const byte = await nextByte();
      const second = afterReturn && byte === NEWLINE;
      afterReturn = byte === RETURN;
      if (second) continue;
      if (byte === undefined || (byte === CTRL_D && typed === "")) {
        await show("\r\n");
        return undefined;
      }
      if (byte === RETURN || byte === NEWLINE) {
        await show("\r\n");
        return typed;
      }
      if (byte === CTRL_C) {
        typed = "";
        await show(`^C\r\n${prompt}`);
      } else if (byte === BACKSPACE || byte === DELETE) {
        if (typed === "") continue;
        typed = typed.replace(/.$/su, "");
        await show("\b \b");
      } else if (byte === ESCAPE) {
        await skipEscape();
      } else if (byte >= 0x20) {
        rune = concatBytes([rune, new Uint8Array([byte])]);
        if (rune.length < runeLength(rune[0] ?? 0)) continue;
        const text = decodeText(rune);
        rune = new Uint8Array(0);
        typed += text;
        await show(text);
      }
    }
  };

  const readPlain = async (prompt: string): Promise<string | undefined> => {
    const bytes: number[] = [];
    await show(prompt);
    for (;;) {
      const byte = await nextByte();
      if (byte === undefined && bytes.length === 0) {
        await show("\n");
        return undefined;
      }
      if (byte === undefined || byte === NEWLINE) return decodeText(Uint8Array.from(bytes));
      bytes.push(byte);
    }
  };

  return {
    terminal,
    toOutput,
    readLine: terminal ? readTyped : readPlain,
    async *readKeys(signal) {
      for (;;) {
        const ready = held.length > 0 ? held : await readUnlessAborted(stdin, signal);
        held = new Uint8Array(0);
        if (ready === undefined) return;
        yield ready;
      }
    },
  };
}

/** `undefined` at the end, or when the signal fires. */
async function readUnlessAborted(
  stdin: Cell["stdin"],
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  try {
    return await stdin.read(4096, { signal });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** How many bytes a character has, by its first. */
function runeLength(first: number): number {
  if (first < 0xc0) return 1;
  if (first < 0xe0) return 2;
  return first < 0xf0 ? 3 : 4;
}
