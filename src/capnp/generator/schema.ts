/** A compiled schema, looked up by id: nodes, their names in TypeScript, their type parameters. */
import * as capnp from "capnp-es";
import { CodeGeneratorRequest } from "capnp-es/capnp/schema";
import type { Pointer } from "capnp-es";
import { MessageBuilder } from "../builder.ts";
import { copyPointer } from "../copy.ts";
import { MessageReader, PointerReader } from "../reader.ts";
import type { Brand, Node, Node_SourceInfo, Type } from "capnp-es/capnp/schema";

export type { Brand, Field, Method, Node, Type, Value } from "capnp-es/capnp/schema";

/** One type parameter: where it was declared, and its name. */
export interface TypeParameter {
  readonly scopeId: bigint;
  readonly index: number;
  readonly name: string;
}

export interface Schema {
  /** The files that were asked for, in order. */
  readonly files: readonly { readonly node: Node; readonly imports: ReadonlyMap<bigint, string> }[];
  node(id: bigint): Node;
  /** The file a node stands in. */
  fileOf(node: Node): Node;
  /** The name in TypeScript: those of the scopes and its own, joined by `_`. */
  nameOf(node: Node): string;
  /** Of the node and of the scopes around it, outermost first. */
  parametersOf(node: Node): readonly TypeParameter[];
  commentOf(node: Node): string;
  /** A pointer value as a message of its own, in hex. */
  toHex(pointer: Pointer): string;
}

/** @param request what `capnp compile -o-` writes */
export function readSchema(request: Uint8Array): Schema {
  const message = new capnp.Message(request.slice().buffer, false);
  const root = message.getRoot(CodeGeneratorRequest);
  const nodes = new Map<bigint, Node>();
  for (const node of root.nodes) nodes.set(node.id, node);
  const comments = new Map<bigint, Node_SourceInfo>();
  for (const info of root.sourceInfo) comments.set(info.id, info);

  const node = (id: bigint): Node => {
    const found = nodes.get(id);
    if (found === undefined) throw new Error(`Schema has no node 0x${id.toString(16)}`);
    return found;
  };
  const scopesOf = (inner: Node): Node[] => {
    const scopes: Node[] = [];
    for (let at: Node | undefined = inner; at !== undefined; at = nodes.get(at.scopeId)) {
      scopes.unshift(at);
    }
    return scopes;
  };
  return {
    files: [...root.requestedFiles].map((file) => ({
      node: node(file.id),
      imports: new Map([...file.imports].map(({ id, name }) => [id, name])),
    })),
    node,
    fileOf: (inner) => scopesOf(inner)[0] ?? inner,
    nameOf: (inner) =>
      scopesOf(inner)
        .filter((scope) => !scope._isFile)
        .map((scope) => scope.displayName.slice(scope.displayNamePrefixLength))
        .join("_")
        .replaceAll("$", "_"),
    parametersOf: (inner) =>
      scopesOf(inner).flatMap((scope) =>
        [...scope.parameters].map(({ name }, index) => ({ scopeId: scope.id, index, name })),
      ),
    commentOf: (inner) => comments.get(inner.id)?.docComment.trim() ?? "",
    toHex(pointer) {
      const reader = MessageReader.fromFrame(request, { traversalBytes: Infinity });
      const segment = reader.segment(pointer.segment.id);
      const builder = new MessageBuilder();
      copyPointer(new PointerReader(reader, segment, pointer.byteOffset, 64), builder.root);
      return [...builder.toFrame()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  };
}

/** The bound types of a brand, in the order of the target's parameters; `undefined` where unbound. */
export function bindingsOf(
  brand: Brand,
  parameters: readonly TypeParameter[],
): readonly (Type | TypeParameter | undefined)[] {
  const scopes = new Map([...brand.scopes].map((scope) => [scope.scopeId, scope]));
  return parameters.map((parameter) => {
    const scope = scopes.get(parameter.scopeId);
    if (scope === undefined) return undefined;
    if (scope._isInherit) return parameter;
    const binding = scope.bind.at(parameter.index);
    return binding._isType ? binding.type : undefined;
  });
}
