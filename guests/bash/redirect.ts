/** Redirections: descriptors for the time of a command. */
import type { Redirection, Word } from "./ast.ts";
import { assignText } from "./assign.ts";
import { expandText, expandWords } from "./expand.ts";
import { Failure } from "./flow.ts";
import { fromBytes, fromHandle, openDevice, type OpenFile } from "./open-files.ts";
import { closeFiles, shareFiles, type Shell } from "./shell.ts";
import { FileError } from "./system.ts";
import { toBytes } from "./text.ts";

/** The first of those that `{name}>file` takes. */
const FIRST_FREE = 10;

/** Runs with the redirections, then puts back what was there; a redirection that fails is status 1. */
export async function withRedirections(
  shell: Shell,
  redirections: readonly Redirection[],
  run: () => Promise<number>,
): Promise<number> {
  if (redirections.length === 0) {
    shell.isFinal = false;
    return await run();
  }
  if (shell.isFinal) {
    // Nobody waits for the end of what it does not hold.
    shell.isFinal = false;
    await redirect(shell, redirections);
    return await run();
  }
  const before = shell.files;
  shell.files = shareFiles(before);
  const after = shell.files;
  try {
    try {
      await redirect(shell, redirections);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      // It is said where the shell's own errors go.
      shell.files = before;
      await shell.complain(error.message);
      shell.files = after;
      return error.status;
    }
    return await run();
  } finally {
    closeFiles(shell.files);
    shell.files = before;
  }
}

/** Changes the shell's own descriptors. */
export async function redirect(shell: Shell, redirections: readonly Redirection[]): Promise<void> {
  for (const redirection of redirections) await redirectOne(shell, redirection);
}

async function redirectOne(shell: Shell, redirection: Redirection): Promise<void> {
  const { operator, target, fdVariable } = redirection;
  const isInput = operator.startsWith("<");
  let number = redirection.fd ?? (isInput ? 0 : 1);
  if (fdVariable !== undefined) {
    const isClosed = target.type === "Word" && (await expandText(shell, target)) === "-";
    if (isClosed) number = Number(shell.variables.text(fdVariable) ?? -1);
    else {
      number = FIRST_FREE;
      while (shell.files.has(number)) number++;
      await assignText(shell, fdVariable, `${number}`);
    }
  }
  if (target.type === "HereDoc") {
    const text = await expandText(shell, target.content);
    const lines = target.stripTabs ? text.replace(/^\t+/gm, "") : text;
    place(shell, number, fromBytes(toBytes(lines)));
  } else if (operator === "<<<") {
    place(shell, number, fromBytes(toBytes(`${await expandText(shell, target)}\n`)));
  } else if (operator === ">&" || operator === "<&") {
    await duplicate(shell, number, redirection, target);
  } else if (operator === "&>" || operator === "&>>") {
    const file = openFile(shell, await toPath(shell, target), operator === "&>" ? ">" : ">>");
    place(shell, 1, file);
    place(shell, 2, file.share());
  } else {
    place(shell, number, openFile(shell, await toPath(shell, target), operator));
  }
}

async function toPath(shell: Shell, word: Word): Promise<string> {
  const found = await expandWords(shell, [word]);
  const [path] = found;
  if (path === undefined || found.length > 1) {
    throw new Failure(`${await expandText(shell, word)}: ambiguous redirect`);
  }
  return path;
}

async function duplicate(
  shell: Shell,
  number: number,
  { operator, fd }: Redirection,
  target: Word,
): Promise<void> {
  const text = await expandText(shell, target);
  if (text === "-") {
    shell.files.get(number)?.close();
    shell.files.delete(number);
    return;
  }
  const move = /^(\d+)(-?)$/.exec(text);
  if (move === null) {
    // `>&file` is both outputs.
    if (operator === "<&" || fd !== null) throw new Failure(`${text}: ambiguous redirect`);
    const file = openFile(shell, text, ">");
    place(shell, 1, file);
    return place(shell, 2, file.share());
  }
  const from = Number(move[1]);
  const file = shell.files.get(from);
  if (file === undefined) throw new Failure(`${from}: Bad file descriptor`);
  if (from !== number) place(shell, number, file.share());
  if (move[2] === "-") {
    shell.files.get(from)?.close();
    shell.files.delete(from);
  }
}

function place(shell: Shell, number: number, file: OpenFile): void {
  shell.files.get(number)?.close();
  shell.files.set(number, file);
}

/** @throws {Failure} with what bash says */
export function openFile(shell: Shell, text: string, operator: string): OpenFile {
  const path = shell.path(text);
  const numbered = /^\/dev\/(?:fd\/(\d+)|(stdin)|(stdout)|(stderr))$/.exec(path);
  if (numbered !== null) {
    const number = numbered[1] ?? (numbered[2] ? "0" : numbered[3] ? "1" : "2");
    const file = shell.files.get(Number(number));
    if (file === undefined) throw new Failure(`${text}: No such file or directory`);
    return file.share();
  }
  if (path === "/dev/tty") {
    const file = [...shell.files.values()].find(({ isTerminal }) => isTerminal);
    if (file === undefined) throw new Failure(`${text}: No such device or address`);
    return file.share();
  }
  const device = openDevice(path, shell.system);
  if (device !== undefined) return device;
  const { files } = shell.system;
  try {
    if (text === "") throw new FileError("ENOENT");
    if (operator === "<") {
      if (files.stat(path)?.type === "directory" && text.endsWith("/."))
        throw new FileError("EISDIR");
      return fromHandle(files.open(path, { read: true }), false);
    }
    if (operator === "<>") {
      return fromHandle(files.open(path, { read: true, write: true, create: true }), false);
    }
    if (operator === ">>") return fromHandle(files.open(path, { write: true, create: true }), true);
    if (operator === ">" && shell.options.has("noclobber") && files.stat(path)?.type === "file") {
      throw new Failure(`${text}: cannot overwrite existing file`);
    }
    const mode = { write: true, create: true, truncate: true };
    return fromHandle(files.open(path, mode), false);
  } catch (error) {
    if (error instanceof FileError) throw new Failure(`${text}: ${error.message}`);
    throw error;
  }
}
