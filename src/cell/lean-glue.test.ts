import { expect, test } from "vitest";
import { checkGlue } from "./check-component.ts";
import { command, ECHO, STREAM_IMPORTS } from "./guests.testing.ts";
import { leanGlue } from "./lean-glue.ts";
import { shakeGlue } from "./shake-glue.ts";
import { transpileComponent } from "./transpile.ts";

test.each([
  ["jspi", 3],
  ["shared-memory", 0],
] as const)("leanGlue() leaves no task in what jco makes for %s", async (mode, suspending) => {
  const component = await command(ECHO, STREAM_IMPORTS);
  const { glue, imports } = await transpileComponent(component, mode);
  expect(glue.length).toBeLessThan(30_000);
  expect(glue).not.toMatch(/AsyncTask|createNewCurrentTask|_debugLog|manuallyAsync \?/);
  const suspends = glue.match(/new WebAssembly\.Suspending\(_trampoline\d+\)/g) ?? [];
  expect(suspends).toHaveLength(suspending);
  checkGlue(glue, imports);
});

/** One host function as jco writes it; `by` is where its task is made. */
function glueWith(by: string): string {
  return `
export function instantiate(getCoreModule, imports) {
  class AsyncTask {}
  function createNewCurrentTask() { return [new AsyncTask()]; }
  const _lowerImportBackwardsCompat = (meta) => meta.importFn(createNewCurrentTask());
  function _checkMayLeave(componentIdx) { if (componentIdx !== 7) throw new Error("may not leave"); }
  const { now } = imports['wasi:clocks/monotonic-clock'];
  const _trampoline0 = function() {
    const hostProvided = true;
    const [task] = createNewCurrentTask();
    ${by}
    let ret = _withGlobalCurrentTaskMeta({
      componentIdx: task.componentIdx(),
      taskID: task.id(),
      fn: () => _trackHostOperation(() => now()),
    })
    task.resolve([ret]);
    task.exit();
    return ret;
  }
  _trampoline0.fnName = 'now';
  let trampoline0 = _trampoline0.manuallyAsync ? new WebAssembly.Suspending(_suspendingImport(7, _lowerImportBackwardsCompat.bind(
  null,
  {
    componentIdx: 7,
    importFn: _trampoline0,
  },
  ))) : _lowerImportBackwardsCompat.bind(
  null,
  {
    componentIdx: 7,
    importFn: _trampoline0,
  },
  );
  return trampoline0;
}
`;
}

async function callNow(glue: string): Promise<unknown> {
  const address = `data:text/javascript,${encodeURIComponent(glue)}`;
  const { instantiate } = (await import(/* @vite-ignore */ address)) as {
    instantiate(this: void, getCoreModule: undefined, imports: unknown): () => unknown;
  };
  return instantiate(undefined, { "wasi:clocks/monotonic-clock": { now: () => 42 } })();
}

test("leanGlue() makes a call plain, and keeps the check of who may call", async () => {
  const glue = leanGlue(glueWith("const started = task.enterSync();"));
  expect(glue).not.toContain("Task");
  expect(await callNow(glue)).toBe(42);
  const other = glue.replace("_checkMayLeave(7)", "_checkMayLeave(8)");
  await expect(callNow(other)).rejects.toThrow("may not leave");
});

test("leanGlue() leaves a call of another shape as it is, with all that it needs", () => {
  const glue = leanGlue(glueWith("const started = task.enterLater();"));
  expect(glue).toContain("class AsyncTask");
  expect(glue).toContain("_trampoline0.manuallyAsync ?");
});

test("leanGlue() has empty texts take memory, by which the adapter tells where the next one begins", async () => {
  const environment = `
    (import "wasi:cli/environment@0.2.0" (instance $environment
      (export "get-environment" (func (result (list (tuple string string)))))))
    (core func $get-environment (canon lower (func $environment "get-environment")
      (memory (core memory $memory "memory")) (realloc (core func $memory "realloc"))))`;
  const component = await command(
    `(core module $code
      (import "wasi" "get" (func $get (param i32)))
      (func (export "run") (result i32) (call $get (i32.const 0)) i32.const 0))
    (core instance $main (instantiate $code
      (with "wasi" (instance (export "get" (func $get-environment))))))`,
    STREAM_IMPORTS + environment,
  );
  const { glue } = await transpileComponent(component, "shared-memory");
  expect(glue).toContain("function _utf8AllocateAndEncode(s,");
  expect(glue).not.toContain("if (s.length === 0)");
});

test("shakeGlue() leaves out what is not used, and keeps what does something", () => {
  const glue = [
    "const used = 1; // here",
    "const unused = new Map();",
    "const does = start();",
    "  function also() { return used; }",
    "also.fnName = 'x';",
    "class Gone {}",
    "Gone.prop = 3;",
    "let text = `one",
    "  two ${also()}`;",
    "_debugLog('a', { b: () => Gone });",
    "export { text };",
  ].join("\n");
  const lines = shakeGlue(glue).split("\n");
  expect(lines.filter((line) => line.trim() !== "")).toEqual([
    "const used = 1; ",
    "const does = start();",
    "function also() { return used; }",
    "also.fnName = 'x';",
    "let text = `one",
    "  two ${also()}`;",
    "export { text };",
  ]);
});

test("shakeGlue() refuses what is no module", () => {
  expect(() => shakeGlue("const = 1;")).toThrow(SyntaxError);
});
