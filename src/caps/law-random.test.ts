/**
 * Random grants between vats: a model predicts which calls succeed after grants were attenuated, passed on and revoked.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cast, dup, serve } from "#capnp";
import { connect, createMemoryTransports } from "#rpc";
import type { Connection } from "#rpc";
// oxlint-disable-next-line no-restricted-imports -- a schema for tests, which no door gives
import { Counter, Peer } from "../rpc/interop/generated/interop.ts";
// oxlint-disable-next-line no-restricted-imports -- objects for tests, which no door gives
import { servePeer } from "../rpc/interop/serve-peer.ts";
import { attenuate } from "./attenuate.ts";
import { createPolicy } from "./create-policy.ts";
import type { PolicyOptions } from "./create-policy.ts";
import { createRevoker } from "./revoker.ts";
import type { Revoker } from "./revoker.ts";

const REFUSED = /ww-membrane\/permission-denied|wetware\/call-guard\/target-revoked/;
const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

type Method = "makeCounter" | "liveCounters" | "neverReturn" | "add";

interface Rule {
  readonly policy: Omit<PolicyOptions, "label">;
  readonly allows: (method: Method, amount: bigint) => boolean;
}

const RULES: readonly Rule[] = [
  { policy: {}, allows: () => true },
  {
    policy: {
      allow: [
        { interface: Peer, methods: ["makeCounter"] },
        { interface: Counter, methods: ["add"] },
      ],
    },
    allows: (method) => method === "makeCounter" || method === "add",
  },
  {
    policy: { allow: [{ interface: Peer, methods: ["liveCounters", "neverReturn"] }] },
    allows: (method) => method === "liveCounters" || method === "neverReturn",
  },
  {
    policy: {
      allow: [
        { interface: Peer },
        { interface: Counter, methods: [{ name: "add", params: { amount: { atMost: 10 } } }] },
      ],
    },
    allows: (method, amount) => method !== "add" || amount <= 10n,
  },
  { policy: { calls: 1 }, allows: () => true },
];

/** One attenuation as the model knows it. */
interface Layer {
  readonly rule: Rule;
  readonly grant: Grant;
  left: number;
}

interface Grant {
  readonly revoker: Revoker;
  readonly parent: Grant | undefined;
  isRevoked: boolean;
}

interface Held {
  readonly vat: number;
  readonly client: Peer | Counter;
  readonly isPeer: boolean;
  /** Layers from the object's side to the holder's. */
  readonly layers: readonly Layer[];
}

