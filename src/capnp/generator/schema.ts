/** A compiled schema by id: nodes, their names in TypeScript, their type parameters. */
import * as capnp from "capnp-es";
import { CodeGeneratorRequest } from "capnp-es/capnp/schema";
import type { Pointer } from "capnp-es";
import { MessageBuilder } from "../builder.ts";
import { copyPointer } from "../copy.ts";
import { MessageReader, PointerReader } from "../reader.ts";
import { toFreeName, toTypeName, toVariableName } from "./names.ts";
import type { Brand, Method, Node, Node_SourceInfo, Type } from "capnp-es/capnp/schema";

export type { Brand, Field, Method, Node, Type, Value } from "capnp-es/capnp/schema";

/** One type parameter: where it was declared, and its name in TypeScript. */
export interface TypeParameter {
  readonly scopeId: bigint;
  readonly index: number;
  readonly name: string;
}

export interface Schema {
  /** The requested files, in order. */
  readonly files: readonly Node[];
  node(id: bigint): Node;
  /** The file that declares a node. */
  fileOf(node: Node): Node;
  /** The name in TypeScript: the names of its scopes and its own, joined by `_`. */
  nameOf(node: Node): string;
  /** The name of the server type of an interface. */
  serverNameOf(node: Node): string;
  /** Type parameters of the node and its scopes, outermost first. */
  parametersOf(node: Node): readonly TypeParameter[];
  /** The names of a method's own type parameters. */
  parametersOfMethod(owner: Node, method: Method): readonly string[];
  commentOf(node: Node): string;
  /** The comment of a field, enumerant or method, by its index in the node. */
  commentOfMember(node: Node, index: number): string;
  /** A pointer value as a message of its own, in hex. */
  toHex(pointer: Pointer): string;
}

/** @param request what `capnp compile -o-` writes */
export function readSchema(request: Uint8Array): Schema {
  const message = new capnp.Message(request.slice().buffer, false);
  // The compiler's output is trusted, and 200 methods exceed the default limit of 64 MiB.
  message._capnp.traversalLimit = Infinity;
  const root = message.getRoot(CodeGeneratorRequest);
  const nodes = new Map<bigint, Node>();
  for (const node of root.nodes) nodes.set(node.id, node);
  const comments = new Map<bigint, Node_SourceInfo>();
  for (const info of root.sourceInfo) comments.set(info.id, info);
  const methodOwners = findMethodOwners(nodes.values());

  const node = (id: bigint): Node => {
    const found = nodes.get(id);
    if (found === undefined) throw new Error(`Schema has no node 0x${id.toString(16)}`);
    return found;
  };
  const scopesOf = remember((id: bigint): readonly Node[] => {
    const scopes: Node[] = [];
    for (
      let at: Node | undefined = node(id);
      at !== undefined;
      at = nodes.get(at.scopeId) ?? methodOwners.get(at.id)
    ) {
      scopes.unshift(at);
    }
    return scopes;
  });
  const fileOf = (inner: Node): Node => scopesOf(inner.id)[0] ?? inner;
  const nameOf = remember((id: bigint): string => {
    const name = scopesOf(id)
      .filter((scope) => !scope._isFile)
      .map((scope) => scope.displayName.slice(scope.displayNamePrefixLength))
      .join("_")
      .replaceAll("$", "_");
    return node(id)._isConst ? toVariableName(name) : toTypeName(name);
  });
  const namesIn = remember((fileId: bigint): ReadonlySet<string> => {
    const names = new Set<string>();
    for (const [id, inner] of nodes) if (fileOf(inner).id === fileId) names.add(nameOf(id));
    return names;
  });
  const parametersOf = remember((id: bigint): readonly TypeParameter[] => {
    const scopes = scopesOf(id).filter(({ parameters }) => parameters.length > 0);
    if (scopes.length === 0) return [];
    const taken = new Set(namesIn(fileOf(node(id)).id));
    return scopes.flatMap((scope) =>
      [...scope.parameters].map((parameter, index) => {
        const name = toFreeName(toTypeName(parameter.name), taken);
        taken.add(name);
        return { scopeId: scope.id, index, name };
      }),
    );
  });
  return {
    files: [...root.requestedFiles].map((file) => node(file.id)),
    node,
    fileOf,
    nameOf: (inner) => nameOf(inner.id),
    serverNameOf: (inner) => toFreeName(`${nameOf(inner.id)}Server`, namesIn(fileOf(inner).id)),
    parametersOf: (inner) => parametersOf(inner.id),
    parametersOfMethod(owner, method) {
      const { implicitParameters } = method;
      if (implicitParameters.length === 0) return [];
      const taken = new Set(namesIn(fileOf(owner).id));
      for (const { name } of parametersOf(owner.id)) taken.add(name);
      return [...implicitParameters].map((parameter) => {
        const name = toFreeName(toTypeName(parameter.name), taken);
        taken.add(name);
        return name;
      });
    },
    commentOf: (inner) => comments.get(inner.id)?.docComment.trim() ?? "",
    commentOfMember(inner, index) {
      const members = comments.get(inner.id)?.members;
      return members === undefined || index >= members.length
        ? ""
        : members.at(index).docComment.trim();
    },
    toHex(pointer) {
      const reader = MessageReader.fromFrame(request, { traversalBytes: Infinity });
      const segment = reader.segment(pointer.segment.id);
      const builder = new MessageBuilder();
      copyPointer(new PointerReader(reader, segment, pointer.byteOffset, 64), builder.root);
      return [...builder.toFrame()].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    },
  };
}

/** Memoizes by node id: schemas have thousands of nodes, and each is looked up for each reference. */
function remember<T>(ask: (id: bigint) => T): (id: bigint) => T {
  const known = new Map<bigint, T>();
  return (id) => {
    const found = known.get(id);
    if (found !== undefined) return found;
    const answer = ask(id);
    known.set(id, answer);
    return answer;
  };
}

/** Anonymous structs of parameters and results have no scope: they get that of their method. */
function findMethodOwners(nodes: Iterable<Node>): Map<bigint, Node> {
  const owners = new Map<bigint, Node>();
  for (const node of nodes) {
    if (!node._isInterface) continue;
    for (const { paramStructType, resultStructType } of node.interface.methods) {
      owners.set(paramStructType, node).set(resultStructType, node);
    }
  }
  return owners;
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
