import { createPipe, decodeText, encodeText } from "#base";
import type { Pipe } from "#base";
import { expect, test } from "vitest";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { createTestWaits } from "./powers.testing.ts";
import { createReader } from "./reader.ts";
import { IoError } from "./trap.ts";

function openInput(pipe: Pipe): InputStream {
  return new InputStream(createReader(pipe.source), createTestWaits());
}

function openOutput(pipe: Pipe): OutputStream {
  return new OutputStream(createOutputLine(pipe.sink, false).open(), createTestWaits());
}

/** The value that a call throws; the linker also takes values that are not errors. */
function thrown(call: () => unknown): unknown {
  try {
    call();
  } catch (error) {
    return error;
  }
  throw new Error("Nothing was thrown");
}

test("InputStream.read() gives what is there, nothing when there is nothing, and closed at the end", () => {
  const pipe = createPipe(100);
  const input = openInput(pipe);
  expect(input.read(10n)).toHaveLength(0);
  pipe.sink.offer(encodeText("hello"));
  expect(decodeText(input.read(3n))).toBe("hel");
  pipe.sink.close();
  expect(decodeText(input.read(2n ** 64n - 1n))).toBe("lo");
  expect(thrown(() => input.read(1n))).toEqual({ tag: "closed" });
  expect(thrown(() => input.read(0n))).toEqual({ tag: "closed" });
});

test("InputStream.read() tells of a cut stream once, then says closed", () => {
  const pipe = createPipe(100);
  const input = openInput(pipe);
  pipe.sink.offer(encodeText("x"));
  pipe.sink[Symbol.dispose]();
  expect(input.read(9n)).toHaveLength(1);
  const failure = thrown(() => input.read(9n)) as { tag: string; val: IoError };
  expect(failure.tag).toBe("last-operation-failed");
  expect(failure.val).toBeInstanceOf(IoError);
  expect(failure.val.toDebugString()).toBe("Stream was cut before its end");
  expect(thrown(() => input.read(9n))).toEqual({ tag: "closed" });
});

test("InputStream.blockingRead() waits for a byte, and for no more than one", async () => {
  const pipe = createPipe(100);
  const input = openInput(pipe);
  const read = input.blockingRead(10n);
  pipe.sink.offer(encodeText("a"));
  expect(decodeText(await read)).toBe("a");
  pipe.sink.offer(encodeText("b"));
  expect(await input.blockingRead(0n)).toHaveLength(0);
  expect(await input.blockingSkip(10n)).toBe(1n);
});

test("InputStream.subscribe() is ready with a byte that an earlier look took from the pipe", async () => {
  const pipe = createPipe(100);
  const reader = createReader(pipe.source);
  const one = new InputStream(reader, createTestWaits());
  const two = new InputStream(reader, createTestWaits());
  expect(await one.subscribe().ready()).toBe(false);
  pipe.sink.offer(encodeText("abc"));
  expect(await one.subscribe().ready()).toBe(true);
  expect(pipe.sink.room).toBe(100);
  expect(await two.subscribe().ready()).toBe(true);
  expect(decodeText(two.read(2n))).toBe("ab");
  expect(decodeText(one.read(2n))).toBe("c");
  expect(await two.subscribe().ready()).toBe(false);
  pipe.sink.close();
  expect(await two.subscribe().ready()).toBe(true);
});

test("OutputStream.checkWrite() permits the room of the pipe, and write() no more than that", () => {
  const pipe = createPipe(8);
  const output = openOutput(pipe);
  expect(thrown(() => output.write(new Uint8Array(1)))).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(output.checkWrite()).toBe(8n);
  output.write(encodeText("12345"));
  output.write(encodeText("678"));
  expect(output.checkWrite()).toBe(0n);
  expect(thrown(() => output.write(new Uint8Array(1)))).toBeInstanceOf(WebAssembly.RuntimeError);
  expect(decodeText(pipe.source.take(5))).toBe("12345");
  expect(output.checkWrite()).toBe(5n);
  expect(thrown(() => output.writeZeroes(6n))).toBeInstanceOf(WebAssembly.RuntimeError);
  output.writeZeroes(2n);
  expect(decodeText(pipe.source.take(100))).toBe("678\0\0");
});

test("OutputStream.blockingWriteAndFlush() waits for room and keeps the order", async () => {
  const pipe = createPipe(3);
  const output = openOutput(pipe);
  const written = output.blockingWriteAndFlush(encodeText("abcdefg"));
  let text = "";
  while (text.length < 7) text += decodeText((await pipe.source.read(2)) ?? new Uint8Array(0));
  await written;
  expect(text).toBe("abcdefg");
});

test("OutputStream.blockingWriteAndFlush() traps above 4096 bytes", async () => {
  const output = openOutput(createPipe(10_000));
  await output.blockingWriteAndFlush(new Uint8Array(4096));
  await expect(async () =>
    output.blockingWriteAndFlush(new Uint8Array(4097)),
  ).rejects.toBeInstanceOf(WebAssembly.RuntimeError);
  await expect(async () => output.blockingWriteZeroesAndFlush(4097n)).rejects.toBeInstanceOf(
    WebAssembly.RuntimeError,
  );
});