const number = fc.nat({ max: 1000 });
const command = fc.oneof(
  fc.record({ do: fc.constant("pass" as const), of: number, to: number }),
  fc.record({ do: fc.constant("wrap" as const), of: number, rule: number, under: number }),
  fc.record({ do: fc.constant("wrap" as const), of: number, rule: number, under: number }),
  fc.record({ do: fc.constant("revoke" as const), of: number }),
  fc.record({ do: fc.constant("wait" as const), of: number }),
  fc.record({ do: fc.constant("call" as const), of: number, amount: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant("call" as const), of: number, amount: fc.nat({ max: 20 }) }),
  fc.record({ do: fc.constant("make" as const), of: number }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;

test("no call succeeds that the model forbids, and none fails that it allows", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 4 }),
      fc.array(command, { maxLength: 30 }),
      async (vats, commands) => {
        await using world = new World(vats);
        for (const each of commands) await world.run(each);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);

class World implements AsyncDisposable {
  readonly #served: readonly ReturnType<typeof servePeer>[];
  readonly #locals: readonly Peer[];
  /** Clients by the vat that holds them, then by the vat whose bootstrap they are. */
  readonly #remotes: Map<number, Peer>[];
  readonly #connections: Connection[] = [];
  readonly #held: Held[] = [];
  readonly #grants: Grant[] = [];
  readonly #waiting: {
    readonly layers: readonly Layer[];
    readonly outcome: PromiseLike<unknown>;
  }[] = [];
  readonly #cancel = new AbortController();

  constructor(vats: number) {
    this.#served = Array.from({ length: vats }, () => servePeer());
    this.#locals = this.#served.map(({ peer }) => serve(Peer, peer));
    this.#remotes = this.#locals.map(() => new Map());
    for (let left = 0; left < vats; left++) {
      for (let right = 0; right < left; right++) this.#connect(left, right);
    }
    this.#locals.forEach((local, vat) => {
      this.#held.push({ vat, client: dup(local), isPeer: true, layers: [] });
    });
  }

  #connect(left: number, right: number): void {
    const ends = [left, right].map((vat, at) => ({ vat, other: at === 0 ? right : left }));
    const transports = createMemoryTransports();
    ends.forEach(({ vat, other }, at) => {
      const transport = transports[at];
      const bootstrap = this.#locals[vat];
      if (transport === undefined || bootstrap === undefined) return;
      const connection = connect(transport, { bootstrap });
      this.#connections.push(connection);
      this.#remotes[vat]?.set(other, connection.bootstrap(Peer));
    });
  }

  async run(each: Command): Promise<void> {
    if (each.do === "revoke") return this.#revoke(each.of);
    const held = pick(this.#held, each.of);
    if (held === undefined) return;
    if (each.do === "pass") return await this.#pass(held, each.to % this.#locals.length);
    if (each.do === "wrap") return this.#wrap(held, each.rule, each.under);
    if (each.do === "call") return await this.#call(held, BigInt(each.amount));
    if (each.do === "make") return await this.#make(held);
    return await this.#wait(held);
  }

  /** The holding vat passes the capability to another vat, which takes it from its own object. */
  async #pass(held: Held, to: number): Promise<void> {
    const target = this.#remotes[held.vat]?.get(to);
    const local = this.#locals[to];
    if (target === undefined || local === undefined) return;
    // The capability may be no counter; nothing checks its type here.
    using passed = cast(held.client, Counter);
    await target.hold(passed);
    using results = await local.getHeld();
    await local.hold(null);
    const client = held.isPeer ? cast(results.counter, Peer) : cast(results.counter, Counter);
    this.#held.push({ ...held, vat: to, client });
  }

  #wrap(held: Held, ruleAt: number, under: number): void {
    const rule = RULES[ruleAt % RULES.length];
    if (rule === undefined) return;
    // A third of the grants are derived from none.
    const parent = under % 3 === 0 ? undefined : pick(this.#grants, under);
    const label = `grant ${this.#grants.length}`;
    const revoker = parent === undefined ? createRevoker(label) : parent.revoker.derive(label);
    const grant = { revoker, parent, isRevoked: false };
    this.#grants.push(grant);
    const options = { clock: { nowMs: () => 0 }, lifetimes: [revoker.lifetime] };
    const policy = createPolicy({ label, ...rule.policy });
    const client = held.isPeer
      ? attenuate(dup(held.client as Peer), Peer, policy, options)
      : attenuate(dup(held.client as Counter), Counter, policy, options);
    const layer = { rule, grant, left: rule.policy.calls ?? Infinity };
    this.#held.push({ ...held, client, layers: [...held.layers, layer] });
  }

  #revoke(of: number): void {
    const grant = pick(this.#grants, of);
    if (grant === undefined) return;
    const dying = this.#grants.filter((each) => !isDead(each) && descends(each, grant));
    const revoked = grant.revoker.revoke();
    expect(new Set(revoked)).toEqual(new Set(dying.map(({ revoker }) => revoker.label)));
    grant.isRevoked = true;
  }

  async #call(held: Held, amount: bigint): Promise<void> {
    const { client } = held;
    if (held.isPeer) await expectAs(held, "liveCounters", () => (client as Peer).liveCounters());
    else await expectAs(held, "add", () => (client as Counter).add(amount), amount);
  }

  async #make(held: Held): Promise<void> {
    if (!held.isPeer) return;
    const peer = held.client as Peer;
    const made = await expectAs(held, "makeCounter", () => peer.makeCounter());
    if (made !== undefined) this.#held.push({ ...held, client: made.counter, isPeer: false });
  }

  async #wait(held: Held): Promise<void> {
    if (!held.isPeer) return;
    const peer = held.client as Peer;
    const may = charge(held.layers, "neverReturn", 0n);
    const call = peer.neverReturn(null, { signal: this.#cancel.signal });
    const outcome = call.then(
      () => expect.unreachable(),
      (reason: unknown) => reason,
    );
    if (may) this.#waiting.push({ layers: held.layers, outcome });
    else expect(String(await outcome)).toMatch(REFUSED);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { layers, outcome } of this.#waiting) {
      if (isAlive(layers)) continue;
      expect(String(await outcome)).toMatch(REFUSED);
    }
    this.#cancel.abort(new Error("The test is over"));
    for (const { layers, outcome } of this.#waiting) {
      if (isAlive(layers)) expect(String(await outcome)).toContain("The test is over");
    }
    for (const { client } of this.#held) client[Symbol.dispose]();
    for (const remotes of this.#remotes) {
      for (const remote of remotes.values()) remote[Symbol.dispose]();
    }
    for (const served of this.#served) served.letGo();
    for (const connection of this.#connections) {
      await expect.poll(() => connection.tableSizes, { interval: 1 }).toEqual(EMPTY);
    }
    expect(this.#served.map(({ liveCounters }) => liveCounters)).toEqual(this.#served.map(() => 0));
    for (const connection of this.#connections) connection[Symbol.dispose]();
    for (const local of this.#locals) local[Symbol.dispose]();
  }
}

/** Makes the call, which ends as the model says. @returns its results where it may be made */
async function expectAs<T>(
  { layers }: Held,
  method: Method,
  call: () => PromiseLike<T>,
  amount = 0n,
): Promise<T | undefined> {
  if (charge(layers, method, amount)) return await call();
  await expect(Promise.resolve(call())).rejects.toThrow(REFUSED);
  return undefined;
}

/** Whether all layers allow a call. The holder's layer is asked first; it counts the calls that it has allowed. */
function charge(layers: readonly Layer[], method: Method, amount: bigint): boolean {
  if (!isAlive(layers)) return false;
  for (const layer of layers.toReversed()) {
    if (!layer.rule.allows(method, amount) || layer.left < 1) return false;
    layer.left--;
  }
  return true;
}

function isAlive(layers: readonly Layer[]): boolean {
  return layers.every(({ grant }) => !isDead(grant));
}

function isDead(grant: Grant): boolean {
  return grant.isRevoked || (grant.parent !== undefined && isDead(grant.parent));
}

function descends(grant: Grant | undefined, from: Grant): boolean {
  return grant === from || (grant !== undefined && descends(grant.parent, from));
}

function pick<T>(from: readonly T[], at: number): T | undefined {
  return from[at % Math.max(1, from.length)];
}
