import { expect, test } from "vitest";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import { countMemories, limitMemory } from "./limit-memory.ts";

const PAGE_BYTES = 64 * 1024;

/** How many pages the module's memory can have, by growing it one by one. */
async function countPages(text: string, limitPages: number): Promise<number> {
  const bytes = limitMemory(await parse(`(module ${text})`), limitPages * PAGE_BYTES);
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  const { exports } = await WebAssembly.instantiate(module);
  const memory = exports["memory"] as WebAssembly.Memory;
  try {
    for (;;) memory.grow(1);
  } catch {
    return memory.buffer.byteLength / PAGE_BYTES;
  }
}

test.each([
  ['(memory (export "memory") 1)', 200, 200],
  ['(memory (export "memory") 1 300)', 200, 200],
  ['(memory (export "memory") 1 3)', 200, 3],
  ['(memory (export "memory") 200)', 200, 200],
  ['(global i32 (i32.const 1)) (memory (export "memory") 0) (data (i32.const 0) "")', 130, 130],
  ['(memory (export "memory") 1) (memory 1) (memory 2)', 300, 100],
])("limitMemory(%s) to %i pages leaves %i", async (text, limit, pages) => {
  expect(await countPages(text, limit)).toBe(pages);
});

test("limitMemory() bounds all tables together, and keeps what is in them", async () => {
  const text = `
    (table $one (export "one") 2 funcref) (table (export "other") 1 5 externref)
    (memory (export "memory") 1)
    (elem (table $one) (i32.const 1) func $seven)
    (func $seven (result i32) i32.const 7)`;
  const bytes = limitMemory(await parse(`(module ${text})`), PAGE_BYTES);
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  const { exports } = await WebAssembly.instantiate(module);
  const [one, other] = [exports["one"], exports["other"]] as [WebAssembly.Table, WebAssembly.Table];
  expect((one.get(1) as () => number)()).toBe(7);
  expect(one.grow(512 * 1024 - 2)).toBe(2);
  expect(() => one.grow(1)).toThrow(RangeError);
  expect(other.grow(4)).toBe(1);
  expect(() => other.grow(1)).toThrow(RangeError);
  expect(() => (exports["memory"] as WebAssembly.Memory).grow(1)).toThrow(RangeError);
  const large = await parse("(module (table 2000000 funcref))");
  expect(() => limitMemory(large, PAGE_BYTES)).toThrow("begins with a table of 2000000 entries");
});

test("limitMemory() leaves a module without a memory of its own as it is", async () => {
  const bytes = await parse('(module (import "a" "b" (memory 1)) (func))');
  expect(limitMemory(bytes, PAGE_BYTES)).toBe(bytes);
});

test("limitMemory() refuses a memory that begins too large, and what is no module", async () => {
  const large = await parse("(module (memory 3000))");
  expect(() => limitMemory(large, 2999 * PAGE_BYTES)).toThrow(
    "it begins with 187 MiB of memory, and cells have at most 187 MiB; build it with less",
  );
  expect(() => limitMemory(large.subarray(0, large.length - 1), PAGE_BYTES)).toThrow(RangeError);
});

test.each([
  ["(type (array (mut i8)))", "it makes objects that are garbage collected"],
  ["(type (struct (field i32)))", "it makes objects that are garbage collected"],
  ["(rec (type (func)) (type (func)))", "it makes objects that are garbage collected"],
  ["(type (func (param anyref)))", "a function has parameters of a type that cells do not have"],
  ["(type (func (result i31ref)))", "a function has results of a type that cells do not have"],
  ["(tag (param exnref))", "a function has parameters of a type that cells do not have"],
  ["(memory 1 2 shared)", "it shares memory with threads"],
])("limitMemory() refuses %s: nobody could bound it", async (text, why) => {
  const module = await parse(`(module ${text})`);
  expect(() => limitMemory(module, PAGE_BYTES)).toThrow(
    `Component cannot run here: ${why}; build it for one thread, with memory of its own`,
  );
});

test("limitMemory() leaves modules that only refer to functions and to what the host gives", async () => {
  const text =
    "(func (param i32 i64 f32 f64 v128 funcref externref) (result funcref externref) unreachable)";
  const module = await parse(`(module ${text} (tag (param i32)))`);
  expect(limitMemory(module, PAGE_BYTES)).toBe(module);
});

test.each([
  ['(import "a" "b" (memory 1)) (func)', 0],
  ["(table 1 funcref) (memory 1) (memory 2)", 2],
])("countMemories(%s) is %i: those that are the module's own", async (text, count) => {
  expect(countMemories(await parse(`(module ${text})`))).toBe(count);
});
