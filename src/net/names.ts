/** Mutable names: resolves them by records that are verified whatever their source, and publishes them. */
import { Exception, toMessage, untilAborted } from "#base";
import type { Waiting } from "#base";
import type { PrivateKey } from "@libp2p/interface";
import { base36 } from "multiformats/bases/base36";
import type { CID } from "multiformats/cid";
import { createRecord, openRecord, selectRecord, toNameKey } from "./name-record.ts";
import type { NameRecord } from "./name-record.ts";
import type { NameSink, NameSource } from "./name-server.ts";
import { isOlder } from "./name-store.ts";
import type { NameStore } from "./name-store.ts";

export interface NamesOptions {
  readonly store: NameStore;
  /** All are asked at once. */
  readonly sources: readonly NameSource[];
  /** Asked if none of `sources` has a valid record. */
  readonly fallbacks?: readonly NameSource[] | undefined;
  readonly sinks: readonly NameSink[];
  /** Time limit for asking `sources`, and again for `fallbacks`; 10 s by default. */
  readonly limitMs?: number;
}

export interface ResolvedName extends NameRecord {
  /** A clause for each source that has sent no record, or one that was refused. */
  readonly refusals: readonly string[];
}

export interface PublishOptions extends Waiting {
  /** Publishes only if the name leads to this CID now; without it, wherever the name leads. */
  readonly expected?: CID | undefined;
  /** How long the record is valid; a day by default. */
  readonly lifetimeMs?: number;
}

export interface Names {
  /**
   * The newest record of a name. A record older than the newest one seen before is refused, whatever its source; if
   * there is no other, the one seen before is returned, unless it has expired.
   *
   * @throws {Exception} `failed` with what was wrong with each source's answer.
   */
  resolve(key: CID, options?: Waiting): Promise<ResolvedName>;
  /**
   * Signs and publishes the next record of the key's name.
   *
   * @throws {Exception} `failed` when the name does not lead to `expected`, or no server accepts the record.
   */
  publish(privateKey: PrivateKey, cid: CID, options?: PublishOptions): Promise<NameRecord>;
}

const DEFAULT_LIMIT_MS = 10_000;
/** How long other sources have once one has sent a valid record. */
const GRACE_MS = 1_000;
const DAY_MS = 86_400_000;

export function createNames(options: NamesOptions): Names {
  const { store, sources, fallbacks = [], sinks, limitMs = DEFAULT_LIMIT_MS } = options;
  /** Publications wait for each other, so that each one knows the sequence before it. */
  let turn: Promise<unknown> = Promise.resolve();

  /** A store without room gives no protection against older records of the name, but what was found is as good. */
  const keepIfRoom = (key: CID, record: NameRecord): Promise<NameRecord> =>
    store.keep(key, record).catch((reason: unknown) => {
      if (reason instanceof Exception && reason.kind === "overloaded") return record;
      throw reason;
    });
  const resolve = async (key: CID, { signal }: Waiting = {}): Promise<ResolvedName> => {
    signal?.throwIfAborted();
    const known = await store.get(key);
    const refusals: string[] = [];
    let records = await askAll(sources, key, known, limitMs, refusals, signal);
    if (records.length === 0) {
      records = await askAll(fallbacks, key, known, limitMs, refusals, signal);
    }
    const [first, ...others] = records;
    if (first !== undefined) {
      // The same record that was seen before may be valid for longer.
      const newest = await selectRecord([
        first,
        ...others,
        ...(known === undefined ? [] : [known]),
      ]);
      return { ...(await keepIfRoom(key, newest)), refusals };
    }
    if (known !== undefined) {
      try {
        return { ...(await openRecord(key, known.bytes)), refusals };
      } catch (reason) {
        refusals.push(`this node knows ${toMessage(reason)}`);
      }
    }
    const found = refusals.length === 0 ? "there is no server to ask" : refusals.join(", ");
    throw new Exception("failed", `Cannot resolve "${toPath(key)}": ${found}`);
  };

  const publishNow = async (
    privateKey: PrivateKey,
    cid: CID,
    { expected, lifetimeMs = DAY_MS, signal }: PublishOptions,
  ): Promise<NameRecord> => {
    const key = toNameKey(privateKey);
    const current = await resolve(key, { signal }).catch((reason: unknown) => {
      signal?.throwIfAborted();
      if (expected !== undefined) throw reason;
      return undefined;
    });
    if (expected !== undefined && current?.cid.equals(expected.toV1()) !== true) {
      const place = `"/ipfs/${String(current?.cid)}", not to "/ipfs/${expected.toString()}"`;
      throw new Exception("failed", `Cannot publish "${toPath(key)}": it leads to ${place}`);
    }
    // A record that has expired counts, too.
    const last = (await store.get(key))?.sequence ?? 0n;
    const record = await createRecord(privateKey, cid, last + 1n, lifetimeMs);
    const answers = await Promise.all(
      sinks.map((sink) => sink.putRecord(key, record.bytes, { signal })),
    );
    if (!answers.includes(undefined)) {
      const found =
        answers.length === 0 ? "there is no server to publish it to" : answers.join(", ");
      throw new Exception("failed", `Cannot publish "${toPath(key)}": ${found}`);
    }
    return store.keep(key, record);
  };

  return {
    resolve,
    publish(privateKey, cid, publishing = {}) {
      const published = turn.then(() => publishNow(privateKey, cid, publishing));
      turn = published.catch(() => undefined);
      return untilAborted(published, publishing.signal);
    },
  };
}

/** The path of a name's link. */
export function toPath(key: CID): `/ipns/${string}` {
  return `/ipns/${key.toString(base36)}`;
}

/** Verified records that are not older than the known one, from all sources that answer in time. */
async function askAll(
  sources: readonly NameSource[],
  key: CID,
  known: NameRecord | undefined,
  limitMs: number,
  refusals: string[],
  signal: AbortSignal | undefined,
): Promise<NameRecord[]> {
  const records: NameRecord[] = [];
  const late = new AbortController();
  const lateness = new Exception("overloaded", "it has not answered in time");
  let timer = setTimeout(() => late.abort(lateness), limitMs);
  const until = signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]);
  const ask = async (source: NameSource): Promise<void> => {
    const found = await untilAborted(source.fetchRecord(key, { signal: until }), until);
    if (typeof found === "string") return void refusals.push(found);
    const record = await openRecord(key, found);
    if (isOlder(record, known)) {
      const state = `record ${record.sequence}, which is older than record ${known?.sequence} seen before`;
      throw new Exception("failed", state);
    }
    records.push(record);
    clearTimeout(timer);
    timer = setTimeout(() => late.abort(lateness), Math.min(GRACE_MS, limitMs));
  };
  try {
    await Promise.all(
      sources.map((source) =>
        ask(source).catch((reason: unknown) => {
          signal?.throwIfAborted();
          const verb = reason === lateness ? ":" : " sent";
          refusals.push(`${source.label}${verb} ${toMessage(reason)}`);
        }),
      ),
    );
  } finally {
    clearTimeout(timer);
  }
  return records;
}
