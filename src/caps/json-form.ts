/** JSON files that people write: every mistake is reported in one sentence with the line and the key. */
import { Exception } from "#base";
import { parseTree, printParseErrorCode } from "jsonc-parser";
import type { Node as JsonNode, ParseError } from "jsonc-parser";

/** Maximum length of a file in characters. */
const LIMIT_LENGTH = 256 * 1024;

/** One value in a file. */
export interface JsonValue {
  /** The keys that lead to it, joined by dots. */
  readonly path: string;
  /** @throws {Exception} `failed`, naming the file, the line, the key and `why`. */
  fail(why: string): never;
  text(): string;
  boolean(): boolean;
  readonly isNumber: boolean;
  /** A finite number, at least 0. */
  number(): number;
  list(): readonly JsonValue[];
  /** @param known the keys that are allowed; any if omitted */
  fields(known?: readonly string[]): ReadonlyMap<string, JsonValue>;
}

/**
 * The value of a whole file.
 *
 * @param file its name, for messages
 * @throws {Exception} `failed` when the text is not JSON, or a key is doubled.
 */
export function parseForm(text: string, file: string): JsonValue {
  if (text.length > LIMIT_LENGTH) {
    throw new Exception("failed", `"${file}" has more than ${LIMIT_LENGTH} characters`);
  }
  const errors: ParseError[] = [];
  const root = parseNested(text, file, errors);
  const [error] = errors;
  if (root === undefined || error !== undefined) {
    const line = lineOf(text, error?.offset ?? 0);
    const why = error === undefined ? "it is empty" : toWords(printParseErrorCode(error.error));
    throw new Exception("failed", `"${file}", line ${line}: not JSON: ${why}`);
  }
  return toValue(root, "", { text, file });
}

/** `CloseBraceExpected` → `close brace expected`. */
const toWords = (code: string): string =>
  code.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`).trim();

/** The parser recurses for each level, so it can overflow the stack. */
function parseNested(text: string, file: string, errors: ParseError[]): JsonNode | undefined {
  try {
    return parseTree(text, errors, { disallowComments: true, allowEmptyContent: false });
  } catch (cause) {
    throw new Exception("failed", `"${file}" is nested too deeply`, { cause });
  }
}

interface Source {
  readonly text: string;
  readonly file: string;
}

function toValue(node: JsonNode, path: string, source: Source): JsonValue {
  const fail = (why: string): never => {
    const line = lineOf(source.text, node.offset);
    const subject = path === "" ? "the file" : `"${path}"`;
    throw new Exception("failed", `"${source.file}", line ${line}: ${subject} ${why}`);
  };
  const requireType = (type: JsonNode["type"], expected: string): void => {
    if (node.type !== type) fail(`is not ${expected}`);
  };
  return {
    path,
    fail,
    isNumber: node.type === "number",
    text() {
      requireType("string", "text");
      return node.value as string;
    },
    boolean() {
      requireType("boolean", "true or false");
      return node.value as boolean;
    },
    number() {
      requireType("number", "a number");
      const value = node.value as number;
      return Number.isFinite(value) && value >= 0 ? value : fail("is not a number of at least 0");
    },
    list() {
      requireType("array", "a list");
      return (node.children ?? []).map((child, index) =>
        toValue(child, `${path}[${index}]`, source),
      );
    },
    fields(known) {
      requireType("object", "an object");
      const fields = new Map<string, JsonValue>();
      for (const property of node.children ?? []) {
        const [key, value] = property.children ?? [];
        const name = key?.value as string;
        const inner = path === "" ? name : `${path}.${name}`;
        if (key === undefined || value === undefined) fail(`has no value for "${name}"`);
        else if (fields.has(name)) toValue(key, inner, source).fail("appears twice");
        else if (known !== undefined && !known.includes(name)) {
          toValue(key, inner, source).fail(`is unknown; the known keys are ${known.join(", ")}`);
        } else fields.set(name, toValue(value, inner, source));
      }
      return fields;
    },
  };
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split("\n").length;
}
