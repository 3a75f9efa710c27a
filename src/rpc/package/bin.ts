/** The program `gen`. */
import { buffer } from "node:stream/consumers";
import { parseArgs } from "node:util";
import { compileSchemas, generateModules, writeModules } from "./gen.ts";

const USAGE = `gen generates TypeScript from Cap'n Proto schemas.

  gen [--out <folder>] [--src-prefix <folder>] [-I <folder>]... <schema>...
  capnp compile -o- <schema>... | gen [--out <folder>]

  --out <folder>         folder for the modules; "." by default
  --src-prefix <folder>  prefix removed from the paths of schemas
  -I <folder>            where imports that begin with "/" are searched
  --runtime <specifier>  module specifier of the runtime
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      out: { type: "string", default: "." },
      "src-prefix": { type: "string" },
      import: { type: "string", short: "I", multiple: true, default: [] },
      runtime: { type: "string" },
      help: { type: "boolean", short: "h" },
    },
  });
  if (values.help === true || (positionals.length === 0 && process.stdin.isTTY)) {
    process.stdout.write(USAGE);
    return values.help === true ? 0 : 2;
  }
  const { "src-prefix": prefix, import: imports, runtime, out } = values;
  const request =
    positionals.length === 0
      ? await buffer(process.stdin)
      : compileSchemas([
          ...(prefix === undefined ? [] : [`--src-prefix=${prefix}`]),
          ...imports.map((folder) => `-I${folder}`),
          ...positionals,
        ]);
  if (request.length === 0) throw new Error("Cannot generate: standard input is empty");
  const modules = generateModules(request, runtime === undefined ? {} : { runtime });
  for (const path of writeModules(modules, out)) console.log(path);
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
