/** Generates interfaces: the types of clients and servers, and the definition that creates clients. */
import { toFreeName, toMemberName, toVariableName } from "./names.ts";
import type { Field, Method, Node, Schema } from "./schema.ts";
import { emitStruct, PURE, toComment } from "./struct.ts";
import { STREAM_RESULT, UNBOUND } from "./type-names.ts";
import type { TypeNames } from "./type-names.ts";

/** The declarations of an interface, without its comment. @throws {Error} when it inherits two methods of one name */
export function emitInterface(schema: Schema, names: TypeNames, node: Node): string {
  const name = schema.nameOf(node);
  const server = schema.serverNameOf(node);
  const { types, values } = emitParameters(schema, node);
  const inherited = inheritedNames(schema, node);
  const methods = [...node.interface.methods].map((method, index) =>
    emitMethod(schema, names, node, { method, index, inherited }),
  );
  const bases = [...node.interface.superclasses].map(({ id, brand }) => names.toNamed(id, brand));
  const clientBases = [
    `$.Client<${server}${types}>`,
    ...bases.map(({ type }) => `Omit<${type}, keyof $.Client>`),
  ];
  const serverBases = bases.map(({ type }) => `$.ServerOf<${type}>`);
  const extend =
    bases.length > 0 ? `extends: [${bases.map(({ value }) => value).join(", ")}],` : "";
  const define = [
    ...methods.flatMap(({ structs }) => structs),
    `${values === "" ? `export const ${name}: $.InterfaceType<${name}> =` : "return"} ${PURE} $.defineInterface<${name}${types}>({`,
    `id: 0x${node.id.toString(16)}n, name: ${JSON.stringify(name)}, ${extend}`,
    `methods: [${methods.map(({ entry }) => entry).join(", ")}],`,
    "});",
  ].join("\n");
  return [
    `export interface ${name}${types} extends ${clientBases.join(", ")} { ${methods.map(({ client }) => client).join("\n")} }`,
    `/** What an object implements to be served as \`${name}\`. */`,
    serverBases.length > 0
      ? `export type ${server}${types} = ${serverBases.join(" & ")} & { ${methods.map(({ server: method }) => method).join("\n")} };`
      : `export interface ${server}${types} { ${methods.map(({ server: method }) => method).join("\n")} }`,
    values === ""
      ? define
      : `export function ${name}${types}(${values}): $.InterfaceType<${name}${types}> { ${define} }`,
  ].join("\n");
}

/** A generic declaration's parameters, as types and as values. */
export function emitParameters(schema: Schema, node: Node): { types: string; values: string } {
  const names = schema.parametersOf(node).map(({ name }) => name);
  if (names.length === 0) return { types: "", values: "" };
  return { types: `<${names.join(", ")}>`, values: toTypeArguments(names).join(", ") };
}

/** The interface that declares each inherited method, by name. */
function inheritedNames(schema: Schema, node: Node): Map<string, bigint> {
  const found = new Map<string, bigint>();
  const add = (name: string, id: bigint): void => {
    if ((found.get(name) ?? id) !== id) {
      throw new Error(`Interface ${node.displayName} inherits two methods "${name}"`);
    }
    found.set(name, id);
  };
  for (const { id } of node.interface.superclasses) {
    const base = schema.node(id);
    const inherited = inheritedNames(schema, base);
    for (const [name, from] of inherited) add(name, from);
    for (const { name } of base.interface.methods) add(methodName(name, inherited), id);
  }
  return found;
}

function methodName(name: string, inherited: ReadonlyMap<string, bigint>): string {
  return toFreeName(toMemberName(name), inherited.keys());
}

interface MethodCode {
  /** The anonymous structs of parameters and results. */
  readonly structs: readonly string[];
  readonly entry: string;
  readonly client: string;
  readonly server: string;
}

interface MethodPlace {
  readonly method: Method;
  readonly index: number;
  readonly inherited: ReadonlyMap<string, bigint>;
}

