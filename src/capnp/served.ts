/** How a call finds the method of a served object. */
import { Exception } from "#base";
import type { StructBuilder } from "./builder.ts";
import type { Answer } from "./capability.ts";
import { isCall, takeAnswer } from "./call.ts";
import { disposeClients } from "./client.ts";
import type { CallContext, InterfaceType, Method } from "./interface.ts";
import type { PointerReader } from "./reader.ts";
import type { StructType } from "./types.ts";

/**
 * The method that a call means.
 *
 * @throws {Exception} `unimplemented` when the type has no such method.
 */
export function findMethod(
  type: InterfaceType,
  { interfaceId, methodId }: { readonly interfaceId: bigint; readonly methodId: number },
): Method {
  const methods = type.methods.get(interfaceId);
  const method = methods?.[methodId];
  if (method !== undefined) return method;
  const what =
    methods === undefined
      ? `interface 0x${interfaceId.toString(16)} on "${type.name}"`
      : `method ${methodId} of interface 0x${interfaceId.toString(16)} on "${type.name}"`;
  throw new Exception("unimplemented", `There is no ${what}`);
}

/**
 * Calls a method of a served object: reads the parameters, writes what it returns with `results`.
 *
 * The parameters' clients are lent to the method until it returns; the clients it returns are handed over.
 *
 * @returns the answer that takes the place of this one, where the method returned a call itself: a tail call
 * @throws {unknown} whatever the method threw.
 */
export async function callServed(
  target: object,
  method: Method,
  given: PointerReader,
  context: CallContext,
  results: (type: StructType<unknown>) => StructBuilder,
): Promise<Answer | undefined> {
  const params = method.params().read(given) as Record<string, unknown>;
  try {
    const args: unknown[] = [];
    if (method.parameters === undefined) args.push(params);
    else for (const name of method.parameters) args.push(params[name]);
    const serve = (target as Record<string, (...args: unknown[]) => unknown>)[method.name];
    if (serve === undefined) {
      throw new Exception("unimplemented", `The object served has no method "${method.name}"`);
    }
    const returned = serve.call(target, ...args, context);
    if (isCall(returned)) return takeAnswer(returned);
    const value = (await returned) ?? {};
    const resultsType = method.results();
    resultsType.writeStruct(results(resultsType), value);
    return undefined;
  } finally {
    disposeClients(params);
  }
}
