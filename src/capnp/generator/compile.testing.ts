/** Schemas written in a test, compiled by the reference implementation's compiler and loaded as generated code. */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { stripTypeScriptTypes } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import * as runtime from "../runtime/index.ts";
import { generate } from "./generate.ts";

/** Whether Debian's package `capnproto` is installed. */
export function hasCapnp(): boolean {
  try {
    execFileSync("capnp", ["--version"]);
    return true;
  } catch {
    return false;
  }
}

/** A folder with these files, by name, that is removed when disposed. */
export function createFolder(files: Readonly<Record<string, string>>): Disposable & {
  readonly path: string;
} {
  const path = mkdtempSync(join(tmpdir(), "ww-capnp-"));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true });
    writeFileSync(join(path, name), text);
  }
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true }) };
}

/** The compiler's output for schemas, by file name. @param asked the files to generate code for; all by default */
export function compile(
  files: Readonly<Record<string, string>>,
  asked: readonly string[] = Object.keys(files),
): Uint8Array {
  using folder = createFolder(files);
  const names = asked.map((name) => join(folder.path, name));
  return capnp(["compile", "-o-", `--src-prefix=${folder.path}`, ...names], "");
}

/** The exports of one schema's module, with types stripped. */
export function load(schema: string): Record<string, unknown> {
  const [file] = generate(compile({ "test.capnp": schema }), "runtime");
  const code = stripTypeScriptTypes(file?.text ?? "")
    .replace(/^import .*$/m, "")
    .replaceAll(/^export (const|function) /gm, "$1 ");
  const names = [...code.matchAll(/^(?:const|function) ([A-Za-z0-9_]+)/gm)].map(([, name]) => name);
  // oxlint-disable-next-line typescript/no-implied-eval, no-new-func -- generated a line above, from a schema in a test
  return new Function("$", `${code}; return { ${names.join(", ")} };`)(runtime) as Record<
    string,
    unknown
  >;
}

/** Runs `capnp`. @returns what it prints */
export function capnp(args: readonly string[], input: Uint8Array | string): Uint8Array {
  return execFileSync("capnp", args, { input, stdio: "pipe", maxBuffer: 64 * 1024 * 1024 });
}
