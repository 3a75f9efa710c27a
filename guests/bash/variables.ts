/** Variables with their attributes, and the scopes of functions: what is local hides what was there. */
import { Failure } from "./flow.ts";

/** Elements of an array by index, or of an associative one by key. */
export type Elements = Map<number | string, string>;

export interface Variable {
  /** A text, elements, or undefined if it was only declared. */
  value: string | Elements | undefined;
  isAssociative?: boolean;
  isExported?: boolean;
  isReadonly?: boolean;
  isInteger?: boolean;
  letters?: "upper" | "lower" | undefined;
  /** It stands for the variable that its value names. */
  isReference?: boolean;
}

const NAME = /^[A-Za-z_][A-Za-z_0-9]*$/;

export function isName(text: string): boolean {
  return NAME.test(text);
}

export class Variables {
  #all = new Map<string, Variable>();
  /** What functions hide, innermost last. */
  readonly #hidden: Map<string, Variable | undefined>[] = [];

  /** An independent copy, for a subshell. */
  copy(): Variables {
    const copy = new Variables();
    for (const [name, variable] of this.#all) copy.#all.set(name, copyVariable(variable));
    // A subshell inside of a function still has its locals.
    for (const hidden of this.#hidden) copy.#hidden.push(new Map(hidden));
    return copy;
  }

  find(name: string): Variable | undefined {
    let found = this.#all.get(name);
    for (let steps = 0; found?.isReference === true && steps < 100; steps++) {
      if (typeof found.value !== "string" || found.value === name) return found;
      found = this.#all.get(found.value);
    }
    return found;
  }

  /** The name that a reference stands for in the end. */
  resolve(name: string): string {
    let last = name;
    for (let steps = 0; steps < 100; steps++) {
      const found = this.#all.get(last);
      if (found?.isReference !== true || typeof found.value !== "string") return last;
      last = found.value;
    }
    return last;
  }

  /** The variable itself, made if there was none. */
  declare(name: string): Variable {
    const known = this.#all.get(name);
    if (known !== undefined) return known;
    const made: Variable = { value: undefined };
    this.#all.set(name, made);
    return made;
  }

  /** The text of a scalar, or of an array's first element. */
  text(name: string): string | undefined {
    const value = this.find(name)?.value;
    return value instanceof Map ? value.get(this.find(name)?.isAssociative ? "0" : 0) : value;
  }

  set(name: string, text: string): void {
    const variable = this.declare(this.resolve(name));
    requireWritable(name, variable);
    const value = applyLetters(variable, text);
    if (variable.value instanceof Map) variable.value.set(variable.isAssociative ? "0" : 0, value);
    else variable.value = value;
  }

  setElement(name: string, key: number | string, text: string): void {
    const variable = this.declare(this.resolve(name));
    requireWritable(name, variable);
    elementsOf(variable).set(key, applyLetters(variable, text));
  }

  setElements(name: string, elements: Elements): void {
    const variable = this.declare(this.resolve(name));
    requireWritable(name, variable);
    variable.value = elements;
  }

  unset(name: string): void {
    const variable = this.#all.get(name);
    if (variable?.isReadonly === true) throw unsettable(name);
    this.#all.delete(name);
  }

  unsetReference(name: string): void {
    this.unset(this.resolve(name));
  }

  enter(): void {
    this.#hidden.push(new Map());
  }

  leave(): void {
    for (const [name, variable] of this.#hidden.pop() ?? []) {
      if (variable === undefined) this.#all.delete(name);
      else this.#all.set(name, variable);
    }
  }

  get isInFunction(): boolean {
    return this.#hidden.length > 0;
  }

  /** A new variable until the function ends; the one that is local already if there is one. */
  makeLocal(name: string): Variable {
    const hidden = this.#hidden.at(-1);
    if (hidden === undefined || hidden.has(name)) return this.declare(name);
    const outer = this.#all.get(name);
    if (outer?.isReadonly === true) requireWritable(name, outer);
    hidden.set(name, outer);
    const made: Variable = { value: undefined };
    if (outer?.isExported === true) made.isExported = true;
    this.#all.set(name, made);
    return made;
  }

  /** Replaces a variable for the time of a command. @returns puts the old one back */
  replace(name: string, variable: Variable): () => void {
    const old = this.#all.get(name);
    if (old?.isReadonly === true) requireWritable(name, old);
    this.#all.set(name, variable);
    return () => {
      if (old === undefined) this.#all.delete(name);
      else this.#all.set(name, old);
    };
  }

  names(): string[] {
    return [...this.#all.keys()].sort();
  }

  /** What programs are given. */
  environment(): Map<string, string> {
    const all = new Map<string, string>();
    for (const [name, variable] of this.#all) {
      if (variable.isExported === true && typeof variable.value === "string") {
        all.set(name, variable.value);
      }
    }
    return all;
  }
}

/** Indices in order, or keys as they came. */
export function keysOf(variable: Variable | undefined): (number | string)[] {
  if (variable === undefined || variable.value === undefined) return [];
  if (!(variable.value instanceof Map)) return [0];
  const keys = [...variable.value.keys()];
  return variable.isAssociative === true ? keys : keys.sort((a, b) => Number(a) - Number(b));
}

export function valuesOf(variable: Variable | undefined): string[] {
  const value = variable?.value;
  if (value === undefined) return [];
  if (!(value instanceof Map)) return [value];
  return keysOf(variable).map((key) => value.get(key) ?? "");
}

/** The variable's elements; a scalar becomes an array's first. */
export function elementsOf(variable: Variable): Elements {
  if (variable.value instanceof Map) return variable.value;
  const elements: Elements = new Map();
  if (variable.value !== undefined) elements.set(variable.isAssociative ? "0" : 0, variable.value);
  variable.value = elements;
  return elements;
}

function requireWritable(name: string, variable: Variable | undefined): void {
  if (variable?.isReadonly !== true) return;
  throw new Failure(`${name}: readonly variable`, { isFatal: true });
}

function unsettable(name: string): Failure {
  return new Failure(`unset: ${name}: cannot unset: readonly variable`);
}

function applyLetters(variable: Variable, text: string): string {
  if (variable.letters === "upper") return text.toUpperCase();
  return variable.letters === "lower" ? text.toLowerCase() : text;
}

function copyVariable(variable: Variable): Variable {
  const { value } = variable;
  return { ...variable, value: value instanceof Map ? new Map(value) : value };
}
