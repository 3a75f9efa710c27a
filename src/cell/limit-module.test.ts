import { expect, test } from "vitest";
import { parse } from "@bytecodealliance/jco-transpile/wasm-tools";
import * as limiting from "./limit-module.ts";
import type { ModuleLimits, ModuleSize } from "./limit-module.ts";
import { Pace } from "./work.ts";
import type { Work } from "./work.ts";

function doAtOnce<T>(work: Work<T>): T {
  for (;;) {
    const { done, value } = work.next();
    if (done === true) return value;
  }
}

function measureModule(module: Uint8Array): ModuleSize {
  return doAtOnce(limiting.measureModule(module, new Pace()));
}

function limitModule(module: Uint8Array, limits: ModuleLimits): Uint8Array {
  return doAtOnce(limiting.limitModule(module, limits));
}

const LIMITS = { extraPages: 200, extraEntries: 998 };
const PAGE_BYTES = 64 * 1024;

/** The most pages of the module's memory, found by growing it page by page. */
async function countPages(text: string): Promise<number> {
  const bytes = limitModule(await parse(`(module ${text})`), LIMITS);
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
  ['(memory (export "memory") 1)', 201],
  ['(memory (export "memory") 1 300)', 201],
  ['(memory (export "memory") 1 3)', 3],
  ['(memory (export "memory") 200)', 400],
  ['(global i32 (i32.const 1)) (memory (export "memory") 0) (data (i32.const 0) "")', 200],
  ['(memory (export "memory") 1) (memory 1) (memory 2)', 201],
])("limitModule(%s) lets its memory have %i pages", async (text, pages) => {
  expect(await countPages(text)).toBe(pages);
});

test("limitModule() bounds each table, and keeps what is in it", async () => {
  const text = `
    (table $one (export "one") 2 funcref) (table (export "other") 1 5 externref)
    (elem (table $one) (i32.const 1) func $seven)
    (func $seven (result i32) i32.const 7)`;
  const bytes = limitModule(await parse(`(module ${text})`), LIMITS);
  const module = await WebAssembly.compile(bytes as Uint8Array<ArrayBuffer>);
  const { exports } = await WebAssembly.instantiate(module);
  const [one, other] = [exports["one"], exports["other"]] as [WebAssembly.Table, WebAssembly.Table];
  expect((one.get(1) as () => number)()).toBe(7);
  expect(one.grow(998)).toBe(2);
  expect(() => one.grow(1)).toThrow(RangeError);
  expect(other.grow(4)).toBe(1);
  expect(() => other.grow(1)).toThrow(RangeError);
});

test("limitModule() leaves a module without a memory of its own as it is", async () => {
  const bytes = await parse('(module (import "a" "b" (memory 1)) (func))');
  expect(limitModule(bytes, LIMITS)).toBe(bytes);
});

test("measureModule() refuses what is no module", async () => {
  const bytes = await parse("(module (memory 3000))");
  expect(() => measureModule(bytes.subarray(0, bytes.length - 1))).toThrow("damaged or cut off");
});

test.each([
  ["(type (array (mut i8)))", "it uses garbage-collected objects"],
  ["(type (struct (field i32)))", "it uses garbage-collected objects"],
  ["(rec (type (func)) (type (func)))", "it uses garbage-collected objects"],
  ["(type (func (param anyref)))", "a function has parameters of a type that cells do not have"],
  ["(type (func (result i31ref)))", "a function has results of a type that cells do not have"],
  ["(tag (param exnref))", "a function has parameters of a type that cells do not have"],
  ["(memory 1 2 shared)", "it shares memory with threads"],
  ["(global (mut exnref) (ref.null exn))", "it has a global of a type that cells do not have"],
  [
    "(global i32 (i32.const 300)) (global anyref (ref.null any))",
    "it has a global of a type that cells do not have",
  ],
  [
    `(tag (param i32)) (tag (param ${"i32 ".repeat(9)}))`,
    "it throws exceptions with more than 8 values",
  ],
])("measureModule() refuses %s: nobody could bound it", async (text, why) => {
  const module = await parse(`(module ${text})`);
  expect(() => measureModule(module)).toThrow(
    `Component cannot run here: ${why}; build it for one thread, with memory of its own`,
  );
});

test("measureModule() takes modules that only refer to functions and to what the host gives", async () => {
  const text =
    "(func (param i32 i64 f32 f64 v128 funcref externref) (result funcref externref) unreachable)";
  const module = await parse(`(module ${text} (tag (param i32)))`);
  expect(measureModule(module)).toEqual({
    memories: 0,
    minimumPages: 0,
    tables: 0,
    minimumEntries: 0,
    parts: 2,
    locals: 0,
  });
});

