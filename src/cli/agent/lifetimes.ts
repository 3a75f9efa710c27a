/**
 * The lifetimes of sandboxes that the control plane has created: when each ends, and the snapshot that a paused one resumes
 * from.
 */
import { randomBytes } from "node:crypto";
import type { AgentPowers } from "#agent";
import { Exception } from "#base";
import type { Waiting } from "#base";
import { onBroken } from "#capnp";
import type { Entry, Registry } from "./registry.ts";
import type { RunningSandbox, Sandboxes } from "./sandboxes.ts";

export interface Made {
  readonly template: string;
  readonly metadata: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Pauses at its end instead of being ended. */
  readonly pauses: boolean;
  startedMs: number;
  endMs: number;
  token: string | undefined;
  /** The snapshot to resume from, while paused; processes are not part of it. */
  paused?: string;
}

export interface Snapshot {
  readonly id: string;
  readonly sandbox: string;
  readonly names: readonly string[];
}

export interface Lifetimes extends Disposable {
  readonly made: ReadonlyMap<string, Made>;
  isPausing(id: string): boolean;
  readonly snapshots: Map<string, Snapshot>;
  create(
    order: Pick<Made, "template" | "metadata" | "env" | "pauses">,
    timeoutMs: number,
  ): Promise<Entry>;
  /** Sets the end, counted from now. */
  setTimeout(id: string, timeoutMs: number): void;
  /** The same, unless the sandbox would then end sooner. */
  extend(id: string, timeoutMs: number): void;
  /** Another sandbox with the same files, metadata and environment. @throws {Exception} when it cannot be made */
  fork(entry: Entry, timeoutMs: number): Promise<Entry>;
  /** Stores its files as they are now. @throws {Exception} when they cannot be stored */
  snapshot(entry: Entry, names: readonly string[]): Promise<Snapshot>;
  /** A snapshot as a CAR; `undefined` if there is none. @throws {Exception} */
  readSnapshot(id: string, options: Waiting): Promise<ReadableStream<Uint8Array> | undefined>;
  /** Ends it, and stores its files for `resume`. */
  pause(entry: Entry): Promise<void>;
  /** Starts a paused sandbox again, under its old name; waits for a pause that is under way. */
  resume(id: string, timeoutMs: number): Promise<Entry>;
  end(id: string): Promise<boolean>;
}

const NAME_BYTES = 10;

