/** A type as a person reads it: in the syntax of WIT, as far as that has words for it. */
import { withoutVersion } from "./names.ts";
import { isPrimitive, isValueType } from "./types.ts";
import type { FuncType, ResourceType, Type, ValueType } from "./types.ts";

/** A longer text tells nobody more; a type of many parts would make an endless one. */
const LENGTH_LIMIT = 400;

/** @param names what types within it are called, instead of being described */
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

  #func({ params, result }: FuncType): void {
    this.text += "func(";
    this.#list(params, ([label, type]) => {
      this.text += `${label}: `;
      this.#value(type);
    });
    this.text += ")";
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
    // Types are graphs: without a bound, a small one could be written for ever.
    if (this.text.length > LENGTH_LIMIT) return;
    if (isPrimitive(type)) {
      this.text += type.kind;
      return;
    }
    switch (type.kind) {
      case "record":
        this.text += "record { ";
        this.#list(type.fields, ([label, of]) => {
          this.text += `${label}: `;
          this.#value(of);
        });
        this.text += " }";
        return;
      case "variant":
        this.text += "variant { ";
        this.#list(type.cases, ([label, of]) => {
          this.text += label;
          if (of !== undefined) this.#within("(", [of], ")");
        });
        this.text += " }";
        return;
      case "flags":
      case "enum":
        this.text += `${type.kind} { ${type.labels.slice(0, LENGTH_LIMIT).join(", ")} }`;
        return;
      case "list":
        this.text += "list<";
        this.#value(type.of);
        this.text += type.length === undefined ? ">" : `, ${type.length}>`;
        return;
      case "tuple":
        return this.#within("tuple<", type.of, ">");
      case "option":
        return this.#within("option<", [type.of], ">");
      case "result":
        return this.#result(type.ok, type.err);
      case "own":
        this.text += resourceName(type.resource);
        return;
      case "borrow":
        this.text += `borrow<${resourceName(type.resource)}>`;
    }
  }

  #result(ok: ValueType | undefined, err: ValueType | undefined): void {
    if (ok === undefined && err === undefined) {
      this.text += "result";
    } else if (err === undefined) {
      this.#within("result<", ok === undefined ? [] : [ok], ">");
    } else {
      this.text += "result<";
      if (ok === undefined) this.text += "_";
      else this.#value(ok);
      this.#within(", ", [err], ">");
    }
  }

  #within(before: string, types: readonly ValueType[], behind: string): void {
    this.text += before;
    this.#list(types, (type) => this.#value(type));
    this.text += behind;
  }

  #list<T>(items: readonly T[], one: (item: T) => void): void {
    items.slice(0, LENGTH_LIMIT).forEach((item, at) => {
      if (at > 0) this.text += ", ";
      one(item);
    });
  }
}

/** As WIT names it where it is used: without its interface. */
function resourceName({ name }: ResourceType): string {
  const [, own = ""] = withoutVersion(name).split("#");
  return own === "" ? "resource" : own;
}
