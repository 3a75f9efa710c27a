/** Dispatches calls to the methods of served objects. */
import { Exception } from "#base";
import type { CallContext, InterfaceType, Method } from "./interface-type.ts";

/**
 * The method that a call names.
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
  const missing =
    methods === undefined
      ? `interface 0x${interfaceId.toString(16)} on "${type.name}"`
      : `method ${methodId} of interface 0x${interfaceId.toString(16)} on "${type.name}"`;
  throw new Exception("unimplemented", `There is no ${missing}`);
}

/**
 * Calls a method of a served object. @returns results, a promise of them, or a `Call`
 *
 * @throws {unknown} the method's error.
 */
export function callServed(
  target: object,
  method: Method,
  params: unknown,
  context: CallContext,
): unknown {
  const serve = (target as Record<string, (...args: unknown[]) => unknown>)[method.name];
  if (serve === undefined) {
    throw new Exception("unimplemented", `Served object has no method "${method.name}"`);
  }
  if (method.parameters === undefined) return serve.call(target, params, context);
  const args: unknown[] = [];
  for (const name of method.parameters) args.push((params as Record<string, unknown>)[name]);
  args.push(context);
  return Reflect.apply(serve, target, args);
}
