import { createPipe, decodeText, encodeText } from "#base";
import { expect, test } from "vitest";
import { createMergedOutput } from "./merged-output.ts";
import { createSharedInput } from "./shared-input.ts";
import { createTerminal, endLines } from "./terminal.ts";

async function readText(output: {
  read(limit: number): Promise<Uint8Array | undefined>;
}): Promise<string> {
  const bytes = await output.read(1000);
  return bytes === undefined ? "the end" : decodeText(bytes);
}

test("output is that of all processes that have it, and ends with the last of them", async () => {
  const output = createMergedOutput();
  const one = createPipe(100);
  const other = createPipe(100);
  output.add(one.source);
  const first = readText(output);
  output.add(other.source);
  await other.sink.write(encodeText("other"));
  expect(await first).toBe("other");
  one.sink.close();
  const next = readText(output);
  await other.sink.write(encodeText("more"));
  other.sink.close();
  expect(await next).toBe("more");
  expect(await readText(output)).toBe("the end");
});

test("output of a process that was cut off is that of the others", async () => {
  const output = createMergedOutput();
  const cut = createPipe(100);
  const other = createPipe(100);
  output.add(cut.source);
  output.add(other.source);
  cut.sink[Symbol.dispose]();
  await other.sink.write(encodeText("here"));
  expect(await readText(output)).toBe("here");
});

test("a busy process leaves room for the others' output", async () => {
  const output = createMergedOutput();
  const busy = createPipe(10_000);
  const quiet = createPipe(100);
  output.add(busy.source);
  output.add(quiet.source);
  await busy.sink.write(new Uint8Array(9000));
  await quiet.sink.write(encodeText("quiet"));
  await output.read(1000);
  expect(await readText(output)).toBe("quiet");
});

test("output that nobody wants any more tells its writers", () => {
  const output = createMergedOutput();
  const { source, sink } = createPipe(100);
  output.add(source);
  output[Symbol.dispose]();
  expect(sink.closed).toBe(true);
});

test("input goes to the latest that lives, and to the one before it afterwards", async () => {
  const input = createSharedInput();
  const shell = createPipe(100);
  const program = createPipe(4);
  const ended = Promise.withResolvers<void>();
  input.join(shell.sink, new Promise(() => {}));
  input.join(program.sink, ended.promise);
  const writing = input.write(encodeText("12345678"));
  expect(decodeText((await program.source.read(4)) ?? new Uint8Array(0))).toBe("1234");
  // The bytes in the program's pipe by then are lost with it.
  await program.source.ready();
  ended.resolve();
  await input.write(encodeText("rest"));
  await writing;
  expect(decodeText((await shell.source.read(100)) ?? new Uint8Array(0))).toBe("rest");
  input.close();
  await expect(input.write(encodeText("late"))).rejects.toThrow("closed");
});

test("a write to a process that reads no more waits for the next reader, and ends with its signal", async () => {
  const input = createSharedInput();
  const { sink } = createPipe(4);
  input.join(sink, new Promise(() => {}));
  const stop = new AbortController();
  const writing = input.write(encodeText("12345678"), { signal: stop.signal });
  stop.abort(new Error("enough"));
  await expect(writing).rejects.toThrow("enough");
});

test("a write that waits goes to a process that joins later", async () => {
  const input = createSharedInput();
  const [closed, next] = [createPipe(100), createPipe(100)];
  closed.source[Symbol.dispose]();
  const { promise: never } = Promise.withResolvers<void>();
  input.join(closed.sink, never);
  const writing = input.write(encodeText("later"));
  await Promise.resolve();
  input.join(next.sink, never);
  await writing;
  expect(await readText(next.source)).toBe("later");
});

test("a terminal makes lines, echoes and interrupts of keys, until its program wants the keys", async () => {
  const input = createSharedInput();
  const output = createMergedOutput();
  const keys = createPipe(1000);
  const screen = createPipe(10);
  input.join(keys.sink, new Promise(() => {}));
  output.add(screen.source);
  let interrupts = 0;
  const interrupt = (): void => void interrupts++;
  const terminal = createTerminal(
    { columns: 80, rows: 24 },
    { input, output, interrupt, nowMs: () => 0 },
  );
  await terminal.type(encodeText("hé"));
  await terminal.type(encodeText("\u007fi\u0003lo\r"));
  expect(decodeText((await keys.source.read(100)) ?? new Uint8Array(0))).toBe("lo\n");
  expect(interrupts).toBe(1);
  expect(await readText(output)).toBe("h");
  terminal.mode = "raw";
  await terminal.type(encodeText("\u0003x"));
  expect(decodeText((await keys.source.read(100)) ?? new Uint8Array(0))).toBe("\u0003x");
  expect(interrupts).toBe(1);
  const sizes: number[] = [];
  terminal.watch(({ columns }) => sizes.push(columns));
  terminal.resize({ columns: 100, rows: 24 });
  terminal.resize({ columns: 100, rows: 24 });
  expect(sizes).toEqual([100]);
  terminal.mode = "cooked";
  await terminal.type(encodeText("\u0004"));
  expect(await keys.source.read(100)).toBeUndefined();
});

test("an interrupt drops what was typed and is not read, and waits for nothing", async () => {
  const input = createSharedInput();
  const { source, sink } = createPipe(4);
  input.join(sink, new Promise(() => {}));
  let interrupts = 0;
  const terminal = createTerminal(
    { columns: 80, rows: 24 },
    {
      input,
      output: createMergedOutput(),
      interrupt: () => void interrupts++,
      nowMs: () => 0,
    },
  );
  const waiting = terminal.type(encodeText("more than there is room for\r"));
  const later = terminal.type(encodeText("and more\r"));
  await source.ready();
  await terminal.type(encodeText("\u0003"));
  expect(interrupts).toBe(1);
  await Promise.all([waiting, later]);
  expect(decodeText(source.take(100))).toBe("more");
  await terminal.type(encodeText("ok\r"));
  expect(decodeText(source.take(100))).toBe("ok\n");
});

test("lines end as terminals want it, also where a piece ends between", () => {
  const convert = endLines();
  const pieces = ["a\nb", "\n", "\r", "\n\n", "c\r\n"];
  expect(pieces.map((piece) => decodeText(convert(encodeText(piece))))).toEqual([
    "a\r\nb",
    "\r\n",
    "\r",
    "\n\r\n",
    "c\r\n",
  ]);
});
