/** Turns statements back into text, for `jobs` and `type`. */
import { serialize } from "just-bash";
import type { CommandOf, Statement } from "./ast.ts";

export function describeStatement(statement: Statement): string {
  const plain = { ...statement, background: false };
  return serialize({ type: "Script", statements: [plain] }).trim();
}

/** A function's definition. */
export function describeFunction(definition: CommandOf<"FunctionDef">): string {
  const pipeline = { type: "Pipeline" as const, commands: [definition], negated: false };
  return serialize({
    type: "Script",
    statements: [{ type: "Statement", pipelines: [pipeline], operators: [], background: false }],
  }).trim();
}
