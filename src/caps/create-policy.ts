/** Policies: values that define what the holder of an attenuated capability may call. */
import type { InterfaceType, StructType } from "#capnp";
import { toReceivedParams } from "#capnp/wire";
import { compileFieldRule } from "./field-rule.ts";
import type { FieldRule, FieldTest } from "./field-rule.ts";
import { requireQuota } from "./meter.ts";
import type { Quota } from "./meter.ts";

export interface PolicyOptions extends Quota {
  /** The holder, in words for the owner; refusals name it. */
  readonly label: string;
  /** The only calls that are allowed, also on capabilities in results; without it, every call is. */
  readonly allow?: readonly AllowedInterface[];
  /** How long the capability is valid after it was attenuated. */
  readonly expiresMs?: number;
}

export interface AllowedInterface {
  readonly interface: InterfaceType;
  /** Names of methods of the interface or of those that it inherits; without it, all of them. */
  readonly methods?: readonly (string | MethodRules)[];
}

export interface MethodRules extends Quota {
  readonly name: string;
  readonly params?: Readonly<Record<string, FieldRule>>;
  readonly results?: Readonly<Record<string, FieldRule>>;
}

/** A policy that was checked against the schema. A value: used-up limits are counted where the policy is applied. */
export interface Policy {
  readonly label: string;
  readonly expiresMs: number;
  readonly quota: Quota;
  /** Rules by interface id and ordinal; `undefined` if everything is allowed. */
  readonly methods: ReadonlyMap<bigint, readonly (MethodPlan | undefined)[]> | undefined;
  /** `Interface.method` by interface id and ordinal, for refusals. */
  readonly titles: ReadonlyMap<bigint, readonly string[]>;
}

/** The rules for calls of one method. */
export interface MethodPlan {
  /** `Interface.method`. */
  readonly title: string;
  readonly quota: Quota;
  readonly params: RecordPlan;
  readonly results: RecordPlan;
}

export interface RecordPlan {
  readonly type: () => StructType<unknown>;
  readonly tests: readonly (readonly [name: string, test: FieldTest])[];
}

/**
 * @throws {TypeError} when the options name a method, a field or a rule that does not exist.
 * @throws {RangeError} when a limit is not a number.
 */
export function createPolicy(options: PolicyOptions): Policy {
  const { label, allow, expiresMs = Infinity } = options;
  const where = `"${label}"`;
  requireKeys(options, ["label", "allow", "expiresMs", "calls", "bytes", "rate"], where);
  requireQuota(options, where);
  if (!(expiresMs >= 0))
    throw new RangeError(`"expiresMs" of ${where} is not a duration: ${expiresMs}`);
  if (allow === undefined && options.bytes !== undefined) {
    throw new TypeError(`"bytes" of ${where} cannot be counted without the schema in "allow"`);
  }
  const methods = allow && compileAll(allow);
  return { label, expiresMs, quota: options, methods, titles: listTitles(allow) };
}

function listTitles(
  allow: readonly AllowedInterface[] = [],
): ReadonlyMap<bigint, readonly string[]> {
  const titles = new Map<bigint, readonly string[]>();
  for (const { interface: type } of allow) {
    for (const [id, methods] of type.methods) {
      titles.set(
        id,
        methods.map(({ name }) => `${type.name}.${name}`),
      );
    }
  }
  return titles;
}

/** A policy that allows these methods of interfaces whose schema may be unknown. */
export function createMethodPolicy(
  label: string,
  methods: ReadonlyArray<{ readonly interfaceId: bigint; readonly ordinal: number }>,
): Policy {
  const plans = new Map<bigint, (MethodPlan | undefined)[]>();
  for (const { interfaceId, ordinal } of methods) {
    const known = plans.get(interfaceId) ?? [];
    const title = `method ${ordinal} of interface 0x${interfaceId.toString(16)}`;
    known[ordinal] = { title, quota: {}, params: NO_RULES, results: NO_RULES };
    plans.set(interfaceId, known);
  }
  return { label, expiresMs: Infinity, quota: {}, methods: plans, titles: new Map() };
}

/** The type is never read, since there are neither tests nor counts. */
const NO_RULES: RecordPlan = {
  type: () => {
    throw new TypeError("A method without rules has no type to read");
  },
  tests: [],
};

type Method = NonNullable<ReturnType<InterfaceType["methods"]["get"]>>[number];

function compileAll(
  allow: readonly AllowedInterface[],
): ReadonlyMap<bigint, readonly (MethodPlan | undefined)[]> {
  const plans = new Map<bigint, (MethodPlan | undefined)[]>();
  for (const allowed of allow) {
    requireKeys(allowed, ["interface", "methods"], `"${allowed.interface.name}"`);
    const { interface: type } = allowed;
    const names = [...type.methods.values()].flatMap((methods) => methods.map(({ name }) => name));
    for (const rule of allowed.methods ?? names) {
      const rules = typeof rule === "string" ? { name: rule } : rule;
      const [id, methodId, method] = findMethod(type, rules.name);
      const known = plans.get(id) ?? [];
      const title = `${type.name}.${method.name}`;
      if (known[methodId] !== undefined) throw new TypeError(`"${title}" is allowed twice`);
      known[methodId] = compileMethod(method, rules, title);
      plans.set(id, known);
    }
  }
  return plans;
}

function findMethod(type: InterfaceType, name: string): [bigint, number, Method] {
  for (const [id, methods] of type.methods) {
    const methodId = methods.findIndex((method) => method.name === name);
    const method = methods[methodId];
    if (method !== undefined) return [id, methodId, method];
  }
  throw new TypeError(`"${type.name}" has no method "${name}"`);
}

function compileMethod(method: Method, rules: MethodRules, title: string): MethodPlan {
  requireKeys(rules, ["name", "params", "results", "calls", "bytes", "rate"], `"${title}"`);
  requireQuota(rules, `"${title}"`);
  return {
    title,
    quota: rules,
    params: compileRecord(() => method.params(), rules.params, `a parameter of "${title}"`),
    results: compileRecord(() => method.results(), rules.results, `a result of "${title}"`),
  };
}

function compileRecord(
  type: () => StructType<unknown>,
  rules: Readonly<Record<string, FieldRule>> = {},
  role: string,
): RecordPlan {
  const entries = Object.entries(rules);
  if (entries.length === 0) return { type, tests: [] };
  const defaults = readDefaults(type());
  const tests = entries.map(([name, rule]) => {
    if (!Object.hasOwn(defaults, name)) throw new TypeError(`"${name}" is not ${role}`);
    return [name, compileFieldRule(name, rule, defaults[name])] as const;
  });
  return { type, tests };
}

/** A record in which every field has its default, as a peer sends it that sets none. */
function readDefaults(type: StructType<unknown>): Readonly<Record<string, unknown>> {
  const empty = toReceivedParams({ dataWords: 0, pointers: 0, write: () => undefined });
  return type.read(empty.root) as Readonly<Record<string, unknown>>;
}

function requireKeys(options: object, allowed: readonly string[], where: string): void {
  const unknown = Object.keys(options).find((key) => !allowed.includes(key));
  if (unknown !== undefined) throw new TypeError(`There is no option "${unknown}" for ${where}`);
}
