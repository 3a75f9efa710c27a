import { createTurns } from "#base";
import { decodeComponent, parseComponent } from "#component";
import { expect, test } from "vitest";
import { createCompiler } from "./compile-component.ts";
import { addingGlobal, addModule, createModule } from "./large-module.testing.ts";
import { command, ECHO, RETURNS_ERR, RETURNS_OK, STREAM_IMPORTS, TRAPS } from "./guests.testing.ts";

const MiB = 1024 * 1024;
const PAGE_BYTES = 64 * 1024;

test("compile() compiles a component once for each of its limits", async () => {
  const compiler = createCompiler();
  const component = await command(ECHO, STREAM_IMPORTS, "0.2.3");
  const first = await compiler.compile(component);
  expect(await compiler.compile(component.slice())).toBe(first);
  expect(await compiler.compile(component, { memoryBytes: 64 * MiB })).not.toBe(first);
  expect(first.run).toBe("wasi:cli/run@0.2.3");
  expect([...first.modules.values()].every((made) => made instanceof WebAssembly.Module)).toBe(
    true,
  );
});

test("compile() compiles once what is asked for many times at once", async () => {
  const compiler = createCompiler();
  const [one, other] = [await command(RETURNS_OK), await command(RETURNS_ERR)];
  const ask = (): Array<Promise<object>> =>
    Array.from({ length: 10 }, (_, i) => compiler.compile(i % 2 === 0 ? one : other));
  expect(new Set(await Promise.all(ask())).size).toBe(2);
});

test("compile() keeps what was used last, as far as there is room for its bytes", async () => {
  const [first, second, third] = [
    await command(RETURNS_OK),
    await command(RETURNS_ERR),
    await command(TRAPS),
  ];
  const compiler = createCompiler({ keptBytes: first.length + second.length });
  const [one, two] = [await compiler.compile(first), await compiler.compile(second)];
  expect(await compiler.compile(first)).toBe(one);
  await compiler.compile(third);
  expect(await compiler.compile(first)).toBe(one);
  expect(await compiler.compile(second)).not.toBe(two);
});

test("compile() keeps the last one, however large it is", async () => {
  const compiler = createCompiler({ keptBytes: 1 });
  const component = await command(RETURNS_OK);
  expect(await compiler.compile(component)).toBe(await compiler.compile(component));
});

test("compile() tells components of one length apart", async () => {
  const compiler = createCompiler();
  const [one, other] = [await command(RETURNS_OK), await command(RETURNS_ERR)];
  expect(other).toHaveLength(one.length);
  const first = await compiler.compile(one);
  expect(await compiler.compile(other)).not.toBe(first);
  expect(await compiler.compile(one)).toBe(first);
});

test("compile() gives what can be posted without the component's code", async () => {
  const padding = `(memory 2) (data (i32.const 0) "${"x".repeat(100_000)}")`;
  const bytes = await command(
    `(core module $code ${padding} (func (export "run") (result i32) i32.const 0))
     (core instance $main (instantiate $code))`,
  );
  expect(bytes.length).toBeGreaterThan(100_000);
  const { text } = await createCompiler().compile(bytes);
  expect(decodeComponent(text).definitions).toHaveLength(parseComponent(bytes).definitions.length);
  expect(text.length).toBeLessThan(2000);
});

test("compile() stops waiting at its signal, without stopping others", async () => {
  const compiler = createCompiler();
  const component = await command(RETURNS_OK);
  const stop = new AbortController();
  const mine = compiler.compile(component, {}, { signal: stop.signal });
  const other = compiler.compile(component);
  stop.abort(new Error("no longer wanted"));
  await expect(mine).rejects.toThrow("no longer wanted");
  expect((await other).modules.size).toBe(1);
});

test("compile() stops in the middle of a large component at its signal", async () => {
  const module = createModule(
    { id: 6, count: 40_000, item: addingGlobal(20) },
    // This table is refused if the check gets past the globals.
    { id: 4, count: 1, item: [0x6e, 0, 0] },
  );
  const component = addModule(await command(RETURNS_OK), module);
  const compiler = createCompiler();
  const stop = new AbortController();
  const compiling = compiler.compile(component, {}, { signal: stop.signal });
  const reason = new Error("no longer wanted");
  void createTurns(1)()?.then(() => stop.abort(reason));
  await expect(compiling).rejects.toBe(reason);
  await expect(compiler.compile(component)).rejects.toThrow("a table of a type");
});

test("compile() tells what a core module that is invalid lacks, and tries again", async () => {
  const compiler = createCompiler();
  const component = await command(RETURNS_OK);
  // Replaces the `end` opcode of the only function.
  const at = component.lastIndexOf(0x0b, component.indexOf(0x6e, 60));
  const broken = component.with(at, 0xff);
  for (let i = 0; i < 2; i++) {
    await expect(compiler.compile(broken)).rejects.toThrow(
      /^Component cannot run here: a core module is invalid: [^\n]+$/,
    );
  }
});

