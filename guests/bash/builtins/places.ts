/** Builtins about directories and names of commands: `cd`, `pwd`, `pushd`, `type`, `command`, `alias` and others. */
import { describeFunction } from "../describe.ts";
import { Failure } from "../flow.ts";
import { normalizePath } from "../paths.ts";
import { findProgram } from "../programs.ts";
import { quoteText } from "../quote.ts";
import type { Shell } from "../shell.ts";
import { runArguments } from "../simple.ts";
import type { Builtin } from "../shell.ts";
import { DECLARATIONS } from "./declare.ts";

const KEYWORDS = new Set(
  "if then else elif fi case esac for while until do done in function time { } ! [[ ]]".split(" "),
);

export const cd: Builtin = async (shell, args) => {
  const [given, more] = args.filter((arg) => !/^-[LPe@]+$/.test(arg) && arg !== "--");
  if (more !== undefined) throw new Failure("too many arguments");
  let target = given ?? shell.variables.text("HOME");
  if (target === undefined) throw new Failure("HOME not set");
  let shows = false;
  if (target === "-") {
    target = shell.variables.text("OLDPWD");
    if (target === undefined) throw new Failure("OLDPWD not set");
    shows = true;
  }
  let path = normalizePath(shell.path(target));
  const search = shell.variables.text("CDPATH");
  if (search !== undefined && !/^\.{0,2}(\/|$)/.test(target) && search !== "") {
    for (const base of search.split(":")) {
      const tried = normalizePath(shell.path(`${base || "."}/${target}`));
      if (shell.system.files.stat(tried)?.type !== "directory") continue;
      path = tried;
      shows = base !== "" && base !== ".";
      break;
    }
  }
  if (target === "") return 0;
  enter(shell, path, target);
  if (shows) await shell.print(`${shell.cwd}\n`);
  return 0;
};

function enter(shell: Shell, path: string, said: string): void {
  const stat = shell.system.files.stat(path);
  if (stat === undefined) throw new Failure(`${said}: No such file or directory`);
  if (stat.type !== "directory") throw new Failure(`${said}: Not a directory`);
  shell.setDirectory(path);
}

export const pwd: Builtin = async (shell) => {
  await shell.print(`${shell.cwd}\n`);
  return 0;
};

const showStack = async (shell: Shell): Promise<number> => {
  const home = shell.home;
  const all = [shell.cwd, ...shell.directories].map((path) =>
    path === home || path.startsWith(`${home}/`) ? `~${path.slice(home.length)}` : path,
  );
  await shell.print(`${all.join(" ")}\n`);
  return 0;
};

export const dirs: Builtin = async (shell, [flag]) => {
  if (flag === "-c") shell.directories = [];
  else return await showStack(shell);
  return 0;
};

export const pushd: Builtin = async (shell, [target]) => {
  const before = shell.cwd;
  if (target === undefined) {
    const next = shell.directories[0];
    if (next === undefined) throw new Failure("no other directory");
    enter(shell, next, next);
    shell.directories[0] = before;
  } else {
    enter(shell, normalizePath(shell.path(target)), target);
    shell.directories.unshift(before);
  }
  return await showStack(shell);
};

export const popd: Builtin = async (shell) => {
  const next = shell.directories.shift();
  if (next === undefined) throw new Failure("directory stack empty");
  enter(shell, next, next);
  return await showStack(shell);
};

type Kind = "alias" | "keyword" | "function" | "builtin" | "file";

function find(shell: Shell, name: string): { kind: Kind; path?: string | undefined } | undefined {
  if (shell.aliases.has(name) && shell.isInteractive) return { kind: "alias" };
  if (KEYWORDS.has(name)) return { kind: "keyword" };
  if (shell.functions.has(name)) return { kind: "function" };
  if (isBuiltin(shell, name)) return { kind: "builtin" };
  const program = findProgram(shell, name);
  if (program !== undefined) return { kind: "file", path: program.path };
  return shell.tools.has(name) ? { kind: "file", path: `/bin/${name}` } : undefined;
}

function isBuiltin(shell: Shell, name: string): boolean {
  return Object.hasOwn(shell.builtins, name) || DECLARATIONS.has(name);
}

