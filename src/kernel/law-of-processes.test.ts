/**
 * Random trees of processes that pass on grants by name, over the real process table. However grants are narrowed or
 * revoked, and processes end, a call arrives exactly if the model says so, and the account has exactly the model's entries.
 */
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { cast, dup, serve } from "#capnp";
import type { Client, Init } from "#capnp";
import { attenuate, createPolicy } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import { Chooser, Executor, Folder, Host, Launcher } from "#schema";
import type { NarrowingRecord, WetwareSession } from "#schema";
import {
  expectRefusal,
  HANGS,
  invoke,
  METHODS,
  serveArrivals,
  toNarrowing,
  toPolicy,
} from "./authority-calls.testing.ts";
import { charge, isAlive, isReachable, revokeAll, toBudget } from "./authority-model.testing.ts";
import type { Entry, Grant, Party, Rule } from "./authority-model.testing.ts";
import { forever, getGrants, graft, openBench } from "./kernel-bench.testing.ts";
import type { Bench, StartedRun } from "./kernel-bench.testing.ts";
import type { Run } from "./kernel.ts";

const RULES: readonly Rule[] = [
  {},
  { methods: ["list"] },
  { methods: ["list", "read"] },
  { methods: ["read", "write"], readBytes: 10 },
  { calls: 2 },
];
const EMPTY = new Uint8Array(0);
/** Polled conditions become true at once unless the thread is busy elsewhere. */
const PATIENCE = { interval: 1, timeout: 20_000 };

const number = fc.nat({ max: 1000 });
const call = fc.record({
  do: fc.constant("call" as const),
  by: number,
  of: number,
  method: number,
  bytes: fc.nat({ max: 20 }),
});
const start = fc.record({
  do: fc.constant("start" as const),
  by: number,
  using: number,
  grants: fc.array(fc.record({ of: number, rule: number }), { maxLength: 4 }),
});
const command = fc.oneof(
  call,
  call,
  call,
  start,
  start,
  fc.record({ do: fc.constant("bare" as const), by: number, using: number }),
  fc.record({ do: fc.constant("ask" as const), rule: number, writes: fc.boolean() }),
  fc.record({ do: fc.constant("wait" as const), by: number, of: number }),
  fc.record({ do: fc.constant("revoke" as const), of: number }),
  fc.record({ do: fc.constant("end" as const), of: number }),
  fc.record({ do: fc.constant("advance" as const), of: number }),
);
type Command = typeof command extends fc.Arbitrary<infer T> ? T : never;
type StartCommand = Extract<Command, { readonly do: "start" }>;

/** A launcher that was passed through another launcher, and that then passes on a capability which its giver serves itself. */
const REFLECTED: Command[] = [
  { do: "ask", rule: 0, writes: false },
  {
    do: "start",
    by: 0,
    using: 0,
    grants: [
      { of: 0, rule: 0 },
      { of: 2, rule: 0 },
      { of: 0, rule: 0 },
    ],
  },
  {
    do: "start",
    by: 1,
    using: 0,
    grants: [
      { of: 2, rule: 0 },
      { of: 1, rule: 0 },
    ],
  },
  { do: "start", by: 2, using: 0, grants: [{ of: 1, rule: 1 }] },
];

test("a process calls what the model allows, and nothing else", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(command, { minLength: 10, maxLength: 50, size: "max" }),
      async (commands) => {
        await using world = new World();
        await world.open();
        for (const next of commands) await world.run(next);
      },
    ),
    { numRuns: 200, examples: [[REFLECTED]] },
  );
}, 120_000);

/** A capability that a process holds: its client, and its grant in the model. */
interface Held extends Grant {
  readonly client: Client;
  readonly kind: "folder" | "launcher" | "executor";
}

/** A process that is driven by the test. */
interface Puppet extends Party {
  readonly pid: number;
  readonly held: Held[];
  /** Ends its program. */
  readonly end: () => void;
}

class World implements AsyncDisposable {
  readonly #arrivals = new Map<string, (grants: readonly Client[]) => void>();
  readonly #ends = new Map<string, Promise<void>>();
  readonly #entries: Entry[] = [];
  readonly #puppets: Puppet[] = [];
  readonly #waiting: { readonly by: Puppet; readonly held: Held; isOver: boolean }[] = [];
  readonly #grafted = Promise.withResolvers<() => Promise<WetwareSession>>();
  readonly #bench: Bench;
  readonly #started: StartedRun;
  #session: Entry | undefined;
  #powerbox: WetwareSession["powerbox"] | undefined;
  /** The owner's narrowing of the next grant. */
  #narrowing: Init<NarrowingRecord> = {};
  #delivered = 0;
  #names = 0;

