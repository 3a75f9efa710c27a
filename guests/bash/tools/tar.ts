/** `tar`: archives in the format of POSIX, also compressed. @see pax(1), ustar */
import { gunzipSync, gzipSync } from "fflate";
import { concatBytes } from "#base";
import { Failure } from "../flow.ts";
import { joinPath, nameOf, normalizePath, parentOf } from "../paths.ts";
import { openFile } from "../redirect.ts";
import type { Builtin, Shell } from "../shell.ts";
import { FileError } from "../system.ts";
import { toBytes, toText } from "../text.ts";

const BLOCK = 512;
const NAME_BYTES = 100;
const MEMBER_LIMIT = 1_000_000;

interface Options {
  mode: "c" | "x" | "t" | undefined;
  file: string;
  gzips: boolean;
  tells: boolean;
  toOutput: boolean;
  strip: number;
  directory: string;
  names: string[];
  excluded: string[];
}

export const tar: Builtin = async (shell, args) => {
  let options: Options;
  try {
    options = parse(args);
    if (options.mode === undefined) throw new Failure("You must specify one of the '-ctx' options");
    const inside = shell.path(options.directory);
    if (shell.system.files.stat(inside)?.type !== "directory") {
      throw new Failure(`${options.directory}: Cannot open: No such file or directory`);
    }
    if (options.mode === "c") return await create(shell, options, inside);
    return await unpack(shell, options, inside);
  } catch (error) {
    if (!(error instanceof Failure) && !(error instanceof FileError)) throw error;
    await shell.warn(`tar: ${error.message}\n`);
    return 2;
  }
};

function parse(args: readonly string[]): Options {
  const options: Options = {
    mode: undefined,
    file: "-",
    gzips: false,
    tells: false,
    toOutput: false,
    strip: 0,
    directory: ".",
    names: [],
    excluded: [],
  };
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    const long = /^--([\w-]+)(?:=(.*))?$/.exec(arg);
    const value = (): string => long?.[2] ?? args[++at] ?? "";
    if (long !== null) {
      const name = long[1] ?? "";
      if (name === "create" || name === "extract" || name === "list")
        options.mode = { create: "c", extract: "x", list: "t" }[name] as Options["mode"];
      else if (name === "file") options.file = value();
      else if (name === "gzip") options.gzips = true;
      else if (name === "verbose") options.tells = true;
      else if (name === "to-stdout") options.toOutput = true;
      else if (name === "directory") options.directory = value();
      else if (name === "exclude") options.excluded.push(value());
      else if (name === "strip-components") options.strip = Number(value());
      else throw new Failure(`unrecognized option '${arg}'`);
    } else if (arg.startsWith("-") || at === 0) {
      for (const letter of arg.replace(/^-/, "")) {
        if (letter === "c" || letter === "x" || letter === "t") options.mode = letter;
        else if (letter === "z") options.gzips = true;
        else if (letter === "v") options.tells = true;
        else if (letter === "O") options.toOutput = true;
        else if (letter === "f") options.file = args[++at] ?? "";
        else if (letter === "C") options.directory = args[++at] ?? "";
        else if (!"pkmoaPh".includes(letter)) throw new Failure(`invalid option -- '${letter}'`);
      }
    } else options.names.push(arg);
  }
  return options;
}

const octal = (value: number, length: number): string =>
  `${Math.floor(value)
    .toString(8)
    .padStart(length - 1, "0")}\0`;

function header(
  name: string,
  sizeBytes: number,
  modifiedMs: number,
  kind: string,
  target = "",
): Uint8Array {
  const block = new Uint8Array(BLOCK);
  const put = (text: string, at: number, length: number): void =>
    block.set(toBytes(text).subarray(0, length), at);
  put(name, 0, NAME_BYTES);
  put(octal(kind === "5" ? 0o755 : 0o644, 8), 100, 8);
  put(octal(0, 8), 108, 8);
  put(octal(0, 8), 116, 8);
  put(octal(sizeBytes, 12), 124, 12);
  put(octal(modifiedMs / 1000, 12), 136, 12);
  put("        ", 148, 8);
  put(kind, 156, 1);
  put(target, 157, NAME_BYTES);
  put("ustar\x0000", 257, 8);
  const sum = block.reduce((total, byte) => total + byte, 0);
  put(`${sum.toString(8).padStart(6, "0")}\0 `, 148, 8);
  return block;
}

/** A name of more than a hundred bytes comes in a member of its own, as GNU has it. */
function* members(
  name: string,
  sizeBytes: number,
  modifiedMs: number,
  kind: string,
  target?: string,
): Generator<Uint8Array> {
  const bytes = toBytes(name);
  if (bytes.length > NAME_BYTES) {
    yield header("././@LongLink", bytes.length + 1, 0, "L");
    yield pad(concatBytes([bytes, new Uint8Array(1)]));
  }
  yield header(name, sizeBytes, modifiedMs, kind, target);
}

function pad(bytes: Uint8Array): Uint8Array {
  const rest = bytes.length % BLOCK;
  return rest === 0 ? bytes : concatBytes([bytes, new Uint8Array(BLOCK - rest)]);
}

