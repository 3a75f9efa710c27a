/** Defines interfaces for generated code, and creates clients that call them. */
import { createBroken, NULL_CAPABILITY } from "./broken.ts";
import type { MessageBuilder } from "./builder.ts";
import { createCallMaker } from "./call.ts";
import type { CallMaker, CallOptions } from "./call.ts";
import type { Capability } from "./capability.ts";
import { capabilityOf, createClient, createClientPrototype, isClient } from "./client.ts";
import type { Client, ClientType } from "./client.ts";
import type { Init } from "./init.ts";
import type { InterfaceType, Method, ServerOf } from "./interface-type.ts";
import { LocalCapability } from "./local-capability.ts";
import { PromisedCapability } from "./promise.ts";
import type { PointerReader } from "./reader.ts";
import { flowOf } from "./stream-flow.ts";
import { listedByPointer } from "./types.ts";
import type { PointerType } from "./types.ts";
import { createTypeError } from "./write-error.ts";

export interface InterfaceDefinition {
  readonly id: bigint;
  readonly name: string;
  readonly extends?: readonly InterfaceType[];
  /** In the order of their ordinals. */
  readonly methods: readonly Method[];
}

export function defineInterface<T extends Client>(
  definition: InterfaceDefinition,
): InterfaceType<T> {
  const { id, name, methods } = definition;
  const all = new Map<bigint, readonly Method[]>();
  const clientPrototype = createClientPrototype();
  for (const base of definition.extends ?? []) {
    for (const [baseId, baseMethods] of base.methods) all.set(baseId, baseMethods);
    Object.assign(clientPrototype, base.clientPrototype);
  }
  all.set(id, methods);
  methods.forEach((method, methodId) => {
    let kept: CallMaker<unknown> | undefined;
    clientPrototype[method.name] = function call(this: Client, ...args: unknown[]) {
      const { typeParameters: first = 0 } = method;
      if (first === 0) kept ??= createCallMaker(method.results());
      return callMethod(this, id, methodId, method, first, args, kept);
    };
  });
  const type: InterfaceType<T> = {
    id,
    name,
    methods: all,
    clientPrototype,
    ...listedByPointer<T>({
      read: (pointer) => readClient(pointer, clientPrototype),
      write(pointer, value) {
        // Null is written as a null pointer: the reference implementation reads nothing else as null.
        if (value === null || value === undefined) return;
        if (typeof value !== "object")
          throw createTypeError(value, `client or object of "${name}"`);
        const capability = toCapability(value, type, pointer.message);
        if (capability !== NULL_CAPABILITY) pointer.setCapability(capability);
      },
    }),
  };
  return type;
}

/** A capability of unknown interface: `Capability` in a schema. */
export const AnyClient: InterfaceType = defineInterface<Client>({
  id: 0n,
  name: "Capability",
  methods: [],
});

/** A client of another interface for the same capability; unchecked, and disposed separately. */
export function cast<T extends Client>(client: Client, type: ClientType<T>): T {
  return createClient<T>(type.clientPrototype, capabilityOf(client).retain());
}

/** A client of a capability. Takes ownership of one reference. */
export function toClient<T extends Client>(capability: Capability, type: ClientType<T>): T {
  return createClient<T>(type.clientPrototype, capability);
}

/**
 * Creates a client of a local object.
 *
 * Takes ownership of the object: if it is disposable, it is disposed when the last reference anywhere is released.
 */
export function serve<T extends Client>(type: InterfaceType<T>, target: ServerOf<T>): T {
  return toClient<T>(new LocalCapability(target as object, type), type);
}

/**
 * A client of the promise's result, callable at once: calls wait, in order.
 *
 * Takes ownership of the resulting client. If the promise rejects, every call rejects.
 */
export function createPromisedClient<T extends Client>(
  type: ClientType<T>,
  promise: PromiseLike<T>,
): T {
  const capability = new PromisedCapability();
  const resolve = (to: Capability): void => {
    capability.resolve(to);
    capability.release();
  };
  const keep = (client: T): void => {
    resolve(capabilityOf(client));
    client[Symbol.dispose]();
  };
  promise.then(keep).then(undefined, (reason: unknown) => resolve(createBroken(reason)));
  return toClient(capability.retain(), type);
}

function callMethod(
  client: Client,
  interfaceId: bigint,
  methodId: number,
  method: Method,
  first: number,
  args: readonly unknown[],
  kept: CallMaker<unknown> | undefined,
): object {
  const { parameters: names } = method;
  const types = first === 0 ? NO_TYPES : (args.slice(0, first) as PointerType<unknown>[]);
  const type = method.params(...types);
  let value = args[first];
  if (names !== undefined) {
    const record: Record<string, unknown> = {};
    for (let at = 0; at < names.length; at++) record[names[at] ?? ""] = args[first + at];
    value = record;
  }
  const options = args[first + (names?.length ?? 1)] as CallOptions | undefined;
  const makeCall = kept ?? createCallMaker(method.results(...types));
  const capability = capabilityOf(client);
  const answer = capability.call({
    interfaceId,
    methodId,
    signal: options?.signal,
    noPipelining: !makeCall.canPipeline,
    results: undefined,
    params: {
      dataWords: type.dataWords,
      pointers: type.pointers,
      write: (builder) => type.writeStruct(builder, value as Init<unknown>),
    },
  });
  if (method.streaming === true) return flowOf(capability).send(answer);
  return makeCall.make(answer);
}

const NO_TYPES: readonly PointerType<unknown>[] = [];

/** A null pointer reads as a client on which all calls fail. */
function readClient<T extends Client>(pointer: PointerReader, clientPrototype: object): T {
  const capability = pointer.capability() ?? NULL_CAPABILITY;
  return createClient<T>(clientPrototype, capability.retain());
}

function toCapability(value: object, type: InterfaceType, message: MessageBuilder): Capability {
  if (!isClient(value)) return new LocalCapability(value, type);
  const capability = capabilityOf(value).retain();
  if (message.takesClients) value[Symbol.dispose]();
  return capability;
}