export const type: Builtin = async (shell, args) => {
  const flags = args.filter((arg) => /^-[tpPaf]+$/.test(arg)).join("");
  let status = 0;
  for (const name of args.filter((arg) => !/^-[tpPaf]+$/.test(arg))) {
    const found = flags.includes("P")
      ? { kind: "file" as const, path: findProgram(shell, name)?.path }
      : find(shell, name);
    if (found === undefined || (flags.includes("P") && found.path === undefined)) {
      status = 1;
      if (!/[tpP]/.test(flags)) await shell.complain(`type: ${name}: not found`);
    } else if (flags.includes("t")) await shell.print(`${found.kind}\n`);
    else if (flags.includes("p") || flags.includes("P")) {
      if (found.path !== undefined) await shell.print(`${found.path}\n`);
    } else await shell.print(describe(shell, name, found.kind, found.path));
  }
  return status;
};

function describe(shell: Shell, name: string, kind: Kind, path: string | undefined): string {
  if (kind === "alias") return `${name} is aliased to \`${shell.aliases.get(name) ?? ""}'\n`;
  if (kind === "keyword") return `${name} is a shell keyword\n`;
  if (kind === "builtin") return `${name} is a shell builtin\n`;
  if (kind === "file") return `${name} is ${path ?? name}\n`;
  const definition = shell.functions.get(name);
  return `${name} is a function\n${definition === undefined ? "" : describeFunction(definition)}\n`;
}

export const command: Builtin = async (shell, args) => {
  let at = 0;
  let flags = "";
  for (; /^-[pvV]+$/.test(args[at] ?? ""); at++) flags += args[at];
  if (args[at] === "--") at++;
  const words = args.slice(at);
  if (flags.includes("V")) return await type(shell, words);
  if (!flags.includes("v"))
    return words.length === 0 ? 0 : await runArguments(shell, words, { skipFunctions: true });
  let status = 0;
  for (const name of words) {
    const found = find(shell, name);
    if (found === undefined) status = 1;
    else if (found.kind === "alias")
      await shell.print(`alias ${name}=${quoteText(shell.aliases.get(name) ?? "")}\n`);
    else await shell.print(`${found.kind === "file" ? (found.path ?? name) : name}\n`);
  }
  return status;
};

export const builtin: Builtin = async (shell, args) => {
  const [name] = args;
  if (name === undefined) return 0;
  if (!isBuiltin(shell, name)) throw new Failure(`${name}: not a shell builtin`);
  return await runArguments(shell, args, { skipFunctions: true });
};

export const which: Builtin = async (shell, args) => {
  let status = 0;
  for (const name of args.filter((arg) => !arg.startsWith("-"))) {
    const path =
      findProgram(shell, name)?.path ?? (shell.tools.has(name) ? `/bin/${name}` : undefined);
    if (path === undefined) status = 1;
    else await shell.print(`${path}\n`);
  }
  return status;
};

export const hash: Builtin = async (shell, args) => {
  if (args.length === 0) await shell.print("hash: hash table empty\n");
  return 0;
};

export const alias: Builtin = async (shell, args) => {
  const show = async (name: string): Promise<number> => {
    const value = shell.aliases.get(name);
    if (value === undefined) {
      await shell.complain(`alias: ${name}: not found`);
      return 1;
    }
    await shell.print(`alias ${name}=${quoteText(value)}\n`);
    return 0;
  };
  let status = 0;
  for (const arg of args.length > 0 ? args : [...shell.aliases.keys()].sort()) {
    const at = arg.indexOf("=");
    if (at > 0) shell.aliases.set(arg.slice(0, at), arg.slice(at + 1));
    else if (arg !== "-p") status = (await show(arg)) || status;
  }
  return status;
};

export const unalias: Builtin = async (shell, args) => {
  let status = 0;
  for (const arg of args) {
    if (arg === "-a") shell.aliases.clear();
    else if (!shell.aliases.delete(arg)) {
      await shell.complain(`unalias: ${arg}: not found`);
      status = 1;
    }
  }
  return status;
};
