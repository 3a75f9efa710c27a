/** How an owner narrows what a process has asked for. @see capnp/owner.capnp Narrowing */
import { Exception, toMessage } from "#base";
import type { Ask, NarrowingRecord } from "#schema";
import { interfaceOf, methodsOf } from "./ask.ts";
import type { AskKind } from "./ask.ts";
import { createPolicy } from "./create-policy.ts";
import type { MethodRules, Policy, PolicyOptions } from "./create-policy.ts";
import type { FieldRule } from "./field-rule.ts";

export interface Narrowed {
  readonly policy: Policy;
  /** The restrictions in words for the account, one sentence each. */
  readonly restrictions: readonly string[];
}

type MethodNarrowing = NarrowingRecord["methods"][number];
type ParamNarrowing = MethodNarrowing["params"][number];

/**
 * The policy of a grant: the ask, narrowed by the owner.
 *
 * @throws {Exception} `failed` when the narrowing names something that the interface does not have.
 */
export function narrow(ask: Ask, kind: AskKind, label: string, record: NarrowingRecord): Narrowed {
  const quota = readQuota(record);
  const type = interfaceOf(kind);
  try {
    if (type === undefined) {
      if (record.methods.length > 0) throw new TypeError("the interface is not known here");
      return { policy: createPolicy({ label, ...quota }), restrictions: describe(quota, []) };
    }
    const asked = methodsOf(ask);
    const methods =
      record.methods.length > 0
        ? record.methods.filter(({ name }) => asked?.includes(name) !== false).map(toRules)
        : asked;
    const allow = [{ interface: type, ...(methods && { methods }) }];
    return {
      policy: createPolicy({ label, ...quota, allow }),
      restrictions: describe(quota, methods ?? []),
    };
  } catch (error) {
    if (error instanceof Exception) throw error;
    throw new Exception("failed", `Cannot narrow "${label}": ${toMessage(error)}`);
  }
}

export type QuotaOptions = Pick<PolicyOptions, "calls" | "bytes" | "rate" | "expiresMs">;

/** Only the limits of a narrowing. */
export function readQuota(record: NarrowingRecord): QuotaOptions {
  const { calls, bytes, rateCalls, ratePerMs, expiresMs } = record;
  return {
    ...(calls >= 0 && { calls }),
    ...(bytes >= 0 && { bytes }),
    ...(rateCalls >= 0 && { rate: { calls: rateCalls, perMs: ratePerMs } }),
    ...(expiresMs >= 0 && { expiresMs }),
  };
}

function toRules({ name, params }: MethodNarrowing): MethodRules {
  return {
    name,
    params: Object.fromEntries(params.map((param) => [param.name, toRule(param)])),
  };
}

function toRule({ prefixes, hosts, oneOf, atMost, limitBytes }: ParamNarrowing): FieldRule {
  return {
    ...(prefixes.length > 0 && { prefixes }),
    ...(hosts.length > 0 && { hosts }),
    ...(oneOf.length > 0 && { oneOf }),
    ...(atMost >= 0 && { atMost }),
    ...(limitBytes >= 0 && { limitBytes }),
  };
}

function describe(
  { calls, bytes, rate, expiresMs }: QuotaOptions,
  methods: readonly (string | MethodRules)[],
): readonly string[] {
  const names = methods.map((method) => (typeof method === "string" ? method : method.name));
  const rules = methods.flatMap((method) =>
    typeof method === "string" ? [] : Object.entries(method.params ?? {}),
  );
  return [
    ...(names.length > 0 ? [`only ${names.join(", ")}`] : []),
    ...rules.map(([name, rule]) => `${name}: ${JSON.stringify(rule)}`),
    ...(calls === undefined ? [] : [`at most ${calls} calls`]),
    ...(bytes === undefined ? [] : [`at most ${bytes} bytes`]),
    ...(rate === undefined ? [] : [`at most ${rate.calls} calls in ${rate.perMs} ms`]),
    ...(expiresMs === undefined ? [] : [`for ${expiresMs} ms`]),
  ];
}