export function createLifetimes(
  sandboxes: Sandboxes,
  registry: Registry,
  powers: AgentPowers,
): Lifetimes {
  const made = new Map<string, Made>();
  const snapshots = new Map<string, Snapshot>();
  const timers = new Map<string, () => void>();
  const ending = new AbortController();
  /** Sandboxes that are being resumed, by their names. */
  const resuming = new Map<string, Promise<Entry>>();
  const pausing = new Map<string, Promise<void>>();

  const stopTimer = (id: string): void => {
    timers.get(id)?.();
    timers.delete(id);
  };
  const forget = (id: string): void => {
    stopTimer(id);
    if (made.get(id)?.paused === undefined) made.delete(id);
  };
  const enter = async (
    id: string,
    of: Made,
    running: RunningSandbox,
    isKept: boolean,
  ): Promise<Entry> => {
    const { env, token } = of;
    const entry = await registry.add(id, running, { token, env, isKept });
    made.set(entry.id, of);
    const onGone = (): void => {
      if (made.get(entry.id) === of) forget(entry.id);
    };
    void running.gone.then(onGone, onGone);
    return entry;
  };
  const goOn = async (id: string, timeoutMs: number): Promise<Entry> => {
    const of = made.get(id);
    if (of?.paused === undefined) {
      throw new Exception("failed", `Cannot resume "${id}": it is not paused`);
    }
    const { paused, ...rest } = of;
    const { env } = rest;
    const running = await sandboxes.create({ template: paused, env }, { signal: ending.signal });
    if (made.get(id) !== of) {
      await running.end();
      throw new Exception("failed", `Cannot resume "${id}": it was ended meanwhile`);
    }
    const entry = await enter(id, rest, running, true);
    self.setTimeout(entry.id, timeoutMs);
    return entry;
  };
  const resumePaused = async (id: string, timeoutMs: number): Promise<Entry> => {
    await pausing.get(id)?.catch(() => undefined);
    const running = registry.find(id);
    if (running === undefined) return await goOn(id, timeoutMs);
    // The pause has failed.
    self.setTimeout(id, timeoutMs);
    return running;
  };
  const stopAndKeep = async (entry: Entry): Promise<void> => {
    const of = made.get(entry.id);
    // Changes after the snapshot would be lost.
    using _ = registry.hold(entry);
    const { id } = await self.snapshot(entry, []);
    snapshots.delete(id);
    // Meanwhile it may have been ended, or paused already.
    if (registry.find(entry.id) !== entry) return;
    if (of !== undefined) of.paused = id;
    stopTimer(entry.id);
    await registry.end(entry.id, { keepsName: true });
  };
  const self: Lifetimes = {
    made,
    isPausing: (id) => pausing.has(id),
    snapshots,
    async create(order, timeoutMs) {
      const id = order.metadata["name"] ?? toRandomId();
      const of = { ...order, startedMs: 0, endMs: 0, token: toToken() };
      const { template, env } = order;
      const running = await sandboxes.create({ template, env }, { signal: ending.signal });
      const entry = await enter(id, of, running, false);
      self.setTimeout(entry.id, timeoutMs);
      of.startedMs = of.endMs - timeoutMs;
      return entry;
    },
    async fork({ id: from, running: { sandbox: original } }, timeoutMs) {
      const { template = from, metadata = {}, env = {}, pauses = false } = made.get(from) ?? {};
      const forked = await original.fork({ signal: ending.signal });
      const { sandbox } = forked;
      const running = {
        sandbox,
        gone: new Promise((resolve) => onBroken(sandbox, resolve)),
        end: async () => forked[Symbol.dispose](),
      };
      const id = metadata["name"] ?? toRandomId();
      const of = { template, metadata, env, pauses, startedMs: 0, endMs: 0, token: toToken() };
      const entry = await enter(id, of, running, false);
      self.setTimeout(entry.id, timeoutMs);
      of.startedMs = of.endMs - timeoutMs;
      return entry;
    },
    setTimeout(id, timeoutMs) {
      const of = made.get(id);
      if (of === undefined) return;
      stopTimer(id);
      of.endMs = powers.now() + timeoutMs;
      const onEnd = async (): Promise<void> => {
        const entry = registry.find(id);
        if (of.pauses && entry !== undefined) await self.pause(entry);
        else await self.end(id);
      };
      // A sandbox that cannot be paused is ended instead; there is nobody to tell.
      timers.set(
        id,
        powers.startTimer(timeoutMs, () => void onEnd().catch(() => self.end(id))),
      );
    },
    extend(id, timeoutMs) {
      const { endMs = Infinity } = made.get(id) ?? {};
      if (powers.now() + timeoutMs > endMs) self.setTimeout(id, timeoutMs);
    },
    async snapshot(entry, names) {
      const { path, car } = await entry.running.sandbox.snapshot({ signal: ending.signal });
      using _ = car;
      await sandboxes.keep(path, car, { signal: ending.signal });
      const id = /^\/ipfs\/([^/]+)$/.exec(path)?.[1] ?? path;
      const snapshot = { id, sandbox: entry.id, names };
      snapshots.set(id, snapshot);
      return snapshot;
    },
    async readSnapshot(id, options) {
      return snapshots.has(id) ? await sandboxes.readKept(`/ipfs/${id}`, options) : undefined;
    },
    async pause(entry) {
      const { id } = entry;
      const known = pausing.get(id);
      if (known !== undefined) return await known;
      const going = stopAndKeep(entry).finally(() => pausing.delete(id));
      pausing.set(id, going);
      await going;
    },
    async resume(id, timeoutMs) {
      // Concurrent requests get the same sandbox.
      const known = resuming.get(id);
      if (known !== undefined) return await known;
      const going = resumePaused(id, timeoutMs).finally(() => resuming.delete(id));
      resuming.set(id, going);
      return await going;
    },
    async end(id) {
      const known = made.delete(id) || registry.find(id) !== undefined;
      stopTimer(id);
      await registry.end(id);
      return known;
    },
    [Symbol.dispose]() {
      ending.abort();
      for (const id of timers.keys()) stopTimer(id);
    },
  };
  return self;
}

function toToken(): string {
  return randomBytes(32).toString("hex");
}

function toRandomId(): string {
  return `s${randomBytes(NAME_BYTES).toString("hex")}`;
}
