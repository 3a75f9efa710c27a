import { expect, test } from "vitest";
import { decodeText, encodeText } from "./bytes.ts";
import { gatherReads } from "./gather.ts";
import { createPipe } from "./pipe.ts";
import { takeTurn } from "./turns.ts";

test("read() of gatherReads() gives what comes within one turn, and waits no longer", async () => {
  const { source, sink } = createPipe(100);
  const gathered = gatherReads(source);
  const reading = gathered.read(50);
  await sink.write(encodeText("one "));
  await Promise.resolve();
  await sink.write(encodeText("two"));
  expect(decodeText((await reading) ?? new Uint8Array(0))).toBe("one two");
  await sink.write(encodeText("three"));
  const again = gathered.read(50);
  await takeTurn();
  await takeTurn();
  await sink.write(encodeText("four"));
  expect(decodeText((await again) ?? new Uint8Array(0))).toBe("three");
});

test("read() of gatherReads() gives no more than it is asked for, in order", async () => {
  const { source, sink } = createPipe(100);
  const gathered = gatherReads(source);
  for (const piece of ["abc", "def", "gh"]) await sink.write(encodeText(piece));
  sink.close();
  const pieces: string[] = [];
  for (let bytes; (bytes = await gathered.read(5)) !== undefined;) pieces.push(decodeText(bytes));
  expect(pieces).toEqual(["abcde", "fgh"]);
  expect(gathered.ended).toBe(true);
});

test("read() of gatherReads() gives what came before the writer went away, and then says so", async () => {
  const { source, sink } = createPipe(100);
  const gathered = gatherReads(source);
  const reading = gathered.read(50);
  await sink.write(encodeText("last"));
  sink[Symbol.dispose]();
  expect(decodeText((await reading) ?? new Uint8Array(0))).toBe("last");
  await expect(gathered.read(50)).rejects.toMatchObject({ kind: "disconnected" });
});
