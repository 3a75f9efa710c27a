/** The parser's syntax tree by the names used here. */
import { parse, type ScriptNode, type StatementNode, type WordNode } from "just-bash";
import type { CommandNode, PipelineNode, SimpleCommandNode } from "just-bash";

export type Script = ScriptNode;
export type Statement = StatementNode;
export type Pipeline = PipelineNode;
export type Command = CommandNode;
export type SimpleCommand = SimpleCommandNode;
export type Word = WordNode;
export type Part = WordNode["parts"][number];
export type PartOf<Type extends Part["type"]> = Extract<Part, { type: Type }>;
export type CommandOf<Type extends Command["type"]> = Extract<Command, { type: Type }>;
export type Operation = NonNullable<PartOf<"ParameterExpansion">["operation"]>;
export type OperationOf<Type extends Operation["type"]> = Extract<Operation, { type: Type }>;
export type Arithmetic = PartOf<"ArithmeticExpansion">["expression"];
export type ArithmeticTerm = Arithmetic["expression"];
export type Condition = CommandOf<"ConditionalCommand">["expression"];
export type Redirection = SimpleCommandNode["redirections"][number];
export type Assignment = SimpleCommandNode["assignments"][number];

/** A script that cannot be read. */
export class SyntaxProblem extends Error {
  /** More text could complete it. */
  readonly isIncomplete: boolean;
  readonly line: number;
  constructor(message: string, line: number, isIncomplete: boolean) {
    super(message);
    this.name = "SyntaxProblem";
    this.line = line;
    this.isIncomplete = isIncomplete;
  }
}

interface ParserError {
  readonly line?: number;
  readonly token?: { readonly type: string; readonly value: string };
}

/** @throws {SyntaxProblem} */
export function parseScript(text: string): Script {
  try {
    return parse(text);
  } catch (error) {
    const spelled = spellShifts(text);
    if (spelled !== text) return parseScript(spelled);
    const { line = 1, token } = error as ParserError;
    const message = (error as Error).message
      .replace(/^Parse error at [\d:]+: /, "")
      .replace(/^line \d+: /, "");
    const ended = token?.type === "EOF" || message.includes("unexpected EOF");
    const said = token?.type === "EOF" ? "syntax error: unexpected end of file" : message;
    throw new SyntaxProblem(said, line, ended);
  }
}

/** Whether here-documents in it were closed, and no line goes on. */
export function isComplete(text: string, script: Script): boolean {
  if (/(^|[^\\])(\\\\)*\\\n?$/.test(text)) return false;
  return !JSON.stringify(script).includes('"terminated":false');
}

const arithmetics = new Map<string, Arithmetic>();

/** An arithmetic expression that is known only when it is evaluated. */
export function parseArithmetic(text: string): Arithmetic {
  const known = arithmetics.get(text);
  if (known !== undefined) return known;
  const command = parseScript(`: $((${text}))`).statements[0]?.pipelines[0]?.commands[0];
  const part = command?.type === "SimpleCommand" ? command.args[0]?.parts[0] : undefined;
  if (part?.type !== "ArithmeticExpansion") {
    throw new SyntaxProblem("syntax error in expression", 1, false);
  }
  if (arithmetics.size > 1000) arithmetics.clear();
  arithmetics.set(text, part.expression);
  return part.expression;
}

/** The word's text if nothing in it is expanded or quoted. */
export function literalOf(word: Word): string | undefined {
  let text = "";
  for (const part of word.parts) {
    if (part.type === "Literal") text += part.value;
    else if (part.type === "Glob" && word.parts.length === 1) text += part.pattern;
    else return undefined;
  }
  return text;
}

/** The parser takes `((a << b))` for a here-document: the same as `let`. */
function spellShifts(text: string): string {
  return text.replace(/(^|[^$(\w])\(\(([^\n"]*?<<[^\n"]*?)\)\)/g, '$1let "$2"');
}