async function create(shell: Shell, options: Options, inside: string): Promise<number> {
  const { files } = shell.system;
  const parts: Uint8Array[] = [];
  let status = 0;
  const told: string[] = [];
  const add = (name: string): void => {
    if (options.excluded.some((one) => one === name || one === nameOf(name))) return;
    const path = normalizePath(joinPath(inside, name));
    const stat = files.stat(path, false);
    if (stat === undefined) throw new Failure(`${name}: Cannot stat: No such file or directory`);
    const stored = name.replace(/^\/+/, "");
    if (stat.type === "directory") {
      const folder = stored.endsWith("/") ? stored : `${stored}/`;
      told.push(folder);
      if (folder !== "/") parts.push(...members(folder, 0, stat.modifiedMs, "5"));
      const names = files
        .list(path)
        .map((entry) => entry.name)
        .toSorted();
      for (const one of names) add(`${name.replace(/\/$/, "")}/${one}`);
      return;
    }
    told.push(stored);
    if (stat.type === "link") {
      parts.push(...members(stored, 0, stat.modifiedMs, "2", files.readLink(path)));
      return;
    }
    const file = files.open(path, { read: true });
    try {
      const bytes = file.read(0, Math.max(1, file.sizeBytes()));
      parts.push(...members(stored, bytes.length, stat.modifiedMs, "0"), pad(bytes));
    } finally {
      file.close();
    }
  };
  for (const name of options.names) {
    try {
      add(name);
    } catch (error) {
      if (!(error instanceof Failure) && !(error instanceof FileError)) throw error;
      await shell.warn(`tar: ${error.message}\n`);
      status = 2;
    }
  }
  parts.push(new Uint8Array(2 * BLOCK));
  const whole = concatBytes(parts);
  const bytes = options.gzips || /\.t?gz$/.test(options.file) ? gzipSync(whole) : whole;
  const output = options.file === "-" ? shell.file(1).share() : openFile(shell, options.file, ">");
  try {
    await output.write(bytes, { signal: shell.signal });
  } finally {
    output.close();
  }
  if (options.tells) {
    const lines = told.map((name) => `${name}\n`).join("");
    if (options.file === "-") await shell.warn(lines);
    else await shell.print(lines);
  }
  return status;
}

interface Member {
  readonly name: string;
  readonly kind: string;
  readonly target: string;
  readonly modifiedMs: number;
  readonly bytes: Uint8Array;
}

function* read(bytes: Uint8Array): Generator<Member> {
  let long: string | undefined;
  for (let at = 0, count = 0; at + BLOCK <= bytes.length && count < MEMBER_LIMIT; count++) {
    const block = bytes.subarray(at, at + BLOCK);
    if (block.every((byte) => byte === 0)) return;
    const field = (from: number, length: number): string => {
      const part = block.subarray(from, from + length);
      const end = part.indexOf(0);
      return toText(end < 0 ? part : part.subarray(0, end));
    };
    const sizeBytes = parseInt(field(124, 12).trim() || "0", 8);
    const contents = bytes.subarray(at + BLOCK, at + BLOCK + sizeBytes);
    if (contents.length < sizeBytes) throw new Failure("Unexpected EOF in archive");
    at += BLOCK + Math.ceil(sizeBytes / BLOCK) * BLOCK;
    const kind = field(156, 1) || "0";
    if (kind === "L") {
      long = toText(contents).replace(/\0.*$/s, "");
      continue;
    }
    if (kind === "x") {
      long = /\d+ path=(.*)\n/.exec(toText(contents))?.[1] ?? long;
      continue;
    }
    if (kind === "g") continue;
    const prefix = field(257, 5) === "ustar" ? field(345, 155) : "";
    const name =
      long ?? (prefix === "" ? field(0, NAME_BYTES) : `${prefix}/${field(0, NAME_BYTES)}`);
    long = undefined;
    const modifiedMs = parseInt(field(136, 12).trim() || "0", 8) * 1000;
    yield { name, kind, target: field(157, NAME_BYTES), modifiedMs, bytes: contents };
  }
}

async function unpack(shell: Shell, options: Options, inside: string): Promise<number> {
  const input = options.file === "-" ? shell.file(0).share() : openFile(shell, options.file, "<");
  let bytes: Uint8Array;
  try {
    bytes = await input.readAll({ signal: shell.signal });
  } finally {
    input.close();
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes);
  for (const member of read(bytes)) {
    const isWanted =
      options.names.length === 0 ||
      options.names.some(
        (name) =>
          member.name === name ||
          member.name.startsWith(`${name.replace(/\/$/, "")}/`) ||
          member.name === `${name}/`,
      );
    if (!isWanted) continue;
    if (options.mode === "t" || options.tells) await shell.print(`${member.name}\n`);
    if (options.mode === "t") continue;
    if (options.toOutput) await shell.file(1).write(member.bytes, { signal: shell.signal });
    else extract(shell, member, options, inside);
  }
  return 0;
}

/** Nothing is written outside of the directory. */
function extract(
  shell: Shell,
  { name, kind, target, modifiedMs, bytes }: Member,
  { strip }: Options,
  inside: string,
): void {
  const { files } = shell.system;
  const names = name
    .split("/")
    .filter((one) => one !== "" && one !== ".")
    .slice(strip);
  if (names.length === 0) return;
  if (names.includes("..")) throw new Failure(`${name}: Member name contains '..'`);
  const path = joinPath(inside, names.join("/"));
  const makeAll = (folder: string): void => {
    const stat = files.stat(folder, false);
    if (stat?.type === "directory" || folder === inside) return;
    if (stat?.type === "link" && folder.length > inside.length) {
      throw new Failure(`${name}: Cannot extract through a link`);
    }
    makeAll(parentOf(folder));
    files.makeDirectory(folder);
  };
  if (kind === "5") return makeAll(path);
  makeAll(parentOf(path));
  if (files.stat(path, false) !== undefined) files.removeFile(path);
  if (kind === "2") return files.makeLink(target, path);
  const file = files.open(path, { write: true, create: true, truncate: true });
  try {
    file.write(0, bytes);
  } finally {
    file.close();
  }
  files.setModified(path, modifiedMs);
}
