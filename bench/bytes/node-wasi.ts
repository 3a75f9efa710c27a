/** Runs a program for preview 1 in `node:wasi`, with this computer's files: its path, then its arguments. */
import { readFile } from "node:fs/promises";
import { WASI } from "node:wasi";

const [path = "", ...args] = process.argv.slice(2);
const wasi = new WASI({ version: "preview1", args: ["bytes", ...args], preopens: { "/": "/" } });
const module = await WebAssembly.compile(await readFile(path));
wasi.start(await WebAssembly.instantiate(module, wasi.getImportObject() as WebAssembly.Imports));
