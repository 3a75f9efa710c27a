/** What the word before the cursor could become: commands, variables, or files. */
import type { Completion } from "./line-editor.ts";
import type { Shell } from "./shell.ts";
import { FileError } from "./system.ts";
import { DECLARATIONS } from "./builtins/declare.ts";

const SPECIAL = /[\s\\'"$`*?[\](){}<>|&;!#~]/g;

export function complete(shell: Shell, line: string, cursor: number): Completion | undefined {
  const before = line.slice(0, cursor);
  const from = before.length - (/(?:\\.|[^\s\\|&;<>()'"`=])*$/s.exec(before)?.[0].length ?? 0);
  const typed = before.slice(from);
  if (/^\$\w*$/.test(typed)) {
    const names = shell.variables.names().map((name) => `$${name}`);
    return choose(
      names.filter((name) => name.startsWith(typed)),
      typed,
      from,
      " ",
    );
  }
  const isCommand = /(?:^|[|&;(]|\b(?:then|do|else|sudo|env|time|exec)\s)\s*$/.test(
    before.slice(0, from),
  );
  if (isCommand && !typed.includes("/")) {
    return choose(
      commandsOf(shell).filter((name) => name.startsWith(typed)),
      typed,
      from,
      " ",
    );
  }
  return completeFile(shell, typed, from);
}

function commandsOf(shell: Shell): string[] {
  const all = new Set([
    ...Object.keys(shell.builtins),
    ...DECLARATIONS,
    ...shell.functions.keys(),
    ...shell.aliases.keys(),
    ...shell.tools.names(),
  ]);
  for (const folder of (shell.variables.text("PATH") ?? "").split(":")) {
    for (const { name } of list(shell, folder)) all.add(name);
  }
  return [...all].sort();
}

function completeFile(shell: Shell, typed: string, from: number): Completion | undefined {
  const plain = typed.replace(/\\(.)/gs, "$1");
  const slash = plain.lastIndexOf("/") + 1;
  const folder = plain.slice(0, slash);
  const start = plain.slice(slash);
  const place = folder.replace(/^~(?=\/)/, shell.home);
  const found = list(shell, place === "" ? "." : place)
    .filter(
      ({ name }) => name.startsWith(start) && (start.startsWith(".") || !name.startsWith(".")),
    )
    .map(({ name, type }) => {
      const isFolder =
        type === "directory" ||
        (type === "link" &&
          shell.system.files.stat(shell.path(place + name))?.type === "directory");
      return `${folder}${name}${isFolder ? "/" : ""}`;
    })
    .sort();
  return choose(found, plain, from, " ", folder.length);
}

function list(shell: Shell, folder: string): readonly { name: string; type: string }[] {
  try {
    return shell.system.files.list(shell.path(folder));
  } catch (error) {
    if (error instanceof FileError) return [];
    throw error;
  }
}

function choose(
  found: readonly string[],
  typed: string,
  from: number,
  end: string,
  shownFrom = 0,
): Completion | undefined {
  const [first] = found;
  if (first === undefined) return undefined;
  const common = found.reduce((shared, one) => {
    let length = 0;
    while (length < shared.length && shared[length] === one[length]) length++;
    return shared.slice(0, length);
  });
  const isWhole = found.length === 1;
  const word = common.length >= typed.length ? common : typed;
  const escaped = word.replace(SPECIAL, (letter, at: number) =>
    at === 0 && "$~".includes(letter) ? letter : `\\${letter}`,
  );
  const choices = found.map((one) => one.slice(shownFrom));
  return { word: isWhole && !word.endsWith("/") ? escaped + end : escaped, from, choices };
}