test("OutputStream says closed when the reader went away, also while a write waits", async () => {
  const pipe = createPipe(2);
  const output = openOutput(pipe);
  const written = output.blockingWriteAndFlush(encodeText("abc"));
  pipe.source[Symbol.dispose]();
  await expect(written).rejects.toEqual({ tag: "closed" });
  expect(thrown(() => output.checkWrite())).toEqual({ tag: "closed" });
  expect(thrown(() => output.flush())).toEqual({ tag: "closed" });
  expect(await output.subscribe().ready()).toBe(true);
});

test("OutputStream says closed when the reader goes in the middle of a write", () => {
  const pipe = createPipe(100);
  const sink = Object.create(pipe.sink, {
    offer: {
      value: (bytes: Uint8Array) => {
        pipe.source[Symbol.dispose]();
        return pipe.sink.offer(bytes);
      },
    },
  }) as Pipe["sink"];
  const output = new OutputStream(createOutputLine(sink, false).open(), createTestWaits());
  output.checkWrite();
  expect(thrown(() => output.write(encodeText("x")))).toEqual({ tag: "closed" });
});

test("OutputStream.splice() moves what is there and fits", async () => {
  const [from, to] = [createPipe(100), createPipe(3)];
  const [input, output] = [openInput(from), openOutput(to)];
  expect(output.splice(input, 10n)).toBe(0n);
  from.sink.offer(encodeText("abcde"));
  expect(output.splice(input, 10n)).toBe(3n);
  expect(decodeText(to.source.take(9))).toBe("abc");
  expect(await output.blockingSplice(input, 10n)).toBe(2n);
});

test("a stream that is dropped before its pollables ends the guest, and after them does not", () => {
  const pipe = createPipe(8);
  const dropped: string[] = [];
  const streams = [
    new InputStream(createReader(pipe.source), createTestWaits(), () => dropped.push("input")),
    new OutputStream(createOutputLine(pipe.sink, false).open(), createTestWaits(), () =>
      dropped.push("output"),
    ),
  ];
  for (const stream of streams) {
    const pollables = [stream.subscribe(), stream.subscribe()];
    pollables[0]?.[Symbol.dispose]();
    pollables[0]?.[Symbol.dispose]();
    expect(thrown(() => stream[Symbol.dispose]())).toBeInstanceOf(WebAssembly.RuntimeError);
    pollables[1]?.[Symbol.dispose]();
  }
  expect(dropped).toEqual([]);
  for (const stream of streams) stream[Symbol.dispose]();
  expect(dropped).toEqual(["input", "output"]);
});

test("OutputStream keeps what check-write permitted until it is used up, also by zeroes and splices", () => {
  const [from, to] = [createPipe(100), createPipe(10)];
  const [input, output] = [openInput(from), openOutput(to)];
  expect(output.checkWrite()).toBe(10n);
  output.write(new Uint8Array(0));
  output.writeZeroes(4n);
  // Room that is made meanwhile is not permitted yet.
  to.source.take(4);
  expect(thrown(() => output.write(new Uint8Array(7)))).toBeInstanceOf(WebAssembly.RuntimeError);
  output.write(new Uint8Array(6));
  expect(thrown(() => output.writeZeroes(1n))).toBeInstanceOf(WebAssembly.RuntimeError);
  from.sink.offer(encodeText("abcdefgh"));
  expect(output.splice(input, 100n)).toBe(4n);
  expect(decodeText(to.source.take(100))).toBe(`${"\0".repeat(6)}abcd`);
  expect(decodeText(input.read(100n))).toBe("efgh");
});

test("OutputStream.splice() tells the end of its source, and takes nothing when there is no room", () => {
  const [from, to] = [createPipe(100), createPipe(2)];
  const [input, output] = [openInput(from), openOutput(to)];
  from.sink.offer(encodeText("abc"));
  from.sink.close();
  expect(output.splice(input, 9n)).toBe(2n);
  expect(output.splice(input, 9n)).toBe(0n);
  to.source.take(2);
  expect(output.splice(input, 9n)).toBe(1n);
  expect(thrown(() => output.splice(input, 9n))).toEqual({ tag: "closed" });
});

test("write() leaves the guest's memory to the guest, also where the sink keeps what it is offered", async () => {
  const pipe = createPipe(1024);
  const output = new OutputStream(createOutputLine(pipe.sink, false).open(), createTestWaits());
  const memory = Uint8Array.of(1, 2, 3, 4);
  output.checkWrite();
  output.write(memory);
  memory.fill(9);
  await output.blockingWriteAndFlush(memory);
  memory.fill(7);
  expect(await pipe.source.read(100)).toEqual(Uint8Array.of(1, 2, 3, 4, 9, 9, 9, 9));
});
