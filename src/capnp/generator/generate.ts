/** From a compiled schema to TypeScript: one module for each file that was asked for. */
import { Type } from "capnp-es/capnp/schema";
import { emitPointerValue, emitStruct } from "./struct.ts";
import { readSchema } from "./schema.ts";
import type { Field, Method, Node, Schema, Value } from "./schema.ts";
import { createTypeNames, STREAM_RESULT } from "./type-names.ts";
import type { TypeNames } from "./type-names.ts";

export interface GeneratedFile {
  /** Of the schema: `peer.capnp`. */
  readonly source: string;
  readonly text: string;
}

/**
 * The modules for the schemas in a request; not formatted.
 *
 * @param request what `capnp compile -o-` writes
 * @param runtime the specifier from which generated code imports its runtime
 * @throws {Error} when a schema uses what cannot be generated
 */
export function generate(request: Uint8Array, runtime: string): GeneratedFile[] {
  const schema = readSchema(request);
  return schema.files.map(({ node }) => generateFile(schema, node, runtime));
}

function generateFile(schema: Schema, file: Node, runtime: string): GeneratedFile {
  const imports = new Map<string, string>();
  const names = createTypeNames(schema, file, (foreign) => {
    const source = schema.fileOf(foreign).displayName;
    const alias = `${baseName(source).replaceAll(/[^a-zA-Z0-9]/g, "_")}_`;
    imports.set(alias, `./${baseName(source)}.ts`);
    return `${alias}.`;
  });
  const body = inOrder(schema, file).map((node) => emitNode(schema, names, node));
  const source = file.displayName.slice(file.displayName.lastIndexOf("/") + 1);
  const lines = [
    `/** Generated from ${source}, file id 0x${file.id.toString(16)}. Run \`npm run gen\` to make it again. */`,
    `import * as $ from ${JSON.stringify(runtime)};`,
    ...[...imports].map(([alias, from]) => `import * as ${alias} from ${JSON.stringify(from)};`),
    "",
    ...body,
  ];
  return { source, text: `${lines.join("\n")}\n` };
}

/** The named nodes of a file, an interface after those it extends. */
function inOrder(schema: Schema, file: Node): Node[] {
  const done = new Set<bigint>();
  const nodes: Node[] = [];
  const visit = (node: Node): void => {
    if (done.has(node.id) || schema.fileOf(node).id !== file.id) return;
    done.add(node.id);
    if (node._isInterface) {
      for (const { id } of node.interface.superclasses) visit(schema.node(id));
    }
    if (!node._isFile) nodes.push(node);
    for (const { id } of node.nestedNodes) visit(schema.node(id));
    if (node._isStruct) {
      for (const field of node.struct.fields) {
        if (!field._isGroup) continue;
        for (const { id } of schema.node(field.group.typeId).nestedNodes) visit(schema.node(id));
      }
    }
  };
  visit(file);
  return nodes;
}

function emitNode(schema: Schema, names: TypeNames, node: Node): string {
  if (node._isStruct) return emitNamedStruct(schema, names, node);
  if (node._isEnum) return emitEnum(schema, node);
  if (node._isInterface) return emitInterface(schema, names, node);
  if (node._isConst) return emitConst(schema, names, node);
  return "";
}

function emitNamedStruct(schema: Schema, names: TypeNames, node: Node): string {
  const name = schema.nameOf(node);
  const { types, values } = parametersOf(schema, node);
  const { type, definition } = emitStruct(schema, names, node);
  const declared =
    type.startsWith("{") && !type.includes("which:")
      ? `interface ${name}${types} ${type}`
      : `type ${name}${types} = ${type};`;
  const define = `$.defineStruct<${name}${types}>({ ${definition} })`;
  return [
    comment(schema, node),
    `export ${declared}`,
    values === ""
      ? `export const ${name}: $.StructType<${name}> = ${define};`
      : `export function ${name}${types}(${values}): $.StructType<${name}${types}> { return ${define}; }`,
    "",
  ].join("\n");
}

