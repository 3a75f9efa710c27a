/** The world of TypeScript guests as one WIT text: WASI's packages as jco brings them, ours, and what is imported. */
import { readFile } from "node:fs/promises";
import { HOST_IMPORTS } from "../sdk/host-imports.ts";

const WASI_PACKAGES = ["io", "clocks", "random", "filesystem", "sockets", "cli"];
const WASI_VERSION = "0.2.12";

/** What driver.wat and preview1.wat ask for besides the SDK. */
const ENGINE_INTERFACES = [
  "cli/stderr",
  "clocks/wall-clock",
  "clocks/monotonic-clock",
  "random/random",
];

export async function worldText(): Promise<string> {
  const wasi = new URL(
    `../lib/wit/builtin/${WASI_VERSION}/`,
    import.meta.resolve("@bytecodealliance/jco"),
  );
  const files = [
    ...WASI_PACKAGES.map((name) => new URL(`wasi-${name}/package.wit`, wasi)),
    new URL("../../wit/streams.wit", import.meta.url),
  ];
  const packages = await Promise.all(files.map(async (file) => nest(await readFile(file, "utf8"))));
  const interfaces = new Set([
    ...Object.values(HOST_IMPORTS).map((wanted) => wanted.interface),
    ...ENGINE_INTERFACES.map((name) => `wasi:${name}@${WASI_VERSION}`),
  ]);
  return [
    "package wetware:guest@0.1.0;",
    ...packages,
    "world guest {",
    ...[...interfaces].map((name) => `  import ${name};`),
    `  export wasi:cli/run@${WASI_VERSION};`,
    "}",
  ].join("\n");
}

/** A file's package in braces, so that many fit into one text. */
function nest(text: string): string {
  return `${text.replace(/^package ([^;]+);$/m, "package $1 {")}\n}`;
}
