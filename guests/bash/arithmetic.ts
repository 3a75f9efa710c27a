/** Arithmetic in 64 bits, as bash does it. */
import { parseArithmetic, parseScript, type Arithmetic, type ArithmeticTerm } from "./ast.ts";
import { Failure } from "./flow.ts";
import { toPlain } from "./pieces.ts";
import type { Shell } from "./shell.ts";
import { expandText } from "./expand.ts";
import { assignElement, readElement } from "./assign.ts";

const DEPTH_LIMIT = 200;

export async function evaluate(shell: Shell, parsed: Arithmetic): Promise<bigint> {
  return await new Evaluation(shell).value(repair(parsed).expression);
}

/** The parser takes operators of commands apart, and keeps no digits beyond those of a double. */
function repair(parsed: Arithmetic): Arithmetic {
  const known = repaired.get(parsed);
  if (known !== undefined) return known;
  const whole = repairOnce(parsed);
  repaired.set(parsed, whole);
  return whole;
}

const repaired = new WeakMap<Arithmetic, Arithmetic>();

function repairOnce(parsed: Arithmetic): Arithmetic {
  const text = parsed.originalText ?? "";
  const whole = text.replace(/([<>]{1,2}) +=/g, "$1=");
  const isBroken = parsed.expression.type === "ArithSyntaxError" && whole !== text;
  const spelled = spellLong(whole);
  return isBroken || spelled !== whole ? parseArithmetic(spelled) : parsed;
}