/** A component that instantiates a module with these memories the given number of times. */
async function withMemories(pages: readonly number[], instances: number): Promise<Uint8Array> {
  const memories = pages
    .map((least, at) => `(memory (export "memory${at === 0 ? "" : at}") ${least})`)
    .join(" ");
  const made = Array.from(
    { length: instances },
    (_, at) => `(core instance $m${at} (instantiate $memories))`,
  );
  return command(RETURNS_OK, `(core module $memories ${memories}) ${made.join(" ")}`);
}

test("compile() counts memories for each instance, and bounds their number", async () => {
  const compiler = createCompiler();
  await compiler.compile(await withMemories([1], 4));
  await expect(compiler.compile(await withMemories([1], 5))).rejects.toThrow(
    "it has 5 memories, and cells have at most 4; build it with less",
  );
  await expect(compiler.compile(await withMemories([1, 1], 3))).rejects.toThrow("6 memories");
  await compiler.compile(await withMemories([1], 5), { memories: 5 });
});

test("compile() adds up what all memories begin with", async () => {
  const compiler = createCompiler();
  const limits = { memoryBytes: 64 * MiB };
  await compiler.compile(await withMemories([512], 2), limits);
  await expect(compiler.compile(await withMemories([513], 2), limits)).rejects.toThrow(
    "it begins with 64 MiB of memory, and may have 64 MiB; give it more",
  );
});

async function withTable(entries: number): Promise<Uint8Array> {
  const table = `(core module $m (table ${entries} funcref)) (core instance (instantiate $m))`;
  return command(RETURNS_OK, table);
}

test("compile() adds up what all tables begin with", async () => {
  const compiler = createCompiler();
  await compiler.compile(await withTable(700_000));
  await expect(compiler.compile(await withTable(2_000_000))).rejects.toThrow(
    "its tables begin with 2000000 entries, and cells have at most 1048576",
  );
});

/** A component that instantiates this module the given number of times. */
async function withInstances(module: string, instances: number): Promise<Uint8Array> {
  const made = "(core instance (instantiate $m))".repeat(instances);
  return command(RETURNS_OK, `(core module $m ${module}) ${made}`);
}

test("compile() bounds how many tables all instances have, even if they are empty", async () => {
  const tables = "(table 0 funcref)".repeat(10);
  const compiler = createCompiler();
  await compiler.compile(await withInstances(tables, 100));
  await expect(compiler.compile(await withInstances(tables, 101))).rejects.toThrow(
    "it has 1010 tables, and cells have at most 1000; build it with less",
  );
});

test("compile() bounds what else all instances have", async () => {
  const globals = "(global (mut i64) (i64.const 0))".repeat(2000);
  const compiler = createCompiler();
  await compiler.compile(await withInstances(globals, 500));
  await expect(compiler.compile(await withInstances(globals, 600))).rejects.toThrow(
    "its instances have 1200002 functions, globals and other parts, and cells have at most 1048576",
  );
});

/** A component whose functions have 16 383 variables each, patched into the binary since the text would be long. */
async function withVariables(functions: number): Promise<Uint8Array> {
  const text = `(func (local ${"i64 ".repeat(129)}))`.repeat(functions);
  const bytes = await withInstances(text, 1);
  for (let at = 0; at < bytes.length; at++) {
    const isGroup = bytes[at] === 0x81 && bytes[at + 1] === 0x01 && bytes[at + 2] === 0x7e;
    if (isGroup) bytes.set([0xff, 0x7f], at);
  }
  return bytes;
}

test("compile() bounds how many variables all functions have: engines spend time on each", async () => {
  const compiler = createCompiler();
  await compiler.compile(await withVariables(100));
  await expect(compiler.compile(await withVariables(1100))).rejects.toThrow(
    "its functions have 18021300 variables, and cells have at most 16777216",
  );
});

test("compile() leaves each instance its share of the memory", async () => {
  const { modules } = await createCompiler().compile(await withMemories([10], 2), {
    memoryBytes: 64 * MiB,
  });
  const pages = [...modules.values()].map(countPages);
  expect(pages).toEqual([512, undefined]);
});

/** The most pages that an instance's memory grows to; `undefined` when it has no memory. */
function countPages(module: WebAssembly.Module): number | undefined {
  const { memory } = new WebAssembly.Instance(module).exports;
  if (!(memory instanceof WebAssembly.Memory)) return undefined;
  try {
    for (;;) memory.grow(1);
  } catch {
    return memory.buffer.byteLength / PAGE_BYTES;
  }
}
