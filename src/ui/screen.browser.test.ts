import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createPipe, encodeText } from "#base";
import type { ByteSource } from "#base";
import { serve } from "#capnp";
import { SharedTerminal } from "#schema";
import { openScreen } from "./screen.ts";
import type { Screen } from "./screen.ts";
import { serveSharedTerminal } from "./share-terminal.ts";

const ESC = "\u001b";
/** Turns take 10 to 60 ms on an idle machine; unfiltered repeat counts in xterm.js take minutes. */
const LONGEST_TURN_MS = 1000;

let element: HTMLElement;
let screen: Screen;
beforeEach(() => {
  element = document.createElement("div");
  element.style.height = "600px";
  document.body.append(element);
  screen = openScreen(element, () => {});
});
afterEach(() => element.remove());

/** The longest time without a turn of the event loop until the promise settled. */
async function longestTurn(until: Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  const state = { isSettled: false };
  void until.then(() => (state.isSettled = true));
  while (!state.isSettled) {
    await elapsed(0);
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }
  return longest;
}

const elapsed = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function* toPieces(source: ByteSource): AsyncGenerator<Uint8Array> {
  for (let bytes; (bytes = await source.read(64 * 1024)) !== undefined;) yield bytes;
}

/** More than a pipe holds. */
const flood = (sequence: string): string =>
  sequence.repeat(Math.ceil((256 * 1024) / sequence.length));

describe("openScreen() leaves time for the page while a program writes", () => {
  test.each([
    ["inserted lines", `${ESC}[999999999L`],
    ["scrolling", `${ESC}[999999999S${ESC}[999999999T`],
    ["repetition", `a${ESC}[999999999b`],
    ["tabs", `${ESC}[999999999I${ESC}[999999999Z`],
    ["inserted characters", `${ESC}[999999999@`],
    ["inserted columns", `${ESC}[999999999'}${ESC}[999999999 @`],
    ["erasing", `${ESC}[2J${ESC}[3J`],
    ["resetting", `${ESC}c`],
    ["filling", `${ESC}#8`],
    ["another screen", `${ESC}[?1049h${ESC}[?1049l`],
    ["colours", `${ESC}]10;red${ESC}\\`],
    ["combining marks", `a${"\u0301".repeat(20_000)}`],
    ["short lines", "x\n"],
    ["wide letters", "漢"],
  ])("%s", async (_name, sequence) => {
    const { source, sink } = createPipe(64 * 1024);
    const showing = screen.show(toPieces(source));
    const writing = sink.write(encodeText(flood(sequence))).then(() => sink.close());
    expect(await longestTurn(Promise.race([writing, elapsed(500)]))).toBeLessThan(LONGEST_TURN_MS);
    // Stop does not wait for the remaining output.
    screen.discard();
    const before = performance.now();
    await Promise.all([writing, showing]);
    expect(performance.now() - before).toBeLessThan(LONGEST_TURN_MS);
  });
});

describe("openScreen() lets a visitor who types", () => {
  test("wait for a program that does not read", async () => {
    using shared = serve(SharedTerminal, serveSharedTerminal(screen));
    using input = await shared.input();
    const line = encodeText(`${"x".repeat(999)}\n`);
    let taken = 0;
    const flooding = (async () => {
      for (; taken < 2_000_000; taken += line.length) await input.stream.write(line.slice());
    })();
    await Promise.race([flooding, elapsed(2000)]);
    // What a pipe holds, and what is under way to it.
    expect(taken).toBeLessThan(200_000);
    // The program ends.
    screen[Symbol.dispose]();
    await expect(flooding).resolves.toBeUndefined();
  });
});

/** The visible text. */
const seen = (): string =>
  [...element.querySelectorAll(".xterm-rows > div")]
    .map(({ textContent }) => textContent.trimEnd())
    .join("|")
    .replace(/\|+$/, "");
const type = (keys: string): void => {
  const input = element.querySelector("textarea");
  const clipboardData = new DataTransfer();
  clipboardData.setData("text/plain", keys);
  input?.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
};

const typed = async (keys: string): Promise<void> => {
  screen[Symbol.dispose]();
  screen = openScreen(element, () => {});
  type(`$${keys}`);
  type("\u0015ok");
  await expect.poll(seen).toBe("ok");
};

describe("openScreen() erases what was typed", () => {
  test.each([
    ["narrow letters", "plain größe"],
    ["wide letters", "漢字かな한글"],
    ["marks", "e\u0301a\u0301\u0302"],
    ["emoji", "👍🏽 😀 👩‍👩‍👧"],
    ["over several rows", "x".repeat(1000)],
    ["over several rows, wide, beginning at either half of a cell", "漢".repeat(700)],
    ["mixed", "a漢".repeat(500)],
  ])("%s", async (_name, text) => {
    await typed(text);
    await typed(`a${text}`);
  });

  test("one after the other", async () => {
    type("a漢e\u0301");
    await expect.poll(seen).toBe("a漢e\u0301");
    for (const left of ["a漢", "a", ""]) {
      type("\u007f");
      await expect.poll(seen).toBe(left);
    }
  });
});
