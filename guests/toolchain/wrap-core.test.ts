/** Core modules for preview 1 as components: a greedy program run, and what the adapter's functions look like. */
import { readFile } from "node:fs/promises";
import { preview1AdapterCommandPath } from "@bytecodealliance/jco";
import binaryen from "binaryen";
import { beforeAll, expect, test } from "vitest";
import { giveAdapterMemory } from "./adapter-memory.ts";
import { isPreview1 } from "./preview1-front.ts";
import { readText, runComponent } from "./run-component.ts";
import { wrapCore } from "./wrap-core.ts";

function assemble(text: string): Uint8Array {
  const module = binaryen.parseText(text);
  try {
    module.setFeatures(binaryen.Features.All);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}

let greedy: { readonly code: number; readonly lines: readonly string[] };

beforeAll(async () => {
  const text = await readFile(new URL("greedy.wat", import.meta.url), "utf8");
  const cell = runComponent(await wrapCore(assemble(text)), {
    args: ["greedy", "", "two  and three", ""],
    env: [
      ["NAME", "välue"],
      ["OTHER", "x"],
    ],
  });
  const [code, output] = await Promise.all([cell.exited, readText(cell.output)]);
  greedy = { code, lines: output.split("\n") };
}, 60_000);

test("wrapCore() leaves a program all of its memory", () => {
  const [args, env] = [
    ["greedy", "", "two  and three", ""],
    ["NAME=välue", "OTHER=x"],
  ];
  expect(greedy.lines.slice(0, -2)).toEqual([...args, ...env]);
  expect(greedy.code).toBe(0);
});

test("wrapCore() lets reads and writes of no buffers fail where there is no descriptor", () => {
  const [badf, success] = ["8", "0"];
  expect(greedy.lines.at(-2)).toBe(badf.repeat(4) + success.repeat(2));
});

test("wrapCore() keeps data that a program copies by itself", async () => {
  const text = `(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") 1)
    (data $text "passive\\n")
    (func (export "_start")
      (memory.init $text (i32.const 64) (i32.const 0) (i32.const 8))
      (i32.store (i32.const 0) (i32.const 64))
      (i32.store (i32.const 4) (i32.const 8))
      (drop (call $write (i32.const 1) (i32.const 0) (i32.const 1) (i32.const 8)))))`;
  const cell = runComponent(await wrapCore(assemble(text)), { args: ["passive"] });
  expect(await Promise.all([cell.exited, readText(cell.output)])).toEqual([0, "passive\n"]);
});

test("wrapCore() knows every function of preview 1 that the adapter has, by its type", async () => {
  const adapter = binaryen.readBinary(await readFile(preview1AdapterCommandPath()));
  const [imports, calls]: [string[], string[]] = [[], []];
  for (let index = 0; index < adapter.getNumExports(); index++) {
    const { name, value } = binaryen.getExportInfo(adapter.getExportByIndex(index));
    if (/adapter|cabi_import_realloc|:/.test(name)) continue;
    expect(isPreview1(name)).toBe(true);
    const { params, results } = binaryen.getFunctionInfo(adapter.getFunction(value));
    const types = binaryen
      .expandType(params)
      .map((type) => (type === binaryen.i64 ? "i64" : "i32"));
    const result = results === binaryen.none ? "" : "(result i32)";
    imports.push(
      `(import "wasi_snapshot_preview1" "${name}" (func $${name} (param ${types.join(" ")}) ${result}))`,
    );
    const call = `(call $${name} ${types.map((type) => `(${type}.const 0)`).join(" ")})`;
    calls.push(result === "" ? call : `(drop ${call})`);
  }
  adapter.dispose();
  const text = `(module ${imports.join("\n")} (memory (export "memory") 1) (func (export "_start") ${calls.join("\n")}))`;
  expect(imports.length).toBeGreaterThan(40);
  // The tools compare the types of what is imported with those of what is there.
  await expect(wrapCore(assemble(text))).resolves.toBeInstanceOf(Uint8Array);
});

test("giveAdapterMemory() leaves alone what has an allocator for the adapter, or more imports than preview 1", async () => {
  const realloc = `(func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (unreachable))`;
  const exit = `(import "wasi_snapshot_preview1" "proc_exit" (func (param i32)))`;
  const other = `(import "elsewhere" "proc_exit" (func (param i32)))`;
  const memory = `(memory (export "memory") 1)`;
  for (const parts of [`${exit} ${memory} ${realloc}`, `${exit} ${other} ${memory}`]) {
    expect(await giveAdapterMemory(assemble(`(module ${parts})`))).toBeUndefined();
  }
});
