/** How a call finds the method of a served object. */
import { Exception } from "#base";
import type { StructBuilder } from "./builder.ts";
import { disposeClients } from "./client.ts";
import type { CallContext, InterfaceType } from "./interface.ts";
import type { PointerReader } from "./reader.ts";
import type { StructType } from "./types.ts";

/**
 * Calls the method of a served object: reads the parameters, writes what it returns with `results`.
 *
 * The parameters' clients are lent to the method until it returns; the clients it returns are handed over.
 *
 * @throws {Exception} `unimplemented` when the type has no such method; else whatever the method threw.
 */
export async function callServed(
  target: object,
  type: InterfaceType,
  call: { readonly interfaceId: bigint; readonly methodId: number; readonly params: PointerReader },
  context: CallContext,
  results: (type: StructType<unknown>) => StructBuilder,
): Promise<void> {
  const method = type.methods.get(call.interfaceId)?.[call.methodId];
  if (method === undefined) {
    const where = type.methods.has(call.interfaceId)
      ? `method ${call.methodId} of interface "${type.name}"`
      : `interface 0x${call.interfaceId.toString(16)} on "${type.name}"`;
    throw new Exception("unimplemented", `There is no ${where}`);
  }
  const params = method.params().read(call.params) as Record<string, unknown>;
  try {
    const args = method.parameters?.map((name) => params[name]) ?? [params];
    const serve = (target as Record<string, (...args: unknown[]) => unknown>)[method.name];
    if (serve === undefined) {
      throw new Exception("unimplemented", `"${type.name}" is served without "${method.name}"`);
    }
    const returned = (await serve.call(target, ...args, context)) ?? {};
    const resultsType = method.results();
    resultsType.writeStruct(results(resultsType), returned);
  } finally {
    disposeClients(params);
  }
}