function emitMethod(
  schema: Schema,
  ownerNames: TypeNames,
  owner: Node,
  { method, index, inherited }: MethodPlace,
): MethodCode {
  const { paramStructType, resultStructType } = method;
  const generics = schema.parametersOfMethod(owner, method);
  const structIds = new Set([paramStructType, resultStructType]);
  const names = ownerNames.forMethod({ names: generics.map((name) => [name, name]), structIds });
  // The caller passes the types of a generic method.
  const serverNames = ownerNames.forMethod({ names: generics.map(() => UNBOUND), structIds });
  const structs: string[] = [];
  const toStruct = (
    names: TypeNames,
    id: bigint,
    brand: Method["paramBrand"],
    role: string,
  ): { type: string; value: string } => {
    if (id === STREAM_RESULT || schema.node(id).scopeId !== 0n) return names.toNamed(id, brand);
    const { type, definition } = emitStruct(schema, names, schema.node(id));
    const value = `${schema.nameOf(owner)}_${method.name}_${role}`;
    if (names === serverNames) return { type, value };
    const define = `${PURE} $.defineStruct({ ${definition} })`;
    if (generics.length === 0) {
      structs.push(`const ${value}: $.StructType<${type}> = ${define};`);
      return { type, value };
    }
    structs.push(
      `const ${value} = <${generics.join(", ")}>(${toTypeArguments(generics).join(", ")}): $.StructType<${type}> => ${define};`,
    );
    return { type, value: `${value}(${generics.join(", ")})` };
  };
  const both = (names: TypeNames) => ({
    params: toStruct(names, paramStructType, method.paramBrand, "params"),
    results: toStruct(names, resultStructType, method.resultBrand, "results"),
  });
  const called = both(names);
  const served = generics.length === 0 ? called : both(serverNames);
  const args = toArguments(schema, method, generics);
  const streaming = resultStructType === STREAM_RESULT;
  const name = methodName(method.name, inherited);
  const text = toComment(schema.commentOfMember(owner, index));
  const types = generics.length === 0 ? "" : `<${generics.join(", ")}>`;
  const typeParameters = `(${generics.map((type) => `${type}: $.PointerType<unknown> = $.AnyPointer`).join(", ")})`;
  const entry = [
    `name: ${JSON.stringify(name)}`,
    ...(generics.length > 0 ? [`typeParameters: ${generics.length}`] : []),
    ...(args.names === undefined ? [] : [`parameters: ${JSON.stringify(args.names)}`]),
    `params: ${typeParameters} => ${called.params.value}`,
    `results: ${typeParameters} => ${called.results.value}`,
    ...(streaming ? ["streaming: true"] : []),
  ];
  const clientArgs = [
    ...toTypeArguments(generics),
    ...args.client(names, called.params.type),
    "options?: $.CallOptions",
  ];
  const serverArgs = [...args.server(serverNames, served.params.type), "context: $.CallContext"];
  const returned =
    served.results.type === "object" ? "void | Promise<void>" : `$.Served<${served.results.type}>`;
  return {
    structs,
    entry: `{ ${entry.join(", ")} }`,
    client: `${text}${name}${types}(${clientArgs.join(", ")}): ${streaming ? "Promise<void>" : `$.Call<${called.results.type}>`};`,
    server: `${text}${name}(${serverArgs.join(", ")}): ${returned};`,
  };
}

interface Arguments {
  /** The names in a parameter list; `undefined` if the parameters are one named struct. */
  readonly names: readonly string[] | undefined;
  client(names: TypeNames, type: string): string[];
  server(names: TypeNames, type: string): string[];
}

function toArguments(schema: Schema, method: Method, generics: readonly string[]): Arguments {
  const node = schema.node(method.paramStructType);
  if (node.scopeId !== 0n) {
    return {
      names: undefined,
      client: (_, type) => [`params: ${toInit(type)}`],
      server: (_, type) => [`params: ${type}`],
    };
  }
  const fields = [...node.struct.fields];
  const lastGiven = fields.findLastIndex((field) => !hasDefault(field));
  const variable = ({ name }: Field): string => toFreeName(toVariableName(name), generics);
  return {
    names: fields.map(({ name }) => toMemberName(name)),
    client: (names) =>
      fields.map((field, at) => {
        const type = toInit(names.toType(field.slot.type));
        const left = hasDefault(field) && at > lastGiven ? "?" : "";
        const orDefault = hasDefault(field) ? " | undefined" : "";
        return `${variable(field)}${left}: ${type}${orDefault}`;
      }),
    server: (names) =>
      fields.map((field) => `${variable(field)}: ${names.toType(field.slot.type)}`),
  };
}

/** Whether a parameter may be omitted, because the schema has a default for it. */
function hasDefault(field: Field): boolean {
  return field.slot.hadExplicitDefault;
}

/** Types with the same form for reading and writing need no mapping. */
function toInit(type: string): string {
  return /^(readonly )?(string|number|bigint|boolean|undefined)(\[\])?$/.test(type)
    ? type
    : `$.Init<${type}>`;
}

function toTypeArguments(names: readonly string[]): string[] {
  return names.map((name) => `${name}: $.PointerType<${name}>`);
}
