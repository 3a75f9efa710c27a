/** Control structures, groups, subshells, and definitions of functions. */
import type { Command, CommandOf, Statement } from "./ast.ts";
import { evaluate } from "./arithmetic.ts";
import { testCondition } from "./conditional.ts";
import { expandPattern, expandText, expandWords } from "./expand.ts";
import { Jump } from "./flow.ts";
import { matches } from "./pattern.ts";
import { runProcess } from "./process.ts";
import { withRedirections } from "./redirect.ts";
import type { Shell } from "./shell.ts";

type Compound = Exclude<Command, CommandOf<"SimpleCommand">>;

export async function runCompound(shell: Shell, command: Compound): Promise<number> {
  if (command.type === "FunctionDef") {
    shell.functions.set(command.name, command);
    return 0;
  }
  return await withRedirections(shell, command.redirections, () => run(shell, command));
}

async function run(
  shell: Shell,
  command: Exclude<Compound, CommandOf<"FunctionDef">>,
): Promise<number> {
  switch (command.type) {
    case "If":
      for (const { condition, body } of command.clauses) {
        if (await test(shell, condition)) return await runBody(shell, body);
      }
      return command.elseBody === null ? 0 : await runBody(shell, command.elseBody);
    case "While":
    case "Until": {
      const wanted = command.type === "While";
      return await loop(shell, command.body, {
        goesOn: async () => (await test(shell, command.condition)) === wanted,
      });
    }
    case "For": {
      const values =
        command.words === null ? [...shell.args] : await expandWords(shell, command.words);
      let at = 0;
      return await loop(shell, command.body, {
        goesOn: async () => {
          if (at === values.length) return false;
          shell.variables.set(command.variable, values[at++] ?? "");
          return true;
        },
      });
    }
    case "CStyleFor":
      if (command.init !== null) await evaluate(shell, command.init);
      return await loop(shell, command.body, {
        goesOn: async () =>
          command.condition === null || (await evaluate(shell, command.condition)) !== 0n,
        next: async () => {
          if (command.update !== null) await evaluate(shell, command.update);
        },
      });
    case "Case":
      return await runCase(shell, command);
    case "Group":
      return await runBody(shell, command.body);
    case "Subshell":
      return await runProcess(shell.fork(), command.body);
    case "ArithmeticCommand":
      return (await evaluate(shell, command.expression)) === 0n ? 1 : 0;
    case "ConditionalCommand":
      return (await testCondition(shell, command.expression)) ? 0 : 1;
  }
}

async function runBody(shell: Shell, body: readonly Statement[]): Promise<number> {
  if (body.length === 0) return 0;
  return await shell.core.runStatements(shell, body);
}

async function test(shell: Shell, condition: readonly Statement[]): Promise<boolean> {
  shell.tested++;
  try {
    return (await shell.core.runStatements(shell, condition)) === 0;
  } finally {
    shell.tested--;
  }
}

interface Turns {
  readonly goesOn: () => Promise<boolean>;
  readonly next?: () => Promise<void>;
}

async function loop(shell: Shell, body: readonly Statement[], turns: Turns): Promise<number> {
  let status = 0;
  shell.loops++;
  try {
    for (;;) {
      try {
        await shell.step();
        if (!(await turns.goesOn())) return status;
        status = await shell.core.runStatements(shell, body);
      } catch (error) {
        if (!(error instanceof Jump)) throw error;
        if (--error.levels > 0 && shell.loops > 1) throw error;
        status = 0;
        if (error.kind === "break") return 0;
      }
      await turns.next?.();
    }
  } finally {
    shell.loops--;
  }
}

async function runCase(shell: Shell, { word, items }: CommandOf<"Case">): Promise<number> {
  const text = await expandText(shell, word);
  let status = 0;
  let falls = false;
  for (const { patterns, body, terminator } of items) {
    let found = falls;
    for (const pattern of patterns) {
      if (found) break;
      const ignoreCase = shell.shopt.has("nocasematch");
      found = matches(await expandPattern(shell, pattern), text, { ignoreCase });
    }
    if (!found) continue;
    status = await runBody(shell, body);
    if (terminator === ";;") return status;
    falls = terminator === ";&";
  }
  return status;
}