function emitEnum(schema: Schema, node: Node): string {
  const name = schema.nameOf(node);
  const values = [...node.enum.enumerants].map((value) => JSON.stringify(value.name));
  return [
    comment(schema, node),
    `export type ${name} = ${values.join(" | ")} | number;`,
    `export const ${name}: $.EnumType<${values.join(" | ")}> = $.defineEnum([${values.join(", ")}]);`,
    "",
  ].join("\n");
}

function emitConst(schema: Schema, names: TypeNames, node: Node): string {
  const { type, value } = node.const;
  const literal = emitPointerValue(schema, names, type, value) ?? emitNumber(names, type, value);
  const name = schema.nameOf(node);
  return `${comment(schema, node)}\nexport const ${name}: ${names.toType(type)} = ${literal};\n`;
}

function emitNumber(names: TypeNames, type: Type, value: Value): string {
  if (type._isBool) return String(value.bool);
  if (type._isInt64) return `${value.int64}n`;
  if (type._isUint64) return `${value.uint64}n`;
  if (type._isEnum) return `${names.toValue(type)}.toName(${value.enum})`;
  if (type._isVoid || type._isInterface) return "undefined";
  const keys = [
    "int8",
    "int16",
    "int32",
    "uint8",
    "uint16",
    "uint32",
    "float32",
    "float64",
  ] as const;
  const tags = [
    Type.INT8,
    Type.INT16,
    Type.INT32,
    Type.UINT8,
    Type.UINT16,
    Type.UINT32,
    Type.FLOAT32,
    Type.FLOAT64,
  ];
  const key = keys[tags.findIndex((tag) => tag === type.which())];
  return String(key === undefined ? undefined : value[key]);
}

function emitInterface(schema: Schema, names: TypeNames, node: Node): string {
  const name = schema.nameOf(node);
  const { types, values } = parametersOf(schema, node);
  const methods = [...node.interface.methods].map((method) =>
    emitMethod(schema, names, node, method),
  );
  const bases = [...node.interface.superclasses].map(({ id, brand }) => names.toNamed(id, brand));
  const clientBases = [
    `$.Client<${name}Server${types}>`,
    ...bases.map(({ type }) => `Omit<${type}, keyof $.Client>`),
  ];
  const serverBases = bases.map(({ type }) => `$.ServerOf<${type}>`);
  const extend =
    bases.length > 0 ? `extends: [${bases.map(({ value }) => value).join(", ")}],` : "";
  const define = [
    ...methods.flatMap(({ structs }) => structs),
    `${values === "" ? `export const ${name}: $.InterfaceType<${name}> =` : "return"} $.defineInterface<${name}${types}>({`,
    `id: 0x${node.id.toString(16)}n, name: ${JSON.stringify(name)}, ${extend}`,
    `methods: [${methods.map(({ entry }) => entry).join(", ")}],`,
    "});",
  ].join("\n");
  return [
    comment(schema, node),
    `export interface ${name}${types} extends ${clientBases.join(", ")} { ${methods.map(({ client }) => client).join("\n")} }`,
    `/** What an object implements to be served as \`${name}\`. */`,
    serverBases.length > 0
      ? `export type ${name}Server${types} = ${serverBases.join(" & ")} & { ${methods.map(({ server }) => server).join("\n")} };`
      : `export interface ${name}Server${types} { ${methods.map(({ server }) => server).join("\n")} }`,
    values === ""
      ? define
      : `export function ${name}${types}(${values}): $.InterfaceType<${name}${types}> { ${define} }`,
    "",
  ].join("\n");
}

interface MethodCode {
  /** The structs of parameters and results that have no name in the schema. */
  readonly structs: readonly string[];
  readonly entry: string;
  readonly client: string;
  readonly server: string;
}