  constructor() {
    this.#bench = openBench({
      main: async (guest) => {
        this.#grafted.resolve((await graft(guest)).graftAgain);
        return await forever(guest);
      },
      node: async (guest) => {
        const [key = ""] = guest.request.args;
        this.#arrivals.get(key)?.((await getGrants(guest)).map(({ cap }) => cap));
        await this.#ends.get(key);
        return 0;
      },
      bare: async (guest) => {
        const [key = ""] = guest.request.args;
        const connection = connect(createStreamTransport(guest.rpc));
        using results = await connection.bootstrap(Host).executor();
        this.#arrivals.get(key)?.([dup(results.executor)]);
        await this.#ends.get(key);
        return 0;
      },
    });
    const folder = serve(
      Folder,
      serveArrivals(() => void this.#delivered++),
    );
    const chooser = serve(Chooser, {
      choose: () => ({
        choice: {
          which: "given",
          given: { label: "A folder", cap: dup(folder), narrowing: this.#narrowing },
        },
      }),
      restore: () => ({ choice: { which: "nothing", nothing: "" } }),
    });
    this.#started = this.#bench.start({ chooser });
  }

  get #run(): Run {
    return this.#bench.kernel.runs[0] ?? expect.unreachable("there is no run");
  }

  async open(): Promise<void> {
    await this.#grafted.promise;
    this.#puppets.push({ pid: 0, held: [], isAlive: true, end: () => undefined });
    await this.#graft();
  }

  async run(each: Command): Promise<void> {
    const by = pick(
      this.#puppets.filter((puppet) => puppet.isAlive),
      "by" in each ? each.by : 0,
    );
    if (by === undefined) return;
    const callable = by.held.filter(({ kind }) => kind !== "launcher");
    const held = pick(callable, "of" in each ? each.of : 0);
    if (each.do === "ask") await this.#ask(by, each.rule, each.writes);
    else if (each.do === "start") await this.#start(by, each);
    else if (each.do === "bare") await this.#startBare(by, each.using);
    else if (each.do === "revoke") await this.#revoke(each.of);
    else if (each.do === "end") await this.#end(each.of);
    else if (each.do === "advance") await this.#advance();
    else if (held?.kind === "executor") await this.#echo(held);
    else if (held !== undefined && each.do === "wait") await this.#wait(by, held);
    else if (held !== undefined && each.do === "call") {
      const method = pick(METHODS, each.method) ?? "list";
      await this.#expectAs(charge(held, method, each.bytes), () =>
        invoke(held.client, method, each.bytes),
      );
    }
    await this.#check();
  }

  /** The first process begins the session of the current epoch. */
  async #graft(): Promise<void> {
    const session = await (await this.#grafted.promise)();
    const entry = this.#note("session", undefined, undefined);
    this.#session = entry;
    this.#powerbox = session.powerbox;
    this.#puppets[0]?.held.push(
      { ...toGrant(entry), client: session.launcher, kind: "launcher" },
      { ...toGrant(entry), client: session.executor, kind: "executor" },
    );
  }

  /** Adds the account's latest entry of that name to the model, under the account's id. */
  #note(name: string, parent: Entry | undefined, launcher: Entry | undefined): Entry {
    const found = this.#run.account.entries.findLast((entry) => entry.name === name);
    if (found === undefined) return expect.unreachable(`the account has no "${name}"`);
    if (parent !== undefined) expect(found.via).toBe(parent.id);
    const { id, pid, holder } = found;
    const title = `${holder}: ${name}`;
    const entry = { id, pid, title, parent, launcher, isRevoked: false, isStale: false };
    this.#entries.push(entry);
    return entry;
  }

  async #ask(by: Puppet, ruleAt: number, writes: boolean): Promise<void> {
    const session = this.#session;
    if (by.pid !== 0 || session === undefined) return;
    const narrowed = pick(RULES, ruleAt) ?? {};
    const asked: Rule = writes ? {} : { methods: ["list", "read"] };
    const methods = narrowed.methods?.filter((name) => asked.methods?.includes(name) !== false);
    const rule: Rule = { ...asked, ...narrowed, ...(methods && { methods }) };
    this.#narrowing = toNarrowing(narrowed);
    const grant = toGrant(session);
    const ask = { reason: "to test", which: "folder", folder: { writes } } as const;
    const request = async (): Promise<Client | undefined> =>
      (await this.#powerbox?.request(ask))?.grant.cap;
    if (!isAlive(grant)) return await expectRefusal(request);
    const client = (await request()) ?? expect.unreachable("there is no powerbox");
    // All folder entries have the same name; `#note` takes the latest.
    const entry = this.#note("folder", session, undefined);
    by.held.push({ ...toGrant(entry), budget: toBudget(rule), client, kind: "folder" });
  }

  async #start(by: Puppet, { using, grants }: StartCommand): Promise<void> {
    const launcher = pick(
      by.held.filter(({ kind }) => kind === "launcher"),
      using,
    );
    if (launcher === undefined) return;
    const { key, arrived, ended } = this.#expectPuppet();
    const passed = grants.flatMap(({ of, rule }) => {
      const held = pick(by.held, of);
      return held === undefined ? [] : [this.#handOn(by, held, launcher, rule)];
    });
    const launch = (): PromiseLike<unknown> =>
      cast(launcher.client, Launcher).launch({
        program: { which: "bytes", bytes: new TextEncoder().encode("node") },
        args: [key],
        label: key,
        grants: passed.map(({ name, client }) => ({ name, cap: client })),
      });
    if (!isAlive(launcher)) return await expectRefusal(launch);
    await launch();
    const clients = await arrived;
    const held = passed.map(({ name, toHeld }, at): Held => {
      const client = clients[at] ?? expect.unreachable("a grant is missing");
      return toHeld(client, (parent) => this.#note(name, parent, launcher.entry));
    });
    this.#add(key, held, ended);
  }

  /** Starts a child that has only a Host, through which it starts others. */
  async #startBare(by: Puppet, using: number): Promise<void> {
    const executor = pick(
      by.held.filter(({ kind }) => kind === "executor"),
      using,
    );
    if (executor === undefined) return;
    const { key, arrived, ended } = this.#expectPuppet();
    const component = new TextEncoder().encode("bare");
    const spawn = (): PromiseLike<unknown> =>
      cast(executor.client, Executor).runBytes(component, [key], []);
    if (!isAlive(executor)) return await expectRefusal(spawn);
    await spawn();
    const [client] = await arrived;
    if (client === undefined) return expect.unreachable("it has no executor");
    const entry = this.#note("host", executor.entry, executor.entry);
    this.#add(key, [{ ...toGrant(entry), client, kind: "executor" }], ended);
  }

  #expectPuppet(): {
    readonly key: string;
    readonly arrived: Promise<readonly Client[]>;
    readonly ended: () => void;
  } {
    const key = `program ${++this.#names}`;
    const arriving = Promise.withResolvers<readonly Client[]>();
    const ending = Promise.withResolvers<void>();
    this.#arrivals.set(key, arriving.resolve);
    this.#ends.set(key, ending.promise);
    return { key, arrived: arriving.promise, ended: ending.resolve };
  }

  #add(key: string, held: Held[], end: () => void): void {
    const pid = this.#run.processes.find(({ args }) => args.includes(key))?.pid ?? -1;
    for (const { entry } of held) if (!entry.isRevoked) expect(entry.pid).toBe(pid);
    this.#puppets.push({ pid, held, isAlive: true, end });
  }

  /** A grant that a process passes to its child: unchanged, or narrowed in the process's own vat. */
  #handOn(by: Puppet, held: Held, launcher: Held, ruleAt: number): Passed {
    const name = `grant ${++this.#names}`;
    const rule = pick(RULES, ruleAt);
    if (held.kind !== "folder" || rule === undefined || ruleAt % 2 === 0) {
      const isDead = !isAlive(held);
      return {
        name,
        client: held.client,
        toHeld: (client, note) => ({
          ...held,
          client,
          // The parent of a dead grant's entry does not matter.
          entry: isDead ? this.#noteDead(name, launcher) : note(held.entry),
          isDead,
        }),
      };
    }
    const policy = createPolicy({ label: name, ...toPolicy(rule) });
    const options = { clock: { nowMs: () => 0 } };
    const inner = { party: by, budget: toBudget(rule), grant: held };
    return {
      name,
      client: attenuate(dup(cast(held.client, Folder)), Folder, policy, options),
      toHeld: (client, note) => ({
        ...toGrant(note(launcher.entry)),
        inner,
        client,
        kind: "folder",
      }),
    };
  }

  /** The entry of a grant that was dead when it was passed on; one that was revoked by then has none in the account. */
  #noteDead(name: string, launcher: Held): Entry {
    const found = this.#run.account.entries.find((entry) => entry.name === name);
    if (found === undefined) return { ...launcher.entry, isRevoked: true };
    const parent = this.#entries.find(({ id }) => id === found.via);
    return this.#note(name, parent, launcher.entry);
  }

  async #echo(held: Held): Promise<void> {
    const echo = (): PromiseLike<unknown> => cast(held.client, Executor).echo("x");
    if (isAlive(held)) await echo();
    else await expectRefusal(echo);
  }

  async #wait(by: Puppet, held: Held): Promise<void> {
    const isAllowed = charge(held, "read", 1);
    if (!isAllowed) return await this.#expectAs(false, () => invoke(held.client, "read", 1, HANGS));
    const before = this.#delivered;
    const waiting = { by, held, isOver: false };
    this.#waiting.push(waiting);
    invoke(held.client, "read", 1, HANGS).then(
      () => expect.unreachable("nothing answers it"),
      () => (waiting.isOver = true),
    );
    await expect.poll(() => this.#delivered, PATIENCE).toBe(before + 1);
  }

  /** Revokes an entry by its id in the account. */
  async #revoke(of: number): Promise<void> {
    const entry = pick(this.#entries, of);
    // Revoking a session ends every grant, which tests less, so it is done only sometimes.
    if (entry === undefined || (entry.parent === undefined && of % 4 > 0)) return;
    const dying = revokeAll(this.#entries, (other) => other === entry);
    using results = this.#started.run.account();
    const { ended } = await results.account.revoke(entry.id);
    expect(ended.toSorted()).toEqual(dying.map(({ title }) => title).toSorted());
    expect(ended[0]).toBe(dying.find((other) => other === entry)?.title);
  }

  async #end(of: number): Promise<void> {
    const puppet = pick(this.#puppets, of);
    if (puppet === undefined || puppet.pid === 0 || !puppet.isAlive) return;
    puppet.isAlive = false;
    revokeAll(this.#entries, ({ pid }) => pid === puppet.pid);
    puppet.end();
    const isLive = (): boolean => this.#run.processes.some(({ pid }) => pid === puppet.pid);
    await expect.poll(isLive, PATIENCE).toBe(false);
  }

  async #advance(): Promise<void> {
    if (this.#session !== undefined) this.#session.isStale = true;
    await this.#started.run.advance(EMPTY);
    await this.#graft();
  }

  async #expectAs(isAllowed: boolean, make: () => PromiseLike<unknown>): Promise<void> {
    const before = this.#delivered;
    if (isAllowed) await make();
    else await expectRefusal(make);
    expect(this.#delivered - before).toBe(isAllowed ? 1 : 0);
  }

  /** Compares the account and the calls in flight with the model. */
  async #check(): Promise<void> {
    const { entries } = this.#run.account;
    expect(list(entries.filter(({ name }) => name !== "services"))).toEqual(
      list(this.#entries.filter(({ isRevoked }) => !isRevoked).toSorted((a, b) => a.id - b.id)),
    );
    for (const waiting of this.#waiting) {
      const { by, held } = waiting;
      if (by.isAlive && isReachable(held)) expect(waiting.isOver).toBe(false);
      else await expect.poll(() => waiting.isOver, PATIENCE).toBe(true);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bench[Symbol.asyncDispose]();
    await this.#started.outcome;
  }
}

interface Passed {
  readonly name: string;
  readonly client: Client;
  /** @param note finds the new entry, given the entry it was granted through */
  readonly toHeld: (client: Client, note: (parent: Entry) => Entry) => Held;
}

const list = (entries: readonly { readonly id: number; readonly pid: number }[]): unknown =>
  entries.map(({ id, pid }) => [id, pid]);

function toGrant(entry: Entry): Grant {
  return { entry, budget: undefined, inner: undefined, isDead: false };
}

function pick<T>(from: readonly T[], at: number): T | undefined {
  return from[at % Math.max(1, from.length)];
}