test.each([
  [
    '(import "a" "b" (memory 1)) (func)',
    { memories: 0, minimumPages: 0, tables: 0, minimumEntries: 0, parts: 2, locals: 0 },
  ],
  [
    "(table 1 funcref) (memory 1) (memory 2)",
    { memories: 2, minimumPages: 3, tables: 1, minimumEntries: 1, parts: 0, locals: 0 },
  ],
  [
    '(global i32 (i32.const 1)) (tag) (func $f (export "f")) (data "x") (elem func $f $f $f)',
    // Eight bytes of the element section count as one part.
    { memories: 0, minimumPages: 0, tables: 0, minimumEntries: 0, parts: 5 + 1, locals: 0 },
  ],
  [
    "(func (param i64) (local i32 i32 i64)) (func) (func (local f32 i32 externref) unreachable)",
    { memories: 0, minimumPages: 0, tables: 0, minimumEntries: 0, parts: 3, locals: 3 + 3 },
  ],
])("measureModule(%s) counts what is the module's own", async (text, size) => {
  expect(measureModule(await parse(`(module ${text})`))).toEqual(size);
});

test("measureModule() counts the locals of functions that refer to heap types, as far as there are any", () => {
  // Two functions: one with 3 locals of `(ref null func)` and 2 of i32, and one whose count of groups exceeds its body.
  const bodies = [8, 2, 3, 0x63, 0x70, 2, 0x7f, 0x0b, 0x0b, 2, 0x7f, 0x0b];
  const code = [10, bodies.length + 1, 2, ...bodies];
  expect(measureModule(Uint8Array.from([...MAGIC, ...code])).locals).toBeGreaterThanOrEqual(5);
});

test("measureModule() reads past whatever a global can begin with", async () => {
  const text = `
    (import "a" "b" (global $given i32)) (func $f)
    (global i32 (i32.add (global.get $given) (i32.mul (i32.const -1) (i32.const 0x7fffffff))))
    (global (mut i64) (i64.sub (i64.const -1) (i64.const 0x7fffffffffffffff)))
    (global f32 (f32.const 0.1)) (global f64 (f64.const 0.1)) (global v128 (v128.const i64x2 11 11))
    (global funcref (ref.func $f)) (global externref (ref.null extern))`;
  const measured = measureModule(await parse(`(module ${text})`));
  expect(measured.parts).toBe(1 + 1 + 7);
});

const MAGIC = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const MANY = 100_000;

/** The unit, repeated. */
function repeat(unit: readonly number[], times: number): number[] {
  return Array.from({ length: times }, () => unit).flat();
}

/** A module with one section. */
function withSection(id: number, body: readonly number[]): Uint8Array {
  return Uint8Array.from([...MAGIC, id, ...encode(body.length), ...body]);
}

/** LEB128, in five bytes. */
function encode(value: number): number[] {
  return [0, 7, 14, 21, 28].map((shift, at) => ((value >>> shift) & 0x7f) | (at < 4 ? 0x80 : 0));
}

test.each([
  ["memories", withSection(5, [...encode(MANY), ...repeat([0, 0], MANY)]), "1000 memories"],
  ["tables", withSection(4, [...encode(MANY), ...repeat([0x70, 0, 0], MANY)]), "1000 tables"],
  ["types", withSection(1, [...encode(2_000_000)]), "1000000 types of functions"],
  ["sections", Uint8Array.from([...MAGIC, ...repeat([0, 2, 1, 0x61], MANY)]), "1000 sections"],
])("measureModule() refuses %s that are too many to be counted", (_what, module, limit) => {
  expect(() => measureModule(module)).toThrow(
    `Component cannot run here: a core module has more than ${limit}`,
  );
});

test("limitModule() leaves a memory no more pages than engines let it have", async () => {
  const module = await parse('(module (memory (export "memory") 1) (memory i64 1))');
  const limited = limitModule(module, { ...LIMITS, extraPages: 1_000_000 });
  expect(WebAssembly.validate(limited as Uint8Array<ArrayBuffer>)).toBe(true);
});

test.each([
  ["memory", withSection(5, [1, 8, 1, 0])],
  ["table", withSection(4, [1, 0x70, 8, 1])],
])("measureModule() refuses a %s with flags that nobody knows yet", (_what, module) => {
  expect(() => measureModule(module)).toThrow("of a kind that cells do not have");
});

test("measureModule() refuses sections that come twice, as engines do", () => {
  const module = Uint8Array.from([...MAGIC, ...repeat([5, 1, 0], 2)]);
  expect(() => measureModule(module)).toThrow("a core module is damaged or cut off");
});
