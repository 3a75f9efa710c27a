/** `test` and `[`. */
import { testBinary, testUnary } from "../conditional.ts";
import { Failure } from "../flow.ts";
import type { Shell } from "../shell.ts";
import type { Builtin } from "../shell.ts";

const UNARY = /^-[abcdefghknoprstuvwxzGLNORS]$/;
const BINARY = new Set("= == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef".split(" "));

export const test: Builtin = async (shell, args) => ((await decide(shell, args)) ? 0 : 1);

export const bracket: Builtin = async (shell, args) => {
  if (args.at(-1) !== "]") throw new Failure("missing `]'", { status: 2 });
  return await test(shell, args.slice(0, -1));
};

/** By the number of arguments first, as POSIX says; then by precedence. */
async function decide(shell: Shell, args: readonly string[]): Promise<boolean> {
  const [a = "", b = "", c = "", d = ""] = args;
  switch (args.length) {
    case 0:
      return false;
    case 1:
      return a !== "";
    case 2:
      if (a === "!") return b === "";
      if (UNARY.test(a)) return await testUnary(shell, a, b);
      throw new Failure(`${a}: unary operator expected`, { status: 2 });
    case 3:
      if (BINARY.has(b)) return await testBinary(shell, b, a, c);
      if (b === "-a") return a !== "" && c !== "";
      if (b === "-o") return a !== "" || c !== "";
      if (a === "!") return !(await decide(shell, args.slice(1)));
      if (a === "(" && c === ")") return b !== "";
      throw new Failure(`${b}: binary operator expected`, { status: 2 });
    case 4:
      if (a === "!") return !(await decide(shell, args.slice(1)));
      if (a === "(" && d === ")") return await decide(shell, args.slice(1, -1));
  }
  const parser = new Parser(shell, args);
  const result = await parser.or();
  if (!parser.isDone) throw new Failure("too many arguments", { status: 2 });
  return result;
}

class Parser {
  readonly #shell: Shell;
  readonly #args: readonly string[];
  #at = 0;

  constructor(shell: Shell, args: readonly string[]) {
    this.#shell = shell;
    this.#args = args;
  }

  get isDone(): boolean {
    return this.#at >= this.#args.length;
  }

  async or(): Promise<boolean> {
    let result = await this.#and();
    while (this.#args[this.#at] === "-o") {
      this.#at++;
      result = (await this.#and()) || result;
    }
    return result;
  }

  async #and(): Promise<boolean> {
    let result = await this.#not();
    while (this.#args[this.#at] === "-a") {
      this.#at++;
      result = (await this.#not()) && result;
    }
    return result;
  }

  async #not(): Promise<boolean> {
    if (this.#args[this.#at] !== "!") return await this.#primary();
    this.#at++;
    return !(await this.#not());
  }

  async #primary(): Promise<boolean> {
    const first = this.#args[this.#at++];
    if (first === undefined) throw new Failure("argument expected", { status: 2 });
    const operator = this.#args[this.#at] ?? "";
    if (BINARY.has(operator)) {
      const right = this.#args[this.#at + 1] ?? "";
      this.#at += 2;
      return await testBinary(this.#shell, operator, first, right);
    }
    if (first === "(") {
      const result = await this.or();
      if (this.#args[this.#at++] !== ")") throw new Failure("`)' expected", { status: 2 });
      return result;
    }
    if (UNARY.test(first) && this.#at < this.#args.length) {
      return await testUnary(this.#shell, first, this.#args[this.#at++] ?? "");
    }
    return first !== "";
  }
}