function emitMethod(schema: Schema, names: TypeNames, owner: Node, method: Method): MethodCode {
  const structs: string[] = [];
  const name = method.name === "then" ? "then_" : method.name;
  const toStruct = (
    id: bigint,
    brand: Method["paramBrand"],
    role: string,
  ): { type: string; value: string } => {
    const node = id === STREAM_RESULT ? undefined : schema.node(id);
    if (node === undefined || node.scopeId !== 0n) return names.toNamed(id, brand);
    const { type, definition } = emitStruct(schema, names, node);
    const value = `${schema.nameOf(owner)}_${method.name}_${role}`;
    structs.push(`const ${value}: $.StructType<${type}> = $.defineStruct({ ${definition} });`);
    return { type, value };
  };
  const streaming = method.resultStructType === STREAM_RESULT;
  const params = toStruct(method.paramStructType, method.paramBrand, "params");
  const results = toStruct(method.resultStructType, method.resultBrand, "results");
  const paramsNode = schema.node(method.paramStructType);
  const isList = paramsNode.scopeId === 0n;
  const fields = isList ? [...paramsNode.struct.fields] : [];
  const lastGiven = fields.findLastIndex((field) => !hasDefault(field));
  const clientField = (field: Field, at: number): string => {
    const type = toInit(names.toType(field.slot.type));
    const left = hasDefault(field) ? (at > lastGiven ? "?" : "") : "";
    const orDefault = hasDefault(field) ? " | undefined" : "";
    return `${identifier(field.name)}${left}: ${type}${orDefault}`;
  };
  const serverField = (field: Field): string =>
    `${identifier(field.name)}: ${names.toType(field.slot.type)}`;
  const parameters = isList
    ? `parameters: [${fields.map((field) => JSON.stringify(field.name)).join(", ")}], `
    : "";
  const clientArgs = isList ? fields.map(clientField) : [`params: ${toInit(params.type)}`];
  const serverArgs = isList ? fields.map(serverField) : [`params: ${params.type}`];
  clientArgs.push("options?: $.CallOptions");
  serverArgs.push("context: $.CallContext");
  const hasResults = results.type !== "object";
  const served = hasResults ? `$.Served<${results.type}>` : "void | Promise<void>";
  return {
    structs,
    entry: `{ name: ${JSON.stringify(name)}, ${parameters}params: () => ${params.value}, results: () => ${results.value}${streaming ? ", streaming: true" : ""} }`,
    client: `${name}(${clientArgs.join(", ")}): ${streaming ? "Promise<void>" : `$.Call<${results.type}>`};`,
    server: `${name}(${serverArgs.join(", ")}): ${served};`,
  };
}

/** Whether a parameter may be left out, because the schema says what it is then. */
function hasDefault(field: Field): boolean {
  return field.slot.hadExplicitDefault;
}

/** Types that are written as they are read need no mapping. */
function toInit(type: string): string {
  return /^(readonly )?(string|number|bigint|boolean|Uint8Array|undefined)(\[\])?$/.test(type)
    ? type
    : `$.Init<${type}>`;
}

function parametersOf(schema: Schema, node: Node): { types: string; values: string } {
  const names = schema.parametersOf(node).map(({ name }) => name);
  if (names.length === 0) return { types: "", values: "" };
  return {
    types: `<${names.join(", ")}>`,
    values: names.map((name) => `${name}: $.PointerType<${name}>`).join(", "),
  };
}

function comment(schema: Schema, node: Node): string {
  const text = schema.commentOf(node).replaceAll("*/", "* /");
  const lines = text === "" ? [] : text.split("\n").map((line) => ` * ${line}`);
  const id = ` * @see ${node.displayName}, 0x${node.id.toString(16)}`;
  return ["/**", ...lines, id, " */"].join("\n");
}

/** Words that cannot name a parameter. */
const RESERVED = new Set(
  "break case catch class const continue debugger default delete do else enum export extends false finally for function if import in instanceof new null return super switch this throw true try typeof var void while with yield let static await options context params".split(
    " ",
  ),
);

function identifier(name: string): string {
  return RESERVED.has(name) ? `${name}_` : name;
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1).replace(/\.capnp$/, "");
}
