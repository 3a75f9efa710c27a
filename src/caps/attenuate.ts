/**
 * Attenuation: a capability handed on with less authority than it has.
 *
 * Capabilities that come out of it are attenuated in the same way. Capabilities that the holder passes in stay
 * unrestricted for the objects inside, and are cut off with the rest. Attenuating an attenuated capability allows only
 * what both policies allow.
 */
import type { Exception } from "#base";
import { isClient } from "#capnp";
import type { Client, ClientType } from "#capnp";
import { PointerReader } from "#capnp/wire";
import type { UseCounter } from "./account.ts";
import { Boundary } from "./boundary.ts";
import type { MethodPlan, Policy, RecordPlan } from "./create-policy.ts";
import { joinLifetimes, OwnedLifetime } from "./lifetime.ts";
import type { Lifetime } from "./lifetime.ts";
import { Meter } from "./meter.ts";
import type { Clock } from "./meter.ts";
import type { BoundaryPolicy, CrossingCall } from "./policy.ts";
import { createRefusal } from "./refusal.ts";

export interface Attenuating {
  readonly clock: Clock;
  /** The authority ends with any of these: a revoker's lifetime, an epoch's. */
  readonly lifetimes?: readonly Lifetime[];
  /** Counts the holder's calls and refusals. */
  readonly counter?: UseCounter;
}

/** A client of the same capability, restricted to what the policy allows. Takes ownership of the client. */
export function attenuate<T extends Client>(
  client: T,
  type: ClientType<T>,
  policy: Policy,
  options: Attenuating,
): T {
  return createAttenuation(policy, options).handOut(client, type);
}

/** The boundary that attenuates all capabilities handed out through it; they share its limits. */
export function createAttenuation(policy: Policy, options: Attenuating): Boundary {
  return new Boundary(new Attenuation(policy, options));
}

/** A method with the rest of its own limits. */
interface Gate {
  readonly plan: MethodPlan;
  readonly meter: Meter | undefined;
  readonly countsBytes: boolean;
}

class Attenuation implements BoundaryPolicy {
  readonly lifetime: Lifetime | undefined;
  readonly #label: string;
  readonly #titles: Policy["titles"];
  readonly #clock: Clock;
  readonly #expiresMs: number;
  readonly #expiry: OwnedLifetime | undefined;
  readonly #meter: Meter | undefined;
  readonly #counter: UseCounter | undefined;
  readonly #gates: ReadonlyMap<bigint, readonly (Gate | undefined)[]> | undefined;
  /**
   * Caches the last lookup: most calls are of the same interface as the one before, and the map costs a tenth of a
   * call.
   */
  #lastId: bigint | undefined;
  #lastGates: readonly (Gate | undefined)[] | undefined;

