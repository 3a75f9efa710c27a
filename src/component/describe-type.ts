/** Describes a type for people, in the syntax of WIT as far as WIT can express it. */
import { withoutVersion } from "./names.ts";
import { isNumber, isValueType } from "./types.ts";
import type { FuncType, ResourceType, ValueType } from "./types.ts";
import type { Type } from "./scope.ts";

/** Descriptions are cut at this length: types are graphs, and the text of a small one can be endless. */
const LENGTH_LIMIT = 400;

/** @param names types within it that are named instead of described */
export function describeType(type: Type, names?: ReadonlyMap<Type, string>): string {
  const writer = new Writer(names);
  writer.type(type);
  return writer.text.length > LENGTH_LIMIT ? `${writer.text.slice(0, LENGTH_LIMIT)}…` : writer.text;
}

class Writer {
  text = "";
  readonly #names: ReadonlyMap<Type, string> | undefined;

  constructor(names: ReadonlyMap<Type, string> | undefined) {
    this.#names = names;
  }

  type(type: Type): void {
    if (isValueType(type)) this.#shape(type);
    else if (type.kind === "func") this.#func(type);
    else if (type.kind === "resource") this.text += `resource ${resourceName(type)}`;
    else this.text += type.kind;
  }

  #func({ tuple, result }: FuncType): void {
    this.#labelled("func(", tuple, ")");
    if (result === undefined) return;
    this.text += " -> ";
    this.#value(result);
  }

  #value(type: ValueType): void {
    const name = this.#names?.get(type);
    if (name === undefined) this.#shape(type);
    else this.text += name;
  }

  #shape(type: ValueType): void {
    // Types are graphs: without this bound, a small one could be written for ever.
    if (this.text.length > LENGTH_LIMIT) return;
    const { kind, labels, of, length, resource } = type;
    const [first, second] = of;
    if (isNumber(kind)) {
      this.text += kind;
      return;
    }
    switch (kind) {
      case "string":
        this.text += kind;
        return;
      case "record":
        return this.#labelled("record { ", type, " }");
      case "variant":
        this.text += "variant { ";
        this.#list(labels, (label, at) => {
          this.text += label;
          const payload = of[at];
          if (payload !== undefined) this.#within("(", [payload], ")");
        });
        this.text += " }";
        return;
      case "flags":
      case "enum":
        this.text += `${kind} { ${labels.slice(0, LENGTH_LIMIT).join(", ")} }`;
        return;
      case "list":
        return this.#within("list<", of, length === undefined ? ">" : `, ${length}>`);
      case "tuple":
        return this.#within("tuple<", of, ">");
      case "option":
        return this.#within("option<", [second], ">");
      case "result":
        return this.#result(first, second);
      case "own":
        this.text += resourceName(resource);
        return;
      case "borrow":
        this.text += `borrow<${resourceName(resource)}>`;
    }
  }

  #labelled(before: string, { labels, of }: ValueType, behind: string): void {
    this.text += before;
    this.#list(of, (part, at) => {
      this.text += `${labels[at]}: `;
      this.#optional(part);
    });
    this.text += behind;
  }

  #result(ok: ValueType | undefined, err: ValueType | undefined): void {
    if (ok === undefined && err === undefined) this.text += "result";
    else this.#within("result<", err === undefined ? [ok] : [ok, err], ">");
  }

  #within(before: string, types: ReadonlyArray<ValueType | undefined>, behind: string): void {
    this.text += before;
    this.#list(types, (type) => this.#optional(type));
    this.text += behind;
  }

  #optional(type: ValueType | undefined): void {
    if (type === undefined) this.text += "_";
    else this.#value(type);
  }

  #list<T>(items: readonly T[], one: (item: T, at: number) => void): void {
    items.slice(0, LENGTH_LIMIT).forEach((item, at) => {
      if (at > 0) this.text += ", ";
      one(item, at);
    });
  }
}

/** The resource's name as WIT uses it within an interface. */
function resourceName(resource: ResourceType | undefined): string {
  const [, own = ""] = withoutVersion(resource?.name ?? "").split("#");
  return own === "" ? "resource" : own;
}
