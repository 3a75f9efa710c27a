/** A terminal on the page: xterm.js with a line discipline. */
import { FitAddon } from "@xterm/addon-fit";
import type { SerializeAddon } from "@xterm/addon-serialize";
import { Terminal } from "@xterm/xterm";
import { createLineDiscipline, createPipe, encodeText, loadOnce } from "#base";
import type { ByteSink } from "#base";
import { openMirror } from "./mirror.ts";
import { createScreenOutput } from "./screen-output.ts";
import type { SessionTerminal, TerminalOptions } from "./session.ts";

const PIPE_BYTES = 64 * 1024;
/** Of what has scrolled out of sight, for others to see. */
const MIRRORED_LINES = 200;
/** Of echo that is not shown yet, beyond which visitors wait. */
const UNSHOWN_LENGTH = 64 * 1024;
const HIDE_CURSOR = "\u001b[?25l";

/** A terminal in an element of its own. */
export interface Screen extends SessionTerminal {
  readonly element: HTMLElement;
  focus(): void;
}

/**
 * Opens a terminal in a new element at the end of `parent`, whose size it follows.
 *
 * @param onInterrupt called on Ctrl-C, with whether it follows another one within a second
 */
export function openScreen(
  parent: HTMLElement,
  onInterrupt: (again: boolean) => void,
  { isRaw = false }: TerminalOptions = {},
): Screen {
  const element = parent.ownerDocument.createElement("div");
  element.className = "screen";
  parent.append(element);
  const terminal = new Terminal({
    convertEol: true,
    cursorBlink: true,
    fontFamily: "ui-monospace, SFMono-Regular, Menlo, Consolas, monospace",
    fontSize: 14,
    // At 1, underscores are hidden between two rows.
    lineHeight: 1.15,
    scrollback: 10_000,
    theme: readTheme(element),
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
  const resizing = new ResizeObserver(() => fit.fit());
  resizing.observe(element);

  const input = createPipe(PIPE_BYTES);
  const watchers = new Set<(text: string) => void>();
  /** All that is shown passes here. */
  let unshown = 0;
  const write = (text: string, written?: () => void): void => {
    for (const watcher of watchers) watcher(text);
    unshown += text.length;
    terminal.write(text, () => {
      unshown -= text.length;
      written?.();
    });
  };
  const output = createScreenOutput({
    get cols() {
      return terminal.cols;
    },
    get rows() {
      return terminal.rows;
    },
    write,
  });
  const typist = isRaw
    ? createRawTyping(input.sink)
    : createTyping(write, input.sink, onInterrupt, () => keyMs);
  const typing = terminal.onData((keys) => typist.take(keys));
  const serializer = loadOnce(() => loadSerializer(terminal));
  return {
    element,
    input: input.source,
    show: (pieces) => output.show(pieces),
    discard: () => output.discard(),
    detach() {
      typing.dispose();
      input.source[Symbol.dispose]();
      write(HIDE_CURSOR);
    },
    async mirror() {
      const addon = await serializer.get();
      return openMirror({
        snapshot: () => addon.serialize({ scrollback: MIRRORED_LINES }),
        watch(written) {
          watchers.add(written);
          return () => void watchers.delete(written);
        },
      });
    },
    async press(keys) {
      terminal.input(keys);
      await typist.taken();
      // In a hidden tab, xterm.js shows something once a second only.
      if (unshown > UNSHOWN_LENGTH) await new Promise<void>((resolve) => write("", resolve));
    },
    focus: () => terminal.focus(),
    [Symbol.dispose]() {
      output.discard();
      input.source[Symbol.dispose]();
      resizing.disconnect();
      terminal.dispose();
      element.remove();
    },
  };
}

/** The colours of the page's style. */
function readTheme(element: HTMLElement): {
  background: string;
  foreground: string;
  cursor: string;
} {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(name).trim();
  return {
    background: read("--raised"),
    foreground: read("--text"),
    cursor: read("--accent"),
  };
}

/**
 * Keys left to the browser: those of the clipboard (Ctrl-C only with a selection), and Shift-Tab or Escape Tab, which
 * leave the terminal. Tab alone goes to the program: otherwise a blank typed behind it would press a button.
 */
function isForBrowser(event: KeyboardEvent, escaped: boolean, hasSelection: boolean): boolean {
  const { key, ctrlKey, shiftKey } = event;
  const letter = ctrlKey ? key.toLowerCase() : "";
  return (
    (key === "Tab" && (shiftKey || escaped)) || letter === "v" || (letter === "c" && hasSelection)
  );
}

async function loadSerializer(terminal: Terminal): Promise<SerializeAddon> {
  const { SerializeAddon: Addon } = await import("@xterm/addon-serialize");
  const addon = new Addon();
  terminal.loadAddon(addon);
  return addon;
}

interface Typist {
  take(keys: string): void;
  /** Resolves when the program's input has room for what was taken. */
  taken(): Promise<void>;
}

/** Keys as they are typed; what a far end takes too slowly is dropped. */
function createRawTyping(sink: ByteSink): Typist {
  return {
    take(keys) {
      const bytes = encodeText(keys);
      if (!sink.closed && sink.hasRoom(bytes.length)) sink.offer(bytes);
    },
    taken: async () => undefined,
  };
}

function createTyping(
  write: (text: string) => void,
  stdin: ByteSink,
  onInterrupt: (again: boolean) => void,
  keyMs: () => number,
): Typist {
  const discipline = createLineDiscipline();
  let writing: Promise<void> = Promise.resolve();
  const take = (keys: string): void => {
    for (const event of discipline.take(keys, keyMs())) {
      if (event.type === "echo") write(event.text);
      else if (event.type === "interrupt") onInterrupt(event.again);
      else if (event.type === "end") writing = writing.then(() => stdin.close());
      else writing = writing.then(() => stdin.write(event.bytes)).catch(() => undefined); // the program has closed its input
    }
  };
  return { take, taken: () => writing };
}
