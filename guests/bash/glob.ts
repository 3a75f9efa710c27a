/** Names of files that match a pattern. */
import { hasMagic, toRegExp, unescapePattern } from "./pattern.ts";
import type { Shell } from "./shell.ts";
import { FileError } from "./system.ts";

/** In order; relative if the pattern is. */
export function expandGlob(pattern: string, shell: Shell): string[] {
  const names = splitNames(pattern);
  const isAbsolute = pattern.startsWith("/");
  const found = findBelow(shell, isAbsolute ? "/" : "", names);
  const all = [...new Set(found)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  return pattern.endsWith("/") ? all.map((path) => `${path}/`) : all;
}

/** At slashes; a run of them is one. */
function splitNames(pattern: string): string[] {
  return pattern.split("/").filter((name) => name !== "");
}

function findBelow(shell: Shell, base: string, names: readonly string[]): string[] {
  const [name, ...rest] = names;
  if (name === undefined) return [base];
  const at = (found: string): string =>
    base === "" ? found : base === "/" ? `/${found}` : `${base}/${found}`;
  if (name === "**" && shell.shopt.has("globstar")) {
    const below = listDirectories(shell, base).flatMap((found) =>
      findBelow(shell, at(found), names),
    );
    if (rest.length > 0) return [...findBelow(shell, base, rest), ...below];
    const here = listNames(shell, base).filter((found) => !found.startsWith("."));
    return [...(base === "" ? [] : [base]), ...here.map(at), ...below];
  }
  if (!hasMagic(name)) {
    const path = at(unescapePattern(name));
    if (rest.length > 0) return isDirectory(shell, path) ? findBelow(shell, path, rest) : [];
    return shell.system.files.stat(shell.path(path), false) === undefined ? [] : [path];
  }
  const regExp = toRegExp(name, {
    forPaths: true,
    isExtended: true,
    ignoreCase: shell.shopt.has("nocaseglob"),
  });
  const showsHidden = name.startsWith(".") || name.startsWith("\\.") || shell.shopt.has("dotglob");
  return listNames(shell, base)
    .filter((found) => (showsHidden || !found.startsWith(".")) && regExp.test(found))
    .flatMap((found) => {
      if (rest.length === 0) return [at(found)];
      return isDirectory(shell, at(found)) ? findBelow(shell, at(found), rest) : [];
    });
}

function listNames(shell: Shell, base: string): string[] {
  return listEntries(shell, base).map(({ name }) => name);
}

function listDirectories(shell: Shell, base: string): string[] {
  return listEntries(shell, base)
    .filter(({ name, type }) => type === "directory" && !name.startsWith("."))
    .map(({ name }) => name);
}

function listEntries(
  shell: Shell,
  base: string,
): readonly { readonly name: string; readonly type: string }[] {
  try {
    return shell.system.files.list(shell.path(base === "" ? "." : base));
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

function isDirectory(shell: Shell, path: string): boolean {
  return shell.system.files.stat(shell.path(path))?.type === "directory";
}
