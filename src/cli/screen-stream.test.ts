import { PassThrough } from "node:stream";
import { text } from "node:stream/consumers";
import { expect, test } from "vitest";
import { toScreen } from "./screen-stream.ts";

const ESC = "\u001b";
const GUEST = `${ESC}[1mgröße${ESC}[0m${ESC}]52;c;cHduZWQ=\u0007${ESC}]0;title\u0007${ESC}[c\n`;

const terminal = (): PassThrough => Object.assign(new PassThrough(), { isTTY: true, columns: 40 });

test("toScreen() keeps what reaches beyond the screen from a terminal, and from nothing else", async () => {
  const stream = terminal();
  const screen = toScreen(stream);
  // The pieces cut a letter and a sequence.
  const bytes = Buffer.from(GUEST);
  for (const byte of bytes) screen.write(Buffer.of(byte));
  screen.end(() => stream.end());
  expect(await text(stream)).toBe(`${ESC}[1mgröße${ESC}[0m\n`);
  const file = new PassThrough();
  expect(toScreen(file)).toBe(file);
});

test("toScreen() waits for a terminal that is slow", async () => {
  const stream = terminal();
  const screen = toScreen(stream);
  // The terminal repeats each a thousand times.
  screen.write(`x${ESC}[9999b`.repeat(1000));
  await new Promise(setImmediate);
  expect(stream.writableLength + stream.readableLength).toBeLessThan(200_000);
  screen.end(() => stream.end());
  expect((await text(stream)).length).toBe(1000 * (1 + 40 * 24));
});

test("toScreen() fails when the terminal does", async () => {
  const stream = terminal();
  const screen = toScreen(stream);
  const failed = new Promise((resolve) => screen.on("error", resolve));
  stream.on("error", () => {});
  stream.destroy(new Error("gone"));
  screen.write("x");
  expect(await failed).toBeInstanceOf(Error);
});
