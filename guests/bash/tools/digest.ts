/** `base64`, and the digests: `md5sum`, `sha1sum`, `sha256sum`, `sha512sum`. */
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { sha256, sha512 } from "@noble/hashes/sha2.js";
import { concatBytes } from "#base";
import type { OpenFile } from "../open-files.ts";
import type { Builtin, Shell } from "../shell.ts";
import { toBytes, toText } from "../text.ts";
import { eachInput } from "./copying.ts";

const PIECE_BYTES = 64 * 1024;
const HASHES = { md5, sha1, sha256, sha512 };
/** A multiple of three bytes is a whole number of letters. */
const GROUP_BYTES = 3 * 4096;

async function hash(
  file: OpenFile,
  name: keyof typeof HASHES,
  signal: AbortSignal,
): Promise<string> {
  const running = HASHES[name].create();
  for (;;) {
    const bytes = await file.read(PIECE_BYTES, { signal });
    if (bytes.length === 0) break;
    running.update(bytes);
  }
  return Array.from(running.digest(), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

const sums =
  (name: keyof typeof HASHES): Builtin =>
  async (shell, args) => {
    const tool = `${name}sum`;
    const checks = args.includes("-c") || args.includes("--check");
    const names = args.filter((arg) => arg === "-" || !arg.startsWith("-"));
    if (checks) return await check(shell, tool, name, names);
    return await eachInput(shell, tool, names, async (file, path) => {
      await shell.print(`${await hash(file, name, shell.signal)}  ${path}\n`);
    });
  };

async function check(
  shell: Shell,
  tool: string,
  name: keyof typeof HASHES,
  lists: readonly string[],
): Promise<number> {
  let failed = 0;
  const status = await eachInput(shell, tool, lists, async (list) => {
    const lines = toText(await list.readAll({ signal: shell.signal })).split("\n");
    for (const line of lines) {
      const [, wanted, path = ""] = /^([0-9a-f]+) [ *](.+)$/.exec(line) ?? [];
      if (wanted === undefined) continue;
      let found: string | undefined;
      await eachInput(shell, tool, [path], async (file) => {
        found = await hash(file, name, shell.signal);
      });
      if (found !== wanted) failed++;
      await shell.print(`${path}: ${found === wanted ? "OK" : "FAILED"}\n`);
    }
  });
  if (failed > 0) await shell.warn(`${tool}: WARNING: ${failed} computed checksum did NOT match\n`);
  return failed > 0 ? 1 : status;
}

export const md5sum: Builtin = sums("md5");
export const sha1sum: Builtin = sums("sha1");
export const sha256sum: Builtin = sums("sha256");
export const sha512sum: Builtin = sums("sha512");

const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

function encode(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += 3) {
    const [a = 0, b = 0, c = 0] = bytes.subarray(at, at + 3);
    const whole = (a << 16) | (b << 8) | c;
    const left = bytes.length - at;
    text += `${LETTERS[whole >> 18]}${LETTERS[(whole >> 12) & 63]}`;
    text += left > 1 ? LETTERS[(whole >> 6) & 63] : "=";
    text += left > 2 ? LETTERS[whole & 63] : "=";
  }
  return text;
}

/** Decodes base64; `undefined` for other text. */
function decode(text: string): Uint8Array | undefined {
  const letters = text.replace(/=+$/, "");
  const bytes: number[] = [];
  let held = 0;
  let bits = 0;
  for (const letter of letters) {
    const value = LETTERS.indexOf(letter);
    if (value < 0) return undefined;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push((held >> bits) & 0xff);
  }
  return Uint8Array.from(bytes);
}

export const base64: Builtin = async (shell, args) => {
  let width = 76;
  let decodes = false;
  const names: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (arg === "-d" || arg === "-D" || arg === "--decode") decodes = true;
    else if (arg === "-w") width = Number(args[++at]);
    else if (/^(-w|--wrap=)\d+$/.test(arg)) width = Number(arg.replace(/^(-w|--wrap=)/, ""));
    else if (arg === "-" || !arg.startsWith("-")) names.push(arg);
  }
  let isBad = false;
  const status = await eachInput(shell, "base64", names, async (file) => {
    if (decodes) {
      const text = toText(await file.readAll({ signal: shell.signal })).replace(/\s/g, "");
      const bytes = decode(text);
      isBad = bytes === undefined;
      if (bytes !== undefined) await shell.file(1).write(bytes, { signal: shell.signal });
      return;
    }
    let held: Uint8Array = new Uint8Array(0);
    let column = 0;
    for (;;) {
      const bytes = await file.read(PIECE_BYTES, { signal: shell.signal });
      const all = concatBytes([held, bytes]);
      const end = bytes.length === 0 ? all.length : all.length - (all.length % GROUP_BYTES);
      let line = "";
      for (const letter of encode(all.subarray(0, end))) {
        if (width > 0 && column === width) {
          line += "\n";
          column = 0;
        }
        line += letter;
        column++;
      }
      held = all.slice(end);
      if (bytes.length === 0 && column > 0 && width > 0) line += "\n";
      await shell.file(1).write(toBytes(line), { signal: shell.signal });
      if (bytes.length === 0) return;
    }
  });
  if (isBad) await shell.warn("base64: invalid input\n");
  return isBad ? 1 : status;
};
