/**
 * Makes jco's glue start sooner and call faster: most of it is for what no component here does.
 *
 * jco writes each call of a host function as a task of the component model's asynchronous future. That costs six times
 * what the call does, in code that every cell must read before it starts. A command of WASI 0.2 has one task, its run,
 * and under it one call at a time; so calls are made plain, and what nobody uses then goes.
 *
 * What is changed is known from the text of the pinned jco. A call of another shape than expected stays as it is, with
 * all that it needs.
 */
import { shakeGlue } from "./shake-glue.ts";
import { tidyGlue } from "./tidy-glue.ts";

/** The glue of the same component, for the same imports. */
export function leanGlue(glue: string): string {
  const components = new Map<string, string>();
  for (const [whole, name = ""] of glue.matchAll(WRAPPER)) {
    const component = COMPONENT.exec(whole)?.[1];
    if (component !== undefined) components.set(name, component);
  }
  const plain = new Set<string>();
  const lean = glue
    .replace(CREATE, (start) => start + LIMIT)
    .replace(EMPTY_TEXT, "")
    .replaceAll(TRAMPOLINE, (whole, name: string) => {
      const component = components.get(name);
      const made = component === undefined ? whole : makePlain(whole, component);
      if (NEEDS_TASK.test(made)) return whole;
      plain.add(name);
      return made;
    })
    .replaceAll(WRAPPER, (whole, name: string) => {
      if (!plain.has(name)) return whole;
      const suspends = glue.includes(`  _${name}.manuallyAsync = true;\n`);
      return `  let ${name} = ${suspends ? `new WebAssembly.Suspending(_${name})` : `_${name}`};\n`;
    })
    .replaceAll(RUN, (_, isAsync: string | undefined, name: string, core: string) =>
      isAsync === undefined ? plainRun(name, "", core) : plainRun(`async ${name}`, "await ", core),
    );
  return tidyGlue(shakeGlue(lean));
}

/** A host function as the core calls it: it lifts, calls, and lowers the result. */
const TRAMPOLINE =
  /^ {2}const _(trampoline\d+) = (?:async )?function\([^)]*\) \{\n[\s\S]*?^ {2}\}\n {2}_\1\.fnName = .*;\n/gm;
/** What makes a task of it; it is either of two, by whether the function may suspend. */
const WRAPPER =
  /^ {2}let (trampoline\d+) = _\1\.manuallyAsync \? new WebAssembly\.Suspending\([\s\S]*?^ {2}\)\)\) : _lowerImportBackwardsCompat\.bind\([\s\S]*?^ {2}\);\n/gm;
const COMPONENT = /^ +componentIdx: (\d+),$/m;
const RUN =
  /^ {2}(async )?function (run)\(\) \{\n(?:(?! {2}\}\n).*\n)*? +entryFnName: '(\w+Run)',\n(?:(?! {2}\}\n).*\n)* {2}\}\n/gm;
/** Where every resource that the guest holds gets its handle; two numbers for each. */
const CREATE = /^ {2}function rscTableCreateOwn\(table, rep\) \{\n/m;
/** Of one kind; the specification has no error for more, and what each takes is counted nowhere else. */
const RESOURCE_LIMIT = 16 * 1024;
const LIMIT = `    if (table.length > ${RESOURCE_LIMIT * 2}) {
      throw new WebAssemblyRuntimeError("more than ${RESOURCE_LIMIT} resources of one kind are held");
    }
`;
/** An empty text takes no memory from the guest, which tells by that where the next one begins. */
const EMPTY_TEXT = /^ *if \(s\.length === 0\) \{ return \{ ptr: 1, len: 0 \}; \}\n/m;
const NEEDS_TASK = /\b(?:task|subtask|parentTask|getOrCreateAsyncState|_withGlobalCurrent\w+)\b/;

function makePlain(trampoline: string, component: string): string {
  return trampoline
    .replace("{\n", `{\n    _checkMayLeave(${component});\n`)
    .replace(
      /^ +const hostProvided = true;\n[\s\S]*?^ +const started = (?:task\.enterSync\(\);\n|await task\.enter\([\s\S]*?throw new Error\("failed to enter task"\);\n +\}\n)/m,
      "",
    )
    .replace(
      /_withGlobalCurrentTaskMeta(?:Async)?\(\{\s+componentIdx: task\.componentIdx\(\),\s+taskID: task\.id\(\),\s+fn: \(\) => _trackHostOperation\(\(\) => (.*)\),\n\s+\}\)/,
      "$1",
    )
    .replaceAll(/^ +_debugLog\([\s\S]*?\);\n/gm, "")
    .replaceAll("return task.completionPromise();", "throw err;")
    .replaceAll(/^ +task\.(?:resolve|exit|setErrored|reject)\(.*\);\n/gm, "")
    .replaceAll(
      /getOrCreateAsyncState\(\d+\)\.markTrapped\(e\)/g,
      "e instanceof WebAssemblyRuntimeError",
    )
    .replaceAll(/^ +getOrCreateAsyncState\(\d+\)\.markTrapped\(err\);\n/gm, "");
}

/** `wasi:cli/run`: 0 is ok, 1 the error without a value. */
function plainRun(name: string, wait: string, core: string): string {
  return `  ${name.replace("run", "function run")}() {
    const result = ${wait}${core}();
    if (result === 1) throw new ComponentError(undefined);
    if (result !== 0) throw new TypeError("Run gave neither ok nor an error");
  }
`;
}
