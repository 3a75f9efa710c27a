/**
 * Leaves out of jco's glue what is never used: declarations that no statement reaches, messages for its own debugging,
 * comments and indentation.
 *
 * Looks at names, not at scopes: of two things with one name, both stay if either is used. What it may leave out stands
 * directly in the module, in `instantiate`, or in the generator within; of these, only what does nothing by itself.
 */
import { parse } from "acorn";
import type { AnyNode, Expression, Program } from "acorn";

interface Span {
  readonly start: number;
  readonly end: number;
}

interface Edit extends Span {
  readonly by: string;
}

/** A declaration, or a statement that sets a property of what was declared. */
interface Part extends Span {
  readonly name: string;
  readonly uses: ReadonlySet<string>;
}

/** What was found in the text. */
interface Found {
  readonly parts: Part[];
  /** Names that statements use which must stay. */
  readonly roots: Set<string>;
  readonly edits: Edit[];
  /** Where line breaks and blanks are text. */
  readonly templates: Span[];
}

/** @throws {SyntaxError} when the text is no module. */
export function shakeGlue(glue: string): string {
  const edits: Edit[] = [];
  const program: Program = parse(glue, {
    ecmaVersion: "latest",
    sourceType: "module",
    onComment: (_isBlock, _text, start, end) => void edits.push({ start, end, by: "" }),
  });
  const found: Found = { parts: [], roots: new Set(), edits, templates: [] };
  lookThrough(program.body, found);
  const used = reach(found);
  for (const { name, start, end } of found.parts) {
    if (!used.has(name)) edits.push({ start, end, by: "" });
  }
  for (const { 0: blanks, index } of glue.matchAll(/\n[ \n]+/g)) {
    const inText = found.templates.some(({ start, end }) => start <= index && index < end);
    if (!inText) edits.push({ start: index, end: index + blanks.length, by: "\n" });
  }
  return apply(glue, edits);
}

/** The names that are used by what must stay, directly or by what they stand for. */
function reach({ parts, roots }: Found): ReadonlySet<string> {
  const byName = Map.groupBy(parts, ({ name }) => name);
  const used = new Set(roots);
  // Names that are added while the set is gone through are gone through as well.
  for (const name of used) {
    for (const part of byName.get(name) ?? []) for (const use of part.uses) used.add(use);
  }
  return used;
}

/** Outer edits win over those within them. */
function apply(text: string, edits: readonly Edit[]): string {
  let out = "";
  let at = 0;
  for (const { start, end, by } of edits.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    if (start < at) continue;
    out += text.slice(at, start) + by;
    at = end;
  }
  return out + text.slice(at);
}

function lookThrough(statements: readonly AnyNode[], found: Found): void {
  for (const statement of statements) {
    const inner = findScope(statement, found);
    const name = inner === undefined ? findName(statement) : undefined;
    if (inner !== undefined) {
      lookThrough(inner, found);
    } else if (name === undefined) {
      collect(statement, found.roots, found);
    } else {
      const uses = new Set<string>();
      collect(statement, uses, found);
      found.parts.push({ name, uses, start: statement.start, end: statement.end });
    }
  }
}

/** The statements of `instantiate`, and of the generator that does its work; other names there are roots. */
function findScope(node: AnyNode, found: Found): readonly AnyNode[] | undefined {
  if (node.type === "ExportNamedDeclaration" && node.declaration?.type === "FunctionDeclaration") {
    const { declaration } = node;
    for (const parameter of declaration.params) collect(parameter, found.roots, found);
    // A function in brackets is compiled when it is read; any other is read once to find its end, and again to be run.
    const [name, body] = [declaration.id?.name ?? "", declaration.body];
    const start = { start: node.start, end: declaration.id?.end ?? node.start };
    found.edits.push({ ...start, by: `export const ${name} = (function` });
    found.edits.push({ start: body.end, end: body.end, by: ");" });
    return body.body;
  }
  if (node.type !== "VariableDeclaration") return undefined;
  const [only, ...others] = node.declarations;
  const init = only?.init;
  if (init?.type !== "CallExpression" || init.callee.type !== "FunctionExpression")
    return undefined;
  return others.length === 0 && init.callee.generator ? init.callee.body.body : undefined;
}

/** What a statement declares, or sets a property of, without doing anything else. */
function findName(node: AnyNode): string | undefined {
  if (node.type === "FunctionDeclaration" || node.type === "ClassDeclaration") return node.id?.name;
  if (node.type === "VariableDeclaration") {
    const [only, ...others] = node.declarations;
    if (only?.id.type !== "Identifier" || others.length > 0) return undefined;
    return doesNothing(only.init) ? only.id.name : undefined;
  }
  if (node.type !== "ExpressionStatement" || node.expression.type !== "AssignmentExpression") {
    return undefined;
  }
  const { left, right } = node.expression;
  if (left.type !== "MemberExpression" || left.object.type !== "Identifier") return undefined;
  return doesNothing(right) && doesNothing(left.property) ? left.object.name : undefined;
}

const DOING: ReadonlySet<string> = new Set([
  "AssignmentExpression",
  "AwaitExpression",
  "CallExpression",
  "ImportExpression",
  "TaggedTemplateExpression",
  "UpdateExpression",
  "YieldExpression",
]);

/** Whether it can be left out when nobody asks for its value: what it makes anew is nobody else's. */
function doesNothing(node: AnyNode | Expression | null | undefined): boolean {
  if (node === null || node === undefined) return true;
  if (node.type === "FunctionExpression" || node.type === "ArrowFunctionExpression") return true;
  if (node.type === "CallExpression" && isSymbol(node.callee)) return true;
  return !DOING.has(node.type) && childrenOf(node).every((child) => doesNothing(child));
}

function isSymbol(callee: AnyNode): boolean {
  const named = callee.type === "MemberExpression" ? callee.object : callee;
  return named.type === "Identifier" && named.name === "Symbol";
}

/** Adds the names that the node uses, and finds what is left out within it. */
function collect(node: AnyNode, names: Set<string>, found: Found): void {
  if (isDebugging(node)) {
    found.edits.push({ start: node.start, end: node.end, by: "" });
  } else if (node.type === "Identifier") {
    names.add(node.name);
  } else {
    if (node.type === "TemplateElement") found.templates.push(node);
    for (const child of childrenOf(node)) collect(child, names, found);
  }
}

function isDebugging(node: AnyNode): boolean {
  if (node.type !== "ExpressionStatement" || node.expression.type !== "CallExpression")
    return false;
  const { callee } = node.expression;
  return callee.type === "Identifier" && callee.name === "_debugLog";
}

/** What stands within a node, but for the names of properties. */
function childrenOf(node: AnyNode): AnyNode[] {
  const children: AnyNode[] = [];
  for (const [key, value] of Object.entries(node) as [string, unknown][]) {
    const isName = key === "key" || (key === "property" && node.type === "MemberExpression");
    if (isName && (node as { readonly computed?: boolean }).computed !== true) continue;
    for (const child of Array.isArray(value) ? value : [value]) {
      if (isNode(child)) children.push(child);
    }
  }
  return children;
}

function isNode(value: unknown): value is AnyNode {
  return typeof value === "object" && value !== null && "type" in value && "start" in value;
}
