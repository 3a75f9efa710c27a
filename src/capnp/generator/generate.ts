/** Generates TypeScript from a compiled schema: one module for each requested file. */
import { emitInterface, emitParameters } from "./interface.ts";
import { emitValue } from "./field.ts";
import { toFreeName } from "./names.ts";
import { readSchema } from "./schema.ts";
import type { Node, Schema } from "./schema.ts";
import { emitStruct, PURE, toComment } from "./struct.ts";
import { createTypeNames } from "./type-names.ts";
import type { TypeNames } from "./type-names.ts";

interface GeneratedFile {
  /** Path of the schema, as given to the compiler: `peer.capnp`. */
  readonly source: string;
  readonly text: string;
}

/**
 * Generates the modules for a request, unformatted.
 *
 * @param request what `capnp compile -o-` writes
 * @param runtime the specifier of the runtime; a relative one is relative to the topmost folder
 * @param command the command that regenerates the modules, named in their header
 * @throws {Error} when a schema uses an unsupported feature
 */
export function generate(
  request: Uint8Array,
  runtime: string,
  command = "npm run gen",
): GeneratedFile[] {
  const schema = readSchema(request);
  return schema.files.map((file) => ({
    source: file.displayName,
    text: generateFile(schema, file, { runtime, command }),
  }));
}

interface Surroundings {
  readonly runtime: string;
  readonly command: string;
}

function generateFile(schema: Schema, file: Node, { runtime, command }: Surroundings): string {
  const nodes = inOrder(schema, file);
  const imports = new Map<bigint, { readonly alias: string; readonly from: string }>();
  const taken = nodes.map((node) => schema.nameOf(node));
  const names = createTypeNames(schema, file, (foreign) => {
    const source = schema.fileOf(foreign);
    const known = imports.get(source.id);
    if (known !== undefined) return `${known.alias}.`;
    const from = relativePath(file, source, schema);
    const alias = toFreeName(toAlias(from), taken);
    taken.push(alias);
    imports.set(source.id, { alias, from });
    return `${alias}.`;
  });
  const body = nodes.map((node) => emitNode(schema, names, node));
  const depth = file.displayName.split("/").length - 1;
  const from = runtime.startsWith(".") ? "../".repeat(depth) + runtime : runtime;
  return [
    `/** Generated from ${lastPart(file.displayName)}, file id 0x${file.id.toString(16)}. Run \`${command}\` to make it again. */`,
    `import * as $ from ${JSON.stringify(from)};`,
    ...[...imports.values()].map(
      ({ alias, from }) => `import * as ${alias} from ${JSON.stringify(from)};`,
    ),
    "",
    ...body,
    "",
  ].join("\n");
}

/** A file's nodes in dependency order: interfaces after those they extend, constants after the types they use. */
function inOrder(schema: Schema, file: Node): Node[] {
  const done = new Set<bigint>();
  const types: Node[] = [];
  const constants: Node[] = [];
  const visit = (node: Node): void => {
    if (done.has(node.id) || schema.fileOf(node).id !== file.id) return;
    done.add(node.id);
    if (node._isInterface) {
      for (const { id } of node.interface.superclasses) visit(schema.node(id));
    }
    if (node._isConst) constants.push(node);
    else if (!node._isFile && !node._isAnnotation) types.push(node);
    visitNested(node);
  };
  const visitNested = (node: Node): void => {
    for (const { id } of node.nestedNodes) visit(schema.node(id));
    if (!node._isStruct) return;
    for (const field of node.struct.fields) {
      if (field._isGroup) visitNested(schema.node(field.group.typeId));
    }
  };
  visit(file);
  return [...types, ...constants];
}

function emitNode(schema: Schema, names: TypeNames, node: Node): string {
  const comment = toComment(
    `${schema.commentOf(node)}\n@see ${node.displayName}, 0x${node.id.toString(16)}`.trim(),
  );
  return `${comment}${emitDeclaration(schema, names, node)}\n`;
}

function emitDeclaration(schema: Schema, names: TypeNames, node: Node): string {
  if (node._isStruct) return emitNamedStruct(schema, names, node);
  if (node._isEnum) return emitEnum(schema, node);
  if (node._isInterface) return emitInterface(schema, names, node);
  const { type, value } = node.const;
  const constant = emitValue(schema, names, type, value, "parseLiteral");
  return `export const ${schema.nameOf(node)}: $.Constant<${names.toType(type)}> = $.freeze(${constant});`;
}

function emitNamedStruct(schema: Schema, names: TypeNames, node: Node): string {
  const name = schema.nameOf(node);
  const { types, values } = emitParameters(schema, node);
  const { type, definition } = emitStruct(schema, names, node);
  const isRecord = type.startsWith("{") && node.struct.discriminantCount === 0;
  const define = `${PURE} $.defineStruct<${name}${types}>({ ${definition} })`;
  return [
    `export ${isRecord ? `interface ${name}${types} ${type}` : `type ${name}${types} = ${type};`}`,
    values === ""
      ? `export const ${name}: $.StructType<${name}> = ${define};`
      : `export function ${name}${types}(${values}): $.StructType<${name}${types}> { return ${define}; }`,
  ].join("\n");
}

function emitEnum(schema: Schema, node: Node): string {
  const name = schema.nameOf(node);
  const values = [...node.enum.enumerants].map((value) => JSON.stringify(value.name));
  return [
    `export type ${name} = ${[...values, "number"].join(" | ")};`,
    `export const ${name}: $.EnumType<${values.join(" | ") || "never"}> = ${PURE} $.defineEnum([${values.join(", ")}]);`,
  ].join("\n");
}

/** The import specifier from one generated module to another. @throws {Error} when the other is not generated */
function relativePath(from: Node, to: Node, schema: Schema): string {
  if (!schema.files.some(({ id }) => id === to.id)) {
    throw new Error(
      `Schema ${from.displayName} uses types of ${to.displayName}: name that file too, so that it is generated`,
    );
  }
  const here = from.displayName.split("/").slice(0, -1);
  const there = to.displayName.split("/");
  while (here.length > 0 && here[0] === there[0]) {
    here.shift();
    there.shift();
  }
  const path = [...here.map(() => ".."), ...there].join("/").replace(/\.capnp$/, ".ts");
  return path.startsWith(".") ? path : `./${path}`;
}

/** `./peer.ts` is imported as `peer_`. */
function toAlias(path: string): string {
  const name = lastPart(path)
    .replace(/\.ts$/, "")
    .replaceAll(/[^a-zA-Z0-9]/g, "_");
  return /^[a-zA-Z]/.test(name) ? `${name}_` : `file${name}_`;
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
