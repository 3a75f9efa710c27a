/** A session at a terminal: keys in, screen out. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createPipe, decodeText, encodeText } from "#base";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createNodeSystem } from "./node-system.testing.ts";
import { fromSink, fromSource } from "./open-files.ts";
import { startShell } from "./start-shell.ts";
import type { TerminalEvent } from "./system.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ww-bash-"));
  // The machine may have prompts of its own.
  writeFileSync(join(folder, ".bashrc"), "PS1='> '; alias hi='echo hello'\n");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function open() {
  const stdin = createPipe(4096);
  const screen = createPipe(1 << 20);
  const modes: string[] = [];
  const events: TerminalEvent[] = [];
  const wakers: (() => void)[] = [];
  let shown = "";
  void (async () => {
    for (;;) {
      const bytes = await screen.source.read(4096);
      if (bytes === undefined) return;
      shown += decodeText(bytes);
    }
  })();
  const out = fromSink(screen.sink, { isTerminal: true });
  const exited = startShell({
    system: {
      ...createNodeSystem(),
      isTerminal: [true, true, true],
      terminal: {
        size: () => ({ columns: 80, rows: 24 }),
        setMode: (mode) => modes.push(mode) > 0,
        async nextEvent({ signal } = {}) {
          for (;;) {
            const event = events.shift();
            if (event !== undefined) return event;
            await new Promise<void>((resolve, reject) => {
              wakers.push(resolve);
              signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
            });
          }
        },
      },
    },
    argv: ["bash", "-i"],
    env: new Map([
      ["HOME", folder],
      ["PWD", folder],
      ["PATH", "/bin"],
    ]),
    files: [fromSource(stdin.source, { isTerminal: true }), out, out.share()],
  });
  return {
    exited,
    modes,
    type: (text: string) => stdin.sink.write(encodeText(text)),
    interrupt() {
      events.push({ type: "interrupted" });
      wakers.shift()?.();
    },
    see: (text: string) => expect.poll(() => shown).toContain(text),
    shown: () => shown,
  };
}

test("a session keeps its state, and ends with exit", async () => {
  const terminal = open();
  await terminal.type("x=5; cd /\r");
  await terminal.type("echo $x in $PWD\r");
  await terminal.see("5 in /\n");
  await terminal.type("exit 4\r");
  expect(await terminal.exited).toBe(4);
  expect(terminal.modes.at(-1)).toBe("cooked");
});

test("a line that is not whole goes on", async () => {
  const terminal = open();
  await terminal.type("for i in a b\r");
  await terminal.see("for i in a b\r\n");
  await terminal.type('do echo "<$i>"\rdone\r');
  await terminal.see("<a>\n<b>\n");
  await terminal.type("\x04");
  expect(await terminal.exited).toBe(0);
});

test("an interrupt ends what is in the foreground, and not the session", async () => {
  const terminal = open();
  await terminal.type("echo begun; sleep 100; echo not\r");
  await terminal.see("begun\n");
  terminal.interrupt();
  await terminal.type("echo code $?\r");
  await terminal.see("code 130\n");
  await terminal.type("while :; do echo x > y; done\r");
  await terminal.see("> while :; do echo x > y; done\r\n");
  terminal.interrupt();
  await terminal.type("echo again $?\r");
  await terminal.see("again 130\n");
  expect(terminal.shown()).not.toContain("not\n");
  await terminal.type("exit\r");
  await terminal.exited;
});

test("a mistake does not end the session", async () => {
  const terminal = open();
  await terminal.type("echo )\r");
  await terminal.see("syntax error");
  await terminal.type("set -u; echo $nothing; echo not\r");
  await terminal.see("unbound variable");
  await terminal.type("nosuchcommand; echo $?\r");
  await terminal.see("127\n");
  await terminal.type("exit 0\r");
  expect(await terminal.exited).toBe(0);
});

test("jobs are told of, aliases and .bashrc are known, history is kept", async () => {
  const terminal = open();
  await terminal.type("hi there\r");
  await terminal.see("hello there\n");
  await terminal.type("sleep 0.01 &\r");
  await terminal.see("[1] ");
  await terminal.type("wait\r\x1b[A\x1b[A\x1b[A\r");
  await expect.poll(() => terminal.shown().split("hello there\n").length).toBe(3);
  await terminal.type("history | tail -n 2\r");
  await terminal.see("  history | tail -n 2\n");
  await terminal.type("exit\r");
  await terminal.exited;
  const again = open();
  await again.type("\x1b[A");
  await again.see("> exit");
  await again.type("\x03\x04");
  await again.exited;
});

test("names of commands and files are completed", async () => {
  writeFileSync(join(folder, "a file.txt"), "inside\n");
  const terminal = open();
  await terminal.type("unal\t -a; cat a\t\r");
  await terminal.see("cat a\\ file.txt");
  await terminal.see("inside\n");
  await terminal.type("exit\r");
  await terminal.exited;
});

test("stty tells and sets what the terminal does", async () => {
  const terminal = open();
  await terminal.type("stty size; stty raw; stty sane\r");
  await terminal.see("24 80\n");
  await terminal.type("exit\r");
  await terminal.exited;
  expect(terminal.modes.join(" ")).toContain("cooked raw cooked raw");
});
