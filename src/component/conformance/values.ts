/** Values as test scripts write them: `(list.const (u8.const 1))`. */
import { listOf, textOf } from "./read-script.ts";
import type { Node } from "./read-script.ts";

/** Converts a value to the linker's representation. @throws {SyntaxError} for an unknown kind of value */
export function toValue(node: Node): unknown {
  if (node.kind !== "list") throw new SyntaxError("A value is a list");
  const [head, ...rest] = node.items;
  const word = textOf(head);
  const [first] = rest;
  const payload = (at: number): unknown => {
    const item = rest[at];
    return item === undefined ? undefined : toValue(item);
  };
  switch (word) {
    case "bool.const":
      return textOf(first) === "true";
    case "u64.const":
    case "s64.const":
      return toBigInt(textOf(first));
    case "f32.const":
      return Math.fround(toFloat(textOf(first)));
    case "f64.const":
      return toFloat(textOf(first));
    case "char.const":
    case "str.const":
    case "enum.const":
      return textOf(first);
    case "list.const":
    case "tuple.const":
      return rest.map(toValue);
    case "record.const":
      return Object.fromEntries(
        rest.map((field) => {
          const [, label, value, ...more] = listOf(field, "field") ?? [];
          return [toCamelCase(textOf(label)), toFieldValue(value, more)];
        }),
      );
    case "flags.const":
      return Object.fromEntries(rest.map((label) => [toCamelCase(textOf(label)), true]));
    case "variant.const":
      return { tag: textOf(first), val: payload(1) };
    case "option.none":
      return undefined;
    case "option.some":
      return payload(0);
    case "result.ok":
      return { tag: "ok", val: payload(0) };
    case "result.err":
      return { tag: "err", val: payload(0) };
    default:
      if (/^[us](8|16|32)\.const$/.test(word)) return Number(toBigInt(textOf(first)));
      throw new SyntaxError(`A value of an unknown kind: ${word}`);
  }
}

/** A field's value may lack parentheses of its own. */
function toFieldValue(value: Node | undefined, more: readonly Node[]): unknown {
  if (value === undefined) throw new SyntaxError("A field has a value");
  if (value.kind === "list") return toValue(value);
  return toValue({ kind: "list", items: [value, ...more], from: value.from, to: value.to });
}

/** Whether a returned value equals the expected one. */
export function isSameValue(got: unknown, expected: unknown): boolean {
  return JSON.stringify(normalize(got)) === JSON.stringify(normalize(expected));
}

/** Removes differences of representation only: typed arrays, and flags that are not set. */
function normalize(value: unknown): unknown {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number" && (Number.isNaN(value) || Object.is(value, -0))) return `${value}`;
  if (ArrayBuffer.isView(value)) return Array.from(value as Uint8Array, normalize);
  if (Array.isArray(value)) return value.map(normalize);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== false && part !== undefined)
      .map(([key, part]) => [key, normalize(part)]),
  );
}

function toCamelCase(label: string): string {
  return label
    .toLowerCase()
    .replaceAll(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function toBigInt(text: string): bigint {
  const plain = text.replaceAll("_", "");
  return plain.startsWith("-") ? -BigInt(plain.slice(1)) : BigInt(plain.replace("+", ""));
}

function toFloat(text: string): number {
  const plain = text.replaceAll("_", "");
  if (plain.includes("nan")) return Number.NaN;
  if (plain.endsWith("inf")) return plain.startsWith("-") ? -Infinity : Infinity;
  const [, sign, whole = "", fraction = "", exponent = "0"] =
    /^([+-]?)0x([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:p([+-]?\d+))?$/.exec(plain) ?? [];
  if (whole === "" && fraction === "") return Number(plain);
  const value =
    Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}
