/** Runs a test script of the component model on the linker. */
import { compileCores } from "../compile-cores.ts";
import type { Component } from "../definitions.ts";
import { instantiateComponent } from "../instantiate.ts";
import type { ComponentExports } from "../instantiate.ts";
import { listModules, parseComponent } from "../parse-component.ts";
import { surveyComponent } from "../survey.ts";
import { listOf, readScript, textOf } from "./read-script.ts";
import type { Node } from "./read-script.ts";
import { isSameValue, toValue } from "./values.ts";

/** Encodes a component or module from the text format into binary, without validation. */
export type Encode = (text: string) => Promise<Uint8Array>;

export interface Outcome {
  /** Line number, counted from 1. */
  readonly line: number;
  readonly directive: string;
  /** How the outcome differs from what the script expects; `undefined` when it does not. */
  readonly failure: string | undefined;
  /** Whether the directive needs a feature of WASI 0.3, or an instance that does. */
  readonly isLater: boolean;
}

/** Runs each directive of the script, in order. */
export async function runScript(script: string, encode: Encode): Promise<readonly Outcome[]> {
  const run = new ScriptRun(script, encode);
  const outcomes: Outcome[] = [];
  for (const node of readScript(script)) {
    if (node.kind !== "list") continue;
    const directive = textOf(node.items[0]);
    const failure = await run.carryOut(node).catch(describe);
    // The text tool fails only on later drafts. A directive that needs a component that could not be read is out as
    // well.
    const isOut = /belongs to WASI 0\.3|^Error \{ kind: Wast|^There is no component/.test(
      failure ?? "",
    );
    if (directive === "component") run.isLater = isOut;
    const isLater = failure !== undefined && (run.isLater || isOut);
    outcomes.push({
      line: script.slice(0, node.from).split("\n").length,
      directive,
      failure,
      isLater,
    });
  }
  return outcomes;
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

class ScriptRun {
  /** Whether the latest component could not be read. */
  isLater = false;
  readonly #script: string;
  readonly #encode: Encode;
  readonly #definitions = new Map<string, Component>();
  readonly #instances = new Map<string, ComponentExports>();
  #current: ComponentExports | undefined;

  constructor(script: string, encode: Encode) {
    this.#script = script;
    this.#encode = encode;
  }

  /** Runs one directive. @returns how the outcome differs from what the script expects; `undefined` when it does not */
  async carryOut(node: Node): Promise<string | undefined> {
    if (node.kind !== "list") return undefined;
    const [head, first, ...rest] = node.items;
    switch (textOf(head)) {
      case "component":
        await this.#component(node);
        return undefined;
      case "invoke":
        await this.#invoke(node);
        return undefined;
      case "assert_return": {
        const got = await this.#invoke(first);
        const [expected] = rest;
        if (expected === undefined || isSameValue(got, toValue(expected))) return undefined;
        return `gave ${JSON.stringify(got, (_, value: unknown) => (typeof value === "bigint" ? `${value}` : value))}`;
      }
      case "assert_trap":
        return this.#expectTrap(first, textOf(rest[0]));
      case "assert_invalid":
      case "assert_malformed":
        return this.#expectRefusal(first, textOf(rest[0]));
      default:
        return `a directive of an unknown kind`;
    }
  }

  async #component(node: Node): Promise<void> {
    if (node.kind !== "list") return;
    const [, second, third, fourth] = node.items;
    if (textOf(second) === "instance") {
      const definition = this.#definitions.get(textOf(fourth) || textOf(third));
      if (definition === undefined) throw new Error(`There is no component ${textOf(fourth)}`);
      const instance = await this.#instantiate(definition);
      this.#instances.set(textOf(third), instance);
      this.#current = instance;
      return;
    }
    const component = await this.#parse(node);
    if (textOf(second) === "definition") {
      this.#definitions.set(textOf(third), component);
      return;
    }
    this.#current = await this.#instantiate(component);
    const name = textOf(second);
    if (name.startsWith("$")) this.#instances.set(name, this.#current);
  }

  /** Parses and checks a component given as text, quoted text or bytes. */
  async #parse(node: Node): Promise<Component> {
    const component = parseComponent(await this.#toBinary(node));
    surveyComponent(component);
    await compileCores(listModules(component).map(({ bytes }) => bytes));
    return component;
  }

  async #toBinary(node: Node): Promise<Uint8Array> {
    if (node.kind !== "list") throw new SyntaxError("A component is a list");
    const rest = node.items.slice(1).filter((item) => !/^(definition|\$.*)$/.test(textOf(item)));
    const [form, ...parts] = rest;
    const bytes = parts.flatMap((part) => (part.kind === "string" ? [...part.bytes] : []));
    if (textOf(form) === "binary") return Uint8Array.from(bytes);
    if (textOf(form) === "quote") {
      const text = new TextDecoder().decode(Uint8Array.from(bytes));
      return this.#encode(/^\s*\(component/.test(text) ? text : `(component ${text})`);
    }
    return this.#encode(
      this.#script.slice(node.from, node.to).replace(/^\(component\s+definition/, "(component"),
    );
  }

  async #instantiate(component: Component): Promise<ComponentExports> {
    const modules = await compileCores(listModules(component).map(({ bytes }) => bytes));
    return instantiateComponent(component, {
      imports: {},
      instantiateCore: ({ index }, imports) =>
        new WebAssembly.Instance(modules[index] as WebAssembly.Module, imports),
    });
  }

  async #invoke(node: Node | undefined): Promise<unknown> {
    const [, ...items] = listOf(node, "invoke") ?? [];
    const instance = textOf(items[0]).startsWith("$") ? textOf(items.shift()) : undefined;
    const name = textOf(items.shift());
    const from = instance === undefined ? this.#current : this.#instances.get(instance);
    const func = from?.func(undefined, name);
    if (func === undefined) throw new Error(`There is no function "${name}"`);
    return func(...items.map(toValue));
  }

  async #expectTrap(node: Node | undefined, words: string): Promise<string | undefined> {
    try {
      if (listOf(node, "invoke") === undefined) await this.#component(node as Node);
      else await this.#invoke(node);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) return undefined;
      return `did not trap but failed: ${describe(error)} (expected: ${words})`;
    }
    return `did not trap: ${words}`;
  }

  async #expectRefusal(node: Node | undefined, words: string): Promise<string | undefined> {
    try {
      await this.#parse(node as Node);
    } catch {
      return undefined;
    }
    return `was not refused: ${words}`;
  }
}
