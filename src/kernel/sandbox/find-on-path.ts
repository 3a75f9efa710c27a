/** From the name of a program to its bytes in the tree of a sandbox, as a shell and a system do it. */
import { createSequence, createTurns, decodeText, Exception, untilAborted } from "#base";
import type { Waiting } from "#base";
import type { FilesDevice, TreeFile } from "#caps";
import { COMPONENT_LIMIT_BYTES } from "../find-program.ts";

export interface WantedProgram {
  /** A path, or a name to be found on PATH. */
  readonly program: string;
  readonly argv0: string;
  readonly args: readonly string[];
  /** An absolute path. */
  readonly cwd: string;
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
}

export interface ReadyProgram {
  readonly path: string;
  /** Never changes. */
  readonly component: Uint8Array;
  readonly argv0: string;
  readonly args: readonly string[];
}

const PIECE_BYTES = 1024 * 1024;
/** Between them, the thread does other things. */
const TURN_PIECES = 8;
/** What Linux reads of a first line. */
const LINE_BYTES = 256;
/** An interpreter that is a script itself, and so on. */
const SCRIPT_LIMIT = 4;
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

export interface PathFinder {
  /** @throws {Exception} `failed`, in a sentence, when there is no such program */
  find(wanted: WantedProgram, options: Waiting): Promise<ReadyProgram>;
}

/** Programs that were read are kept, up to so many bytes: a shell starts the same ones again and again. */
const KEPT_BYTES = 64 * 1024 * 1024;

export function createPathFinder(files: FilesDevice): PathFinder {
  /** By the ids of their files, the latest used last. */
  const kept = new Map<string, Uint8Array>();
  const keep = (id: string, component: Uint8Array): void => {
    kept.delete(id);
    kept.set(id, component);
    let bytes = [...kept.values()].reduce((sum, each) => sum + each.length, 0);
    for (const [oldest, each] of kept) {
      if (bytes <= KEPT_BYTES) return;
      kept.delete(oldest);
      bytes -= each.length;
    }
  };
  const inTurn = createSequence();
  const readNow = async (file: TreeFile, path: string, options: Waiting): Promise<Uint8Array> => {
    options.signal?.throwIfAborted();
    const { id } = file;
    const component = kept.get(id) ?? (await readWhole(file, path, options));
    // What was written meanwhile is part of it, or not: it is not what has this id.
    if (file.id === id) keep(id, component);
    return component;
  };
  /** One after the other: a process may start as many large programs at once as it likes. */
  const read = async (file: TreeFile, path: string, options: Waiting): Promise<Uint8Array> => {
    const known = kept.get(file.id);
    if (known !== undefined) {
      keep(file.id, known);
      return known;
    }
    const turn = inTurn(() => readNow(file, path, options));
    return await (options.signal === undefined ? turn : untilAborted(turn, options.signal));
  };
  return { find: (wanted, options) => findProgram(files, wanted, { ...options, read }) };
}

interface ReadOptions extends Waiting {
  readonly read: (file: TreeFile, path: string, options: Waiting) => Promise<Uint8Array>;
}

async function findProgram(
  files: FilesDevice,
  wanted: WantedProgram,
  options: ReadOptions,
): Promise<ReadyProgram> {
  let { program, argv0, args } = wanted;
  for (let scripts = 0; scripts <= SCRIPT_LIMIT; scripts++) {
    const path = searchPath(files, program, wanted);
    using file = openProgram(files, path);
    const start = await file.read(0, Math.min(LINE_BYTES, file.sizeBytes), options);
    const line = /^#![ \t]*([^\0\n]*[^\0\n\s])/.exec(decodeText(start))?.[1];
    if (line === undefined) {
      return { path, component: await options.read(file, path, options), argv0, args };
    }
    const [interpreter, argument] = splitOnce(line);
    args = [...(argument === undefined ? [] : [argument]), path, ...args];
    program = interpreter;
    argv0 = interpreter;
  }
  return refuse(wanted.program, "its interpreter is a script, and so on");
}

function searchPath(files: FilesDevice, program: string, { cwd, env }: WantedProgram): string {
  if (program === "") return refuse(program, "it has no name");
  if (program.includes("/")) return program.startsWith("/") ? program : joinPath(cwd, program);
  const folders = env.findLast(([name]) => name === "PATH")?.[1] ?? DEFAULT_PATH;
  for (const folder of folders.split(":")) {
    const path = joinPath(folder.startsWith("/") ? folder : joinPath(cwd, folder), program);
    const found = files.stat(path, true);
    if (typeof found !== "string" && found.type === "file") return path;
  }
  return refuse(program, "no folder of PATH has it");
}

function openProgram(files: FilesDevice, path: string): TreeFile {
  const file = files.read(path);
  if (typeof file !== "string") return file;
  const why = file === "no-entry" ? "there is no such file" : file;
  return refuse(path, file === "is-directory" ? "it is a directory" : why);
}

async function readWhole(file: TreeFile, path: string, options: Waiting): Promise<Uint8Array> {
  if (file.sizeBytes > COMPONENT_LIMIT_BYTES) {
    refuse(path, `it has ${file.sizeBytes} bytes, and at most ${COMPONENT_LIMIT_BYTES} can be run`);
  }
  const turn = createTurns(TURN_PIECES);
  const component = new Uint8Array(file.sizeBytes);
  let at = 0;
  while (at < component.length) {
    const piece = await file.read(at, Math.min(PIECE_BYTES, component.length - at), options);
    if (piece.length === 0) break;
    component.set(piece, at);
    at += piece.length;
    await turn();
  }
  // It may have been cut while it was read.
  return at < component.length ? component.slice(0, at) : component;
}

function splitOnce(line: string): readonly [string, string?] {
  const at = line.search(/[ \t]/);
  return at === -1 ? [line] : [line.slice(0, at), line.slice(at).trim()];
}

function joinPath(folder: string, path: string): string {
  return folder.endsWith("/") ? folder + path : `${folder}/${path}`;
}

function refuse(program: string, why: string): never {
  throw new Exception("failed", `Cannot start "${program.slice(0, 200)}": ${why}`);
}
