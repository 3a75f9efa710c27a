import { expect, test } from "vitest";
import { tidyGlue } from "./tidy-glue.ts";

/** As jco writes them, and `shakeGlue` leaves them. */
const ENUM = `let enum3;
switch (val3) {
case 'read-only': {
enum3 = 0;
break;
}
case 'busy': {
enum3 = 1;
break;
}
default: {
if ((e) instanceof Error) {
console.error(e);
}

throw new TypeError(\`"\${val3}" is not one of the cases of error-code\`);
}
}
`;
const GLUE = `const symbolRscHandle = Symbol('handle');
const symbolRscRep = Symbol.for('cabiRep');
export const instantiate = (function(imports) {
let curResourceBorrows = [];
const { call } = imports['a:b/c'];
if (call=== undefined) {
const err = new Error("unexpectedly undefined instance import 'call', was 'call' available at instantiation?");
console.error("ERROR:", err.toString());
throw err;
}
const _trampoline1 = function(rsc0, val3) {
if (!rsc0) {
rsc0 = Object.create(imports.Type.prototype);
Object.defineProperty(rsc0, symbolRscHandle, { writable: true, value: handle1});
Object.defineProperty(rsc0, symbolRscRep, { writable: true, value: rep2});
}
curResourceBorrows.push(rsc0);
let ret;
try {
const hostRet3 = call(rsc0)
;
ret = hostRet3 !== null && typeof hostRet3 === 'object' && (hostRet3.tag === 'ok' || hostRet3.tag === 'err')
? hostRet3
: { tag: 'ok', val: hostRet3};
} catch (e) {
ret = { tag: 'err', val: e };
}
for (const entry of curResourceBorrows) {
const rsc = entry.rsc ?? entry;
if (entry.drop) {
if (rsc[symbolRscHandle]) {
entry.drop(rsc[symbolRscHandle]);
}
}
rsc[symbolRscHandle] = undefined;
}
curResourceBorrows = [];
try {
ret = call(ret)
;
} catch (err) {
throw err;
}
const e = val3;
${ENUM}return { ret, enum3 };
}
_trampoline1.fnName = 'a:b/c#call';
let realloc0Async;
try {
realloc0Async = WebAssembly.promising(imports.realloc);
} catch(err) {
realloc0Async = imports.realloc;
}
const handle1 = 7;
const rep2 = 8;
return Object.assign(_trampoline1, { _jcoMaySuspend: false });
});
`;

interface Called {
  readonly ret: unknown;
  readonly enum3: number;
}

async function load(
  glue: string,
  call: (given: unknown) => unknown,
): Promise<(resource: unknown, value: string) => Called> {
  const address = `data:text/javascript,${encodeURIComponent(glue)}`;
  const { instantiate } = (await import(/* @vite-ignore */ address)) as {
    instantiate(this: void, imports: object): (resource: unknown, value: string) => Called;
  };
  return instantiate({ Type: Map, "a:b/c": { call } });
}

test("tidyGlue() leaves what does the same in less", async () => {
  const tidy = tidyGlue(GLUE);
  expect(tidy).not.toMatch(
    /unexpectedly|throw err|case 'busy'|fnName|_jcoMaySuspend|promising|\n\n/,
  );
  expect(tidy.match(/for \(const entry/g)).toHaveLength(1);
  for (const glue of [GLUE, tidy]) {
    const seen: unknown[] = [];
    const called = await load(glue, (given) => {
      seen.push(given);
      const symbols = Object.getOwnPropertySymbols(given);
      return seen.length === 1
        ? symbols.map((symbol) => Reflect.get(Object(given), symbol))
        : given;
    });
    expect(called(undefined, "busy")).toEqual({ ret: { tag: "ok", val: [7, 8] }, enum3: 1 });
    // The borrow has ended.
    const [handle] = Object.getOwnPropertySymbols(seen[0]);
    expect(Reflect.get(Object(seen[0]), handle ?? "")).toBeUndefined();
    expect(() => called({}, "toString")).toThrow(
      new TypeError('"toString" is not one of the cases of error-code'),
    );
  }
});

test("tidyGlue() needs no borrows to be declared", async () => {
  const tidy = tidyGlue(
    GLUE.replace("let curResourceBorrows = [];\n", "var curResourceBorrows = [];\n"),
  );
  expect(tidy).toContain("_toResult(hostRet3)");
  const called = await load(tidy, () => 5);
  expect(called(undefined, "busy").enum3).toBe(1);
});

test("tidyGlue() tells results that have a tag from values", async () => {
  const called = await load(tidyGlue(GLUE), (given) => given);
  expect(called({ tag: "err", val: 1 }, "busy").ret).toMatchObject({ tag: "err", val: 1 });
  expect(called({ tag: "other" }, "busy").ret).toMatchObject({ tag: "ok", val: { tag: "other" } });
});

test("tidyGlue() keeps one table for enums of the same cases", () => {
  const tidy = tidyGlue(`${ENUM}${ENUM.replaceAll("3", "4")}${ENUM.replaceAll("busy", "full")}`);
  expect(tidy.match(/new Map/g)).toHaveLength(2);
  expect(tidy).toContain(`let enum4 = _toOrdinal(_cases0, val4, 'error-code');`);
});

test("tidyGlue() keeps the marks that somebody reads", () => {
  const glue = `${GLUE}console.log(x.fnName, x._jcoMaySuspend, realloc0Async);\n`;
  expect(tidyGlue(glue)).toContain("realloc0Async = WebAssembly.promising(imports.realloc);");
  expect(tidyGlue(glue)).toContain("_trampoline1.fnName = 'a:b/c#call';");
  expect(tidyGlue(glue)).toContain("Object.assign(_trampoline1, { _jcoMaySuspend: false })");
});

test("tidyGlue() leaves alone what is of another shape", () => {
  const other = GLUE.replaceAll("console.error", "console.warn").replace(
    "entry.rsc ?? entry",
    "entry",
  );
  const tidy = tidyGlue(other);
  expect(tidy).toContain("unexpectedly undefined");
  expect(tidy).toContain("case 'busy'");
  expect(tidy.match(/for \(const entry/g)).toHaveLength(2);
});
