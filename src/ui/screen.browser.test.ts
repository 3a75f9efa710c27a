import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { encodeText } from "#base";
import { openScreen } from "./screen.ts";
import type { Screen } from "./screen.ts";

const ESC = "\u001b";
/** What a visitor hardly notices, on a busy machine. */
const LONGEST_TURN_MS = 300;

let element: HTMLElement;
let screen: Screen;
beforeEach(() => {
  element = document.createElement("div");
  element.style.height = "600px";
  document.body.append(element);
  screen = openScreen(element);
});
afterEach(() => element.remove());

/** The longest time for which the page did nothing else, while the promise was settling. */
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

/** More than a pipe holds, whatever the sequence. */
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
    const { stdout, stderr } = screen.attach(() => {});
    stderr.close();
    const writing = stdout.write(encodeText(flood(sequence))).then(() => stdout.close());
    expect(await longestTurn(Promise.race([writing, elapsed(500)]))).toBeLessThan(LONGEST_TURN_MS);
    // However much is left, Stop takes no longer.
    screen.discard();
    const before = performance.now();
    await Promise.all([writing, screen.drained()]);
    expect(performance.now() - before).toBeLessThan(LONGEST_TURN_MS);
  });
});
