/**
 * Takes from jco's glue what it repeats: a cell reads all of it before it starts, at some 15 µs for each KB.
 *
 * Works on the text that `shakeGlue` leaves, without indentation. What is not found stays, and does no harm.
 */

/** The glue that does the same. */
export function tidyGlue(glue: string): string {
  const tables = new Map<string, string>();
  const short = shareLifting(glue)
    // Whether the imports are there was checked before (`checkGlue`).
    .replaceAll(UNDEFINED_IMPORT, "")
    .replaceAll(RETHROWN, "$1")
    .replaceAll(PROMISING, (whole, name: string) =>
      glue.split(name).length > 1 + PROMISING_NAMES ? whole : "",
    )
    .replaceAll(RESULT, "$1 = _toResult($2);\n")
    .replaceAll(ENUM, (_, result: string, value: string, cases: string, __, type: string) => {
      const named = toTable(cases);
      const table = tables.get(named) ?? `_cases${tables.size}`;
      tables.set(named, table);
      return `let ${result} = _toOrdinal(${table}, ${value}, '${type}');\n`;
    });
  const unmarked = dropUnread(
    dropUnread(short, ".fnName", FUNCTION_NAME, ""),
    "._jcoMaySuspend",
    MARKED,
    "$1",
  );
  const declared = [...tables].map(([named, table]) => `const ${table} = ${named};\n`);
  return `${unmarked}\n${declared.join("")}${HELPERS}`.replaceAll(/\n{2,}/g, "\n");
}

const UNDEFINED_IMPORT =
  /^if \((\S+)=== undefined\) \{\nconst err = new Error\(.*\);\nconsole\.error\("ERROR:", err\.toString\(\)\);\nthrow err;\n\}\n/gm;
const RETHROWN = /^try \{\n((?!try).*\n;?\n?)\} catch \(err\) \{\nthrow err;\n\}\n/gm;
/** A second allocator, which may suspend the guest, and how often its name is there where nobody uses it. */
const PROMISING =
  /^try \{\n(\w+Async) = WebAssembly\.promising\(.*\);\n\} catch ?\(err\) \{\n\1 = .*;\n\}\n/gm;
const PROMISING_NAMES = 3;

/** Where the functions that lift find what they need; glue without it has nothing to end, and lifts by itself. */
const BORROWS = /^let curResourceBorrows = \[\];\n/m;
/** A resource that the guest borrows, and that the host has not given as an object. */
const LIFTED =
  /^if \(!(\w+)\) \{\n\1 = Object\.create\((\S+)\.prototype\);\nObject\.defineProperty\(\1, symbolRscHandle, \{ writable: true, value: (\w+)\}\);\nObject\.defineProperty\(\1, symbolRscRep, \{ writable: true, value: (\w+)\}\);\n\}\n/gm;
const RESULT =
  /^(\w+) = (\w+) !== null && typeof \2 === 'object' && \(\2\.tag === 'ok' \|\| \2\.tag === 'err'\)\n\? \2\n: \{ tag: 'ok', val: \2\};\n/gm;
const BORROWS_END =
  /^for \(const entry of curResourceBorrows\) \{\nconst rsc = entry\.rsc \?\? entry;\nif \(entry\.drop\) \{\nif \(rsc\[symbolRscHandle\]\) \{\nentry\.drop\(rsc\[symbolRscHandle\]\);\n\}\n\}\nrsc\[symbolRscHandle\] = undefined;\n\}\ncurResourceBorrows = \[\];\n/gm;
const LIFTING = `function _lift(type, handle, rep) {
return Object.create(type.prototype, {
[symbolRscHandle]: { writable: true, value: handle },
[symbolRscRep]: { writable: true, value: rep },
});
}
function _endBorrows() {
for (const entry of curResourceBorrows) {
const rsc = entry.rsc ?? entry;
if (entry.drop && rsc[symbolRscHandle]) entry.drop(rsc[symbolRscHandle]);
rsc[symbolRscHandle] = undefined;
}
curResourceBorrows = [];
}
`;

/** An enum of the component's, as the host has it, becomes its ordinal. */
const ENUM =
  /^let (enum\d+);\nswitch \((val\d+)\) \{\n((?:case '[^']+': \{\nenum\d+ = \d+;\nbreak;\n\}\n)+)default: \{\nif \(\((\w+)\) instanceof Error\) \{\nconsole\.error\(\4\);\n\}\n+throw new TypeError\(`"\$\{\2\}" is not one of the cases of ([\w-]+)`\);\n\}\n\}\n/gm;
const ENUM_CASE = /^case '([^']+)': \{\nenum\d+ = (\d+);$/gm;
const HELPERS = `function _toResult(value) {
return value !== null && typeof value === 'object' && (value.tag === 'ok' || value.tag === 'err')
? value
: { tag: 'ok', val: value };
}
function _toOrdinal(cases, value, type) {
const ordinal = cases.get(value);
if (ordinal === undefined) throw new TypeError(\`"\${value}" is not one of the cases of \${type}\`);
return ordinal;
}
`;

/** Said of functions, and read only where calls are tasks. */
const FUNCTION_NAME = /^_trampoline\d+\.fnName = '.*';\n/gm;
const MARKED = /Object\.assign\(([^\n]+), \{ _jcoMaySuspend: (?:true|false) \}\)/g;

function shareLifting(glue: string): string {
  if (!BORROWS.test(glue)) return glue;
  return glue
    .replaceAll(LIFTED, "if (!$1) $1 = _lift($2, $3, $4);\n")
    .replaceAll(BORROWS_END, "_endBorrows();\n")
    .replace(BORROWS, (declared) => declared + LIFTING);
}

function toTable(cases: string): string {
  const entries = [...cases.matchAll(ENUM_CASE)].map(([, name = "", at = ""]) => [
    name,
    Number(at),
  ]);
  return `new Map(${JSON.stringify(entries)})`;
}

/** Replaces what sets a property where nothing reads it. */
function dropUnread(glue: string, property: string, set: RegExp, by: string): string {
  const dropped = glue.replaceAll(set, by);
  return dropped.includes(property) ? glue : dropped;
}
