/** Finds a program in the tree of a sandbox by its name, as a shell and `execve` do. */
import { createSequence, createTurns, decodeText, Exception, untilAborted } from "#base";
import type { Waiting } from "#base";
import type { FilesDevice, TreeFile } from "#caps";
import { COMPONENT_LIMIT_BYTES } from "../find-program.ts";

export interface WantedProgram {
  /** A path, or a name to look up on PATH. */
  readonly program: string;
  readonly argv0: string;
  readonly args: readonly string[];
  /** An absolute path. */
  readonly cwd: string;
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
}

export interface ReadyProgram {
  readonly path: string;
  /** Its bytes never change. */
  readonly component: Uint8Array;
  readonly argv0: string;
  readonly args: readonly string[];
}

const PIECE_BYTES = 1024 * 1024;
/** Pieces that are read before the thread takes a turn for other work. */
const TURN_PIECES = 8;
/** Bytes of a first line that Linux reads. */
const LINE_BYTES = 256;
/** How deep scripts may be nested, if the interpreter of a script is a script itself. */
const SCRIPT_LIMIT = 4;
const DEFAULT_PATH = "/usr/local/bin:/usr/bin:/bin";

export interface PathFinder {
  /** @throws {Exception} `failed` when there is no such program, or it is too large */
  find(wanted: WantedProgram, options: Waiting): Promise<ReadyProgram>;
}

/** Size of the LRU cache of programs: a shell starts the same programs again and again. */
const KEPT_BYTES = 64 * 1024 * 1024;

export function createPathFinder(files: FilesDevice): PathFinder {
  /** Components by file id, most recently used last. */
  const kept = new Map<string, Uint8Array>();
  const keep = (id: string, component: Uint8Array): void => {
    kept.delete(id);
    kept.set(id, component);
    let bytes = [...kept.values()].reduce((sum, { length }) => sum + length, 0);
    for (const [oldest, { length }] of kept) {
      if (bytes <= KEPT_BYTES) return;
      kept.delete(oldest);
      bytes -= length;
    }
  };
  const inTurn = createSequence();
  const readNow = async (file: TreeFile, path: string, options: Waiting): Promise<Uint8Array> => {
    options.signal?.throwIfAborted();
    const { id } = file;
    const component = kept.get(id) ?? (await readWhole(file, path, options));
    // If the file changed meanwhile, what was read may mix two versions, and must not be cached under this id.
    if (file.id === id) keep(id, component);
    return component;
  };
  /** Reads one program at a time, since a process may start any number of large programs at once. */
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
  return refuse(wanted.program, `scripts are nested more than ${SCRIPT_LIMIT} deep`);
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
  return refuse(program, "it was not found on PATH");
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
  // The file may have been truncated while it was read.
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
