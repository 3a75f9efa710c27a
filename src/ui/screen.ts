/** The terminal on the page: xterm.js with a line discipline, as the three streams of a process. */
import { FitAddon } from "@xterm/addon-fit";
import { Terminal } from "@xterm/xterm";
import { createPipe } from "#base";
import type { ByteSink } from "#base";
import { createLineDiscipline } from "./line-discipline.ts";
import type { Stdio } from "./powers.ts";
import { createScreenOutput } from "./screen-output.ts";
import type { ScreenOutput } from "./screen-output.ts";

const PIPE_BYTES = 64 * 1024;
/** Until the next reset. */
const HIDE_CURSOR = "\u001b[?25l";

export interface Screen {
  /**
   * Clears the screen and gives fresh pipes to it; those before are ended.
   *
   * @param onInterrupt told of Ctrl-C, and whether it follows another one within a second
   */
  attach(onInterrupt: (again: boolean) => void): Stdio;
  /** Resolves when what was written to the current pipes can be seen. */
  drained(): Promise<void>;
  /** Shows nothing more of the current pipes, however much is in them. */
  discard(): void;
  /** Keys are ignored from here on. */
  detach(): void;
  focus(): void;
}

/** Opens the terminal in an element, whose size it follows. */
export function openScreen(element: HTMLElement): Screen {
  const terminal = new Terminal({
    convertEol: true,
    cursorBlink: true,
    fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
    fontSize: 14,
    // At 1, underscores fall into the gap between two rows.
    lineHeight: 1.15,
    scrollback: 10_000,
    theme: { background: "#10141a", foreground: "#dfe6ee", cursor: "#7fd1b9" },
  });
  const fit = new FitAddon();
  terminal.loadAddon(fit);
  terminal.open(element);
  let keyMs = 0;
  let previousKey = "";
  terminal.attachCustomKeyEventHandler((event) => {
    if (event.type !== "keydown") return true;
    const escaped = previousKey === "Escape";
    keyMs = event.timeStamp;
    previousKey = event.key;
    return !isForBrowser(event, escaped, terminal.hasSelection());
  });
  fit.fit();
  new ResizeObserver(() => fit.fit()).observe(element);

  let typed: ((keys: string, timeMs: number) => void) | undefined;
  let output: ScreenOutput | undefined;
  let showing: Promise<unknown> = Promise.resolve();
  terminal.onData((keys) => typed?.(keys, keyMs));

  return {
    attach(onInterrupt) {
      terminal.reset();
      const stdin = createPipe(PIPE_BYTES);
      const stdout = createPipe(PIPE_BYTES);
      const stderr = createPipe(PIPE_BYTES);
      output?.discard();
      output = createScreenOutput(terminal);
      showing = Promise.all([output.show(stdout.source), output.show(stderr.source)]);
      typed = createTyping(terminal, stdin.sink, onInterrupt);
      return {
        stdin: stdin.source,
        stdout: stdout.sink,
        stderr: stderr.sink,
        terminal: true,
      };
    },
    async drained() {
      await showing;
    },
    discard: () => output?.discard(),
    detach() {
      typed = undefined;
      terminal.write(HIDE_CURSOR);
    },
    focus: () => terminal.focus(),
  };
}

/**
 * The clipboard's keys, Ctrl-C only where there is something to copy; and what leaves the terminal, so that the keyboard is not
 * caught in it: Shift-Tab, or Escape and then Tab. Tab alone is the program's, for a space behind it would press a button.
 */
function isForBrowser(event: KeyboardEvent, escaped: boolean, hasSelection: boolean): boolean {
  const { key, ctrlKey, shiftKey } = event;
  const letter = ctrlKey ? key.toLowerCase() : "";
  return (
    (key === "Tab" && (shiftKey || escaped)) || letter === "v" || (letter === "c" && hasSelection)
  );
}

function createTyping(
  terminal: Terminal,
  stdin: ByteSink,
  onInterrupt: (again: boolean) => void,
): (keys: string, timeMs: number) => void {
  const discipline = createLineDiscipline();
  let writing: Promise<void> = Promise.resolve();
  return (keys, timeMs) => {
    for (const event of discipline.take(keys, timeMs)) {
      if (event.type === "echo") terminal.write(event.text);
      else if (event.type === "interrupt") onInterrupt(event.again);
      else if (event.type === "end") writing = writing.then(() => stdin.close());
      else writing = writing.then(() => stdin.write(event.bytes)).catch(() => undefined); // nobody reads
    }
  };
}