  constructor(policy: Policy, { clock, lifetimes = [], counter }: Attenuating) {
    this.#label = policy.label;
    this.#titles = policy.titles;
    this.#counter = counter;
    this.#clock = clock;
    const isEndless = policy.expiresMs === Infinity;
    this.#expiry = isEndless ? undefined : new OwnedLifetime();
    this.#expiresMs = isEndless ? Infinity : clock.nowMs() + policy.expiresMs;
    this.lifetime = joinLifetimes(this.#expiry ? [...lifetimes, this.#expiry] : lifetimes);
    this.#meter = toMeter(policy.quota, clock);
    const countsBytes = policy.quota.bytes !== undefined;
    const toGate = (plan: MethodPlan | undefined): Gate | undefined =>
      plan && {
        plan,
        meter: toMeter(plan.quota, clock),
        countsBytes: countsBytes || plan.quota.bytes !== undefined,
      };
    this.#gates =
      policy.methods &&
      new Map([...policy.methods].map(([id, plans]) => [id, Array.from(plans, toGate)]));
  }

  check(call: CrossingCall): Exception | undefined {
    const ended = this.#expire();
    if (ended !== undefined || call.wasAsked || call.target === "in") return ended;
    const gate = this.#findGate(call);
    if (gate === undefined && this.#gates !== undefined)
      return this.#refuse(call, "the grant does not include it");
    const plan = gate?.plan.params;
    let bytes = 0;
    if (plan !== undefined && (plan.tests.length > 0 || gate?.countsBytes === true)) {
      const record = readRecord(plan, call.readParams());
      const broken = findBroken(plan, record);
      if (broken !== undefined) return this.#refuse(call, broken);
      if (gate?.countsBytes === true) bytes = countBytes(record);
    }
    return this.#charge(call, gate?.meter, bytes);
  }

  checkResults(call: CrossingCall, results: PointerReader): Exception | undefined {
    const ended = this.#expire();
    if (ended !== undefined || call.target === "in") return ended;
    const gate = this.#findGate(call);
    if (gate === undefined) return undefined;
    const plan = gate.plan.results;
    if (plan.tests.length === 0 && !gate.countsBytes) return undefined;
    const record = readRecord(plan, results);
    const broken = findBroken(plan, record);
    if (broken !== undefined) return this.#refuse(call, broken);
    if (!gate.countsBytes) return undefined;
    const bytes = countBytes(record);
    const own = gate.meter?.chargeBytes(bytes) !== false;
    const all = this.#meter?.chargeBytes(bytes) !== false;
    return own && all ? undefined : this.#refuse(call, reached("bytes"));
  }

  /** No timer runs: the first call after the expiry also ends the calls that are still in flight. */
  #expire(): Exception | undefined {
    if (this.#expiry !== undefined && this.#clock.nowMs() >= this.#expiresMs) {
      this.#expiry.end(createRefusal("revoked", `${this.#label} has expired`));
    }
    return this.#expiry?.ended;
  }

  #findGate({ interfaceId, methodId }: CrossingCall): Gate | undefined {
    if (interfaceId !== this.#lastId) {
      this.#lastId = interfaceId;
      this.#lastGates = this.#gates?.get(interfaceId);
    }
    return this.#lastGates?.[methodId];
  }

  /** Checks all limits before it charges any, so that a refused call uses up nothing. */
  #charge(call: CrossingCall, own: Meter | undefined, bytes: number): Exception | undefined {
    const limit = this.#meter?.findLimit(bytes) ?? own?.findLimit(bytes);
    if (limit !== undefined) return this.#refuse(call, reached(limit));
    this.#meter?.charge(bytes);
    own?.charge(bytes);
    this.#counter?.used();
    return undefined;
  }

  /** @param rule the rule that refused the call */
  #refuse(call: CrossingCall, rule: string): Exception {
    const { interfaceId, methodId } = call;
    const title =
      this.#findGate(call)?.plan.title ??
      this.#titles.get(interfaceId)?.[methodId] ??
      `method ${methodId} of interface 0x${interfaceId.toString(16)}`;
    this.#counter?.refused(`${title}: ${rule}`);
    return createRefusal("denied", `Cannot call ${title} of ${this.#label}: ${rule}`);
  }
}

const reached = (limit: string): string => `the limit "${limit}" is reached`;

function toMeter(quota: Policy["quota"], clock: Clock): Meter | undefined {
  const { calls, bytes, rate } = quota;
  const isLimited = calls !== undefined || bytes !== undefined || rate !== undefined;
  return isLimited ? new Meter(quota, clock) : undefined;
}

type Fields = Readonly<Record<string, unknown>>;

/** A message up to this size costs its reader little, compared with the limit on messages. */
const SMALL_BYTES = 4096;

/**
 * Reads the record by a copy of the message's reader: without capabilities, which would have to be released, and
 * without using up the traversal limit of the message's other readers. A small message without capabilities is read
 * directly, since the copy costs more than reading it.
 */
function readRecord(plan: RecordPlan, pointer: PointerReader): Fields {
  const { message } = pointer;
  const isSmall = message.capabilities.length === 0 && message.sizeBytes <= SMALL_BYTES;
  return plan.type().read(isSmall ? pointer : pointer.with([])) as Fields;
}

function findBroken({ tests }: RecordPlan, record: Fields): string | undefined {
  for (const [name, test] of tests) {
    const broken = test(record[name]);
    if (broken !== undefined) return broken;
  }
  return undefined;
}

const TEXT = new TextEncoder();

/** Bytes of text and data in a value, at any depth. */
function countBytes(value: unknown): number {
  if (typeof value === "string") return TEXT.encode(value).length;
  if (value instanceof Uint8Array) return value.length;
  if (value instanceof PointerReader) return value.message.sizeBytes;
  if (typeof value !== "object" || value === null || isClient(value)) return 0;
  return Object.values(value).reduce((sum: number, inner) => sum + countBytes(inner), 0);
}