function spellLong(text: string): string {
  return text.replace(/(?<![\w#])([1-9]\d{6,})(\d{9})(?!\w)/g, "($1*1000000000+10#$2)");
}

/** The value of a text, as for subscripts and `let`. */
export async function evaluateText(shell: Shell, text: string, depth = 0): Promise<bigint> {
  const trimmed = text.trim();
  if (trimmed === "") return 0n;
  if (/^-?(0|[1-9]\d*)$/.test(trimmed)) return BigInt.asIntN(64, BigInt(trimmed));
  if (depth > DEPTH_LIMIT) throw new Failure(`${text}: expression recursion level exceeded`);
  let parsed: Arithmetic;
  try {
    parsed = parseArithmetic(spellLong(trimmed));
  } catch {
    throw new Failure(`${text}: syntax error: operand expected (error token is "${trimmed}")`);
  }
  return await new Evaluation(shell, depth).value(parsed.expression);
}

class Evaluation {
  readonly #shell: Shell;
  readonly #depth: number;

  constructor(shell: Shell, depth = 0) {
    this.#shell = shell;
    this.#depth = depth;
  }

  async value(term: ArithmeticTerm): Promise<bigint> {
    switch (term.type) {
      case "ArithNumber":
        if (Number.isNaN(term.value)) throw new Failure("value too great for base");
        return BigInt.asIntN(64, BigInt(Math.trunc(term.value)));
      case "ArithVariable":
        return await this.#read(term.name);
      case "ArithSpecialVar":
        return await this.#parameter(term.name);
      case "ArithBracedExpansion":
        return await this.#text(`\${${term.content}}`);
      case "ArithCommandSubst":
        return await this.#text(`$(${term.command})`);
      case "ArithGroup":
      case "ArithNested":
        return await this.value(term.expression);
      case "ArithUnary":
        return await this.#unary(term);
      case "ArithBinary":
        return await this.#binary(term);
      case "ArithTernary":
        return (await this.value(term.condition)) !== 0n
          ? await this.value(term.consequent)
          : await this.value(term.alternate);
      case "ArithAssignment": {
        const key =
          term.stringKey ?? (term.subscript && (await this.#key(term.variable, term.subscript)));
        return await this.#assign(term.variable, key, term.operator, term.value);
      }
      case "ArithArrayElement": {
        const key =
          term.stringKey ?? (term.index && (await this.#key(term.array, term.index))) ?? 0;
        return await this.#number(readElement(this.#shell, term.array, key) ?? "");
      }
      case "ArithSingleQuote":
        return BigInt(Math.trunc(term.value));
      case "ArithDynamicBase":
        return await this.#text(`$((\${${term.baseExpr}}#${term.value}))`);
      case "ArithConcat": {
        let text = "";
        for (const part of term.parts) text += await this.#asText(part);
        return await evaluateText(this.#shell, text, this.#depth + 1);
      }
      case "ArithDynamicNumber":
        return await this.#text(`${term.prefix}${term.suffix}`);
      case "ArithDynamicAssignment": {
        const name = await this.#asText(term.target);
        const key = term.subscript && (await this.#key(name, term.subscript));
        return await this.#assign(name, key, term.operator, term.value);
      }
      case "ArithDynamicElement": {
        const name = await this.#asText(term.nameExpr);
        const key = await this.#key(name, term.subscript);
        return await this.#number(readElement(this.#shell, name, key) ?? "");
      }
      case "ArithSyntaxError":
        throw new Failure(`${term.message} (error token is "${term.errorToken}")`);
      case "ArithDoubleSubscript":
      case "ArithNumberSubscript":
        throw new Failure("syntax error: invalid arithmetic operator");
    }
  }

  async #asText(term: ArithmeticTerm): Promise<string> {
    if (term.type === "ArithVariable" && term.hasDollarPrefix !== true) return term.name;
    if (term.type === "ArithNumber") return `${term.value}`;
    if (term.type === "ArithVariable" || term.type === "ArithSpecialVar") {
      return toPlain(await this.#shell.core.expandParameter(this.#shell, plain(term.name), true));
    }
    if (term.type === "ArithBracedExpansion") return await this.#expand(`\${${term.content}}`);
    return `${await this.value(term)}`;
  }

  async #expand(text: string): Promise<string> {
    const command = parseScript(`: "${text}"`).statements[0]?.pipelines[0]?.commands[0];
    const word = command?.type === "SimpleCommand" ? command.args[0] : undefined;
    return word === undefined ? "" : await expandText(this.#shell, word);
  }

  async #text(text: string): Promise<bigint> {
    return await this.#number(await this.#expand(text));
  }

  async #number(text: string): Promise<bigint> {
    return await evaluateText(this.#shell, text, this.#depth + 1);
  }

  async #parameter(name: string): Promise<bigint> {
    return await this.#number(
      toPlain(await this.#shell.core.expandParameter(this.#shell, plain(name), true)),
    );
  }

  async #read(name: string): Promise<bigint> {
    const held = this.#shell.variables.text(name);
    // Mostly it is a small number.
    if (held !== undefined && /^(0|[1-9]\d{0,14})$/.test(held)) return BigInt(held);
    if (!/^[A-Za-z_]/.test(name)) return await this.#parameter(name);
    const text = toPlain(await this.#shell.core.expandParameter(this.#shell, plain(name), true));
    return await this.#number(text);
  }

  async #key(name: string, subscript: ArithmeticTerm): Promise<string | number> {
    const isAssociative = this.#shell.variables.find(name)?.isAssociative === true;
    if (isAssociative) return await this.#asText(subscript);
    return Number(await this.value(subscript));
  }

  async #assign(
    name: string,
    key: string | number | undefined,
    operator: string,
    value: ArithmeticTerm,
  ): Promise<bigint> {
    const right = await this.value(value);
    let result = right;
    if (operator !== "=") {
      const old =
        key === undefined
          ? await this.#read(name)
          : await this.#number(readElement(this.#shell, name, key) ?? "");
      result = combine(operator.slice(0, -1), old, right);
    }
    this.#write(name, key, result);
    return result;
  }

  #write(name: string, key: string | number | undefined, value: bigint): void {
    if (key === undefined) this.#shell.variables.set(name, `${value}`);
    else assignElement(this.#shell, name, key, `${value}`);
  }

  async #unary(term: Extract<ArithmeticTerm, { type: "ArithUnary" }>): Promise<bigint> {
    const { operator, operand, prefix } = term;
    if (operator === "++" || operator === "--") {
      const old = await this.value(operand);
      const result = BigInt.asIntN(64, operator === "++" ? old + 1n : old - 1n);
      if (operand.type === "ArithVariable") this.#write(operand.name, undefined, result);
      else if (operand.type === "ArithArrayElement") {
        const key =
          operand.stringKey ??
          (operand.index && (await this.#key(operand.array, operand.index))) ??
          0;
        this.#write(operand.array, key, result);
      } else throw new Failure("syntax error: operand expected");
      return prefix ? result : old;
    }
    const value = await this.value(operand);
    if (operator === "-") return BigInt.asIntN(64, -value);
    if (operator === "!") return value === 0n ? 1n : 0n;
    return operator === "~" ? ~value : value;
  }

  async #binary(term: Extract<ArithmeticTerm, { type: "ArithBinary" }>): Promise<bigint> {
    const left = await this.value(term.left);
    if (term.operator === "&&") {
      return left !== 0n && (await this.value(term.right)) !== 0n ? 1n : 0n;
    }
    if (term.operator === "||") {
      return left !== 0n || (await this.value(term.right)) !== 0n ? 1n : 0n;
    }
    return combine(term.operator, left, await this.value(term.right));
  }
}

function plain(parameter: string): {
  type: "ParameterExpansion";
  parameter: string;
  operation: null;
} {
  return { type: "ParameterExpansion", parameter, operation: null };
}

function combine(operator: string, left: bigint, right: bigint): bigint {
  return BigInt.asIntN(64, combineWide(operator, left, right));
}

const truth = (is: boolean): bigint => (is ? 1n : 0n);

function combineWide(operator: string, left: bigint, right: bigint): bigint {
  switch (operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
    case "%":
      if (right === 0n) throw new Failure('division by 0 (error token is "0")');
      return operator === "/" ? left / right : left % right;
    case "**":
      if (right < 0n) throw new Failure("exponent less than 0");
      return power(left, right);
    case "<<":
      return left << (right & 63n);
    case ">>":
      return left >> (right & 63n);
    case "<":
      return truth(left < right);
    case "<=":
      return truth(left <= right);
    case ">":
      return truth(left > right);
    case ">=":
      return truth(left >= right);
    case "==":
      return truth(left === right);
    case "!=":
      return truth(left !== right);
    case "&":
      return left & right;
    case "|":
      return left | right;
    case "^":
      return left ^ right;
    case ",":
      return right;
    default:
      throw new Failure(`${operator}: arithmetic syntax error`);
  }
}

/** Wraps on the way, so that it stays small. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let factor = base;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = BigInt.asIntN(64, result * factor);
    factor = BigInt.asIntN(64, factor * factor);
  }
  return result;
}
