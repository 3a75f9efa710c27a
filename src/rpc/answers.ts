/** Calls that the peer has made and that it has not told this side to forget. */
import { Exception, toException } from "#base";
import {
  copyPointer,
  createBroken,
  Holders,
  innermost,
  PipelinedPaths,
  NULL_CAPABILITY,
  PromisedCapability,
} from "#capnp/wire";
import type {
  Answer,
  Capability,
  MessageBuilder,
  PointerBuilder,
  PointerReader,
  ResultsSlot,
} from "#capnp/wire";
import { toTarget } from "./exports.ts";
import type { Exports } from "./exports.ts";
import type { Link } from "./link.ts";
import { CALL_BYTES, CAPABILITY_BYTES } from "./load.ts";
import type { Load } from "./load.ts";
import { writeCapabilityTable } from "./payload.ts";
import type { AllLimits } from "./limits.ts";
import { buildResults, buildReturn, setNoFinishNeeded } from "./build-message.ts";
import type { PayloadBuilder } from "./build-message.ts";

/** What kind of call has arrived. */
export interface CallKind {
  /** The results stay here, for a question of this side to take. */
  readonly keep: boolean;
  /** No Return is wanted. */
  readonly silent: boolean;
  /** Nothing will be called ahead on the results. */
  readonly noPipelining: boolean;
  readonly sizeBytes: number;
  /** What it holds from the beginning; 0 for one that waits, and holds what `hold` says from then on. */
  readonly heldBytes: number;
}

/** One call being answered. */
export interface Answering {
  /** Where a served method may write its results, so that they need not be copied. */
  readonly slot: ResultsSlot;
  /** Counts what the call holds from now on, until the peer is done with it. */
  hold(bytes: number): void;
  /** Sends the answer when it is there. Takes it over. */
  follow(answer: Answer): void;
}

export class Answers {
  readonly #link: Link;
  readonly #exports: Exports;
  readonly #load: Load;
  readonly #entries = new Map<number, Entry>();
  /** Ids that the peer was told to forget without a Finish; it may send one all the same. */
  readonly #forgotten = new Set<number>();
  readonly #limit: number;
  readonly #limitBytes: number;
  #sizeBytes = 0;

  constructor(link: Link, exports: Exports, load: Load, limits: AllLimits) {
    this.#link = link;
    this.#exports = exports;
    this.#load = load;
    this.#limit = limits.openCalls;
    this.#limitBytes = limits.openCallBytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Opens the entry of a call that has arrived.
   *
   * @throws {Exception} `failed` when the peer uses an id that is not free; `overloaded` when too many are open.
   */
  open(id: number, kind: CallKind): Answering {
    if (this.#entries.has(id)) throw new Exception("failed", `Question ${id} is open already`);
    if (this.#entries.size >= this.#limit) {
      throw new Exception("overloaded", `More than ${this.#limit} calls are open`);
    }
    this.#sizeBytes += kind.sizeBytes;
    if (this.#sizeBytes > this.#limitBytes) {
      throw new Exception("overloaded", `Open calls take more than ${this.#limitBytes} bytes`);
    }
    const entry = new Entry(id, kind, this);
    this.#entries.set(id, entry);
    this.#load.add(kind.heldBytes);
    this.#forgotten.delete(id);
    return entry;
  }

  has(id: number): boolean {
    return this.#entries.has(id);
  }

  /** The capability at a path of an answer's results, there or not yet; the caller becomes a holder. */
  pipeline(id: number, path: readonly number[]): Capability {
    const capability = this.#entries.get(id)?.pipeline(path);
    return capability ?? createBroken(new Exception("failed", `Question ${id} is not open`));
  }

  /** Hands over the answer to a call whose results were to stay here. */
  take(id: number): Answer | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.taken) return undefined;
    entry.taken = true;
    if (entry.answer === undefined) return undefined;
    // The peer may still call on the results until it has forgotten the call, however soon the taker lets go of them.
    const [kept, given] = share(entry.answer);
    entry.answer = kept;
    return given;
  }

  /** @throws {Exception} `failed` when there is no such question. */
  finish(id: number, releaseResultCaps: boolean): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      if (this.#forgotten.delete(id)) return;
      throw new Exception("failed", `Question ${id} is not open`);
    }
    this.#entries.delete(id);
    this.#sizeBytes -= entry.sizeBytes;
    if (releaseResultCaps) {
      for (const exportId of entry.resultExports) this.#exports.release(exportId, 1);
    }
    entry.release();
    if (!entry.returned) this.#send(buildReturn(this.#link.space, id, { type: "canceled" }));
    this.#letGo(entry);
  }

  /** Last of all, for it may make calls that waited for this. */
  #letGo({ heldBytes, isAnswered }: Entry): void {
    if (isAnswered) this.#load.answered(-heldBytes);
    this.#load.remove(heldBytes);
  }

  /** Counts what a call holds, unless it is over. */
  hold(entry: Entry, bytes: number): void {
    if (this.#entries.get(entry.id) !== entry) return;
    entry.heldBytes += bytes;
    this.#load.add(bytes);
  }

  clear(): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#forgotten.clear();
    for (const entry of entries) entry.release();
  }

  /** Where the results of a call are built. */
  buildResults(id: number): PayloadBuilder {
    return buildResults(this.#link.space, id);
  }

  /** The results of a call are there. */
  onResults(entry: Entry, results: PointerReader): void {
    if (!this.#startReturn(entry)) return;
    try {
      this.#sendResults(entry, results);
    } catch (error) {
      // The results cannot be sent: too large, or made of something unreadable.
      this.#sendFailure(entry, error);
    }
  }

  /** A call has failed. */
  onFailure(entry: Entry, reason: unknown): void {
    if (this.#startReturn(entry)) this.#sendFailure(entry, reason);
  }

  /** Whether what the call gave is to be sent. */
  #startReturn(entry: Entry): boolean {
    const { id } = entry;
    if (this.#entries.get(id) !== entry) return false;
    entry.returned = true;
    if (!entry.kind.keep) return true;
    this.#send(buildReturn(this.#link.space, id, { type: "resultsSentElsewhere" }));
    return false;
  }

  #sendResults(entry: Entry, results: PointerReader): void {
    const { id, built } = entry;
    const payload = built ?? this.buildResults(id);
    const { message } = payload;
    try {
      if (built === undefined) copyPointer(results, payload.content);
      entry.resultExports = writeCapabilityTable(
        payload,
        this.#exports,
        entry.toEmbargoed(this.#link),
      );
      const isLast = entry.kind.noPipelining && message.capabilities.length === 0;
      if (isLast) setNoFinishNeeded(message);
      const sizeBytes = this.#send(message);
      if (isLast) return this.#forget(entry);
      this.#keepResults(entry, sizeBytes, message.capabilities.length);
    } finally {
      // What was built in place belongs to the answer.
      if (built === undefined) message.release();
    }
  }

  /**
   * The call was answered, and the peer may call on the results until it says that it is done with them.
   *
   * Where they have no capabilities they are not kept: the peer may send much before it says so.
   */
  #keepResults(entry: Entry, sizeBytes: number, capabilities: number): void {
    if (capabilities > 0) {
      return this.#countAnswered(entry, sizeBytes, capabilities * CAPABILITY_BYTES);
    }
    entry.answer?.release();
    entry.answer = EMPTY;
    this.#countAnswered(entry, 0, 0);
  }

  /** What the call has brought is gone, and what was made of it stays. */
  #countAnswered(entry: Entry, sizeBytes: number, tableBytes: number): void {
    this.#sizeBytes += sizeBytes - entry.sizeBytes;
    entry.sizeBytes = sizeBytes;
    const heldBytes = CALL_BYTES + sizeBytes + tableBytes;
    this.hold(entry, heldBytes - entry.heldBytes);
    entry.isAnswered = true;
    this.#load.answered(heldBytes);
  }

  #sendFailure(entry: Entry, reason: unknown): void {
    const { id, kind } = entry;
    const outcome = { type: "exception", exception: toException(reason) } as const;
    this.#send(buildReturn(this.#link.space, id, outcome, kind.noPipelining));
    if (kind.noPipelining) this.#forget(entry);
    else this.#countAnswered(entry, 0, 0);
  }

  /** The answer was the last word: there is nothing in it to be called or released. */
  #forget(entry: Entry): void {
    this.#entries.delete(entry.id);
    this.#forgotten.add(entry.id);
    // A peer that says nothing of its calls would make this grow for ever; the earliest are the least likely to be named.
    if (this.#forgotten.size > this.#limit) {
      for (const earliest of this.#forgotten) {
        this.#forgotten.delete(earliest);
        break;
      }
    }
    this.#sizeBytes -= entry.sizeBytes;
    entry.release();
    this.#letGo(entry);
  }

  #send(message: MessageBuilder): number {
    return this.#link.send(message, true);
  }
}

const NO_IDS: readonly number[] = [];
/** What is left of results without capabilities. */
const EMPTY: Answer = {
  sentBytes: 0,
  settled: () => undefined,
  pipeline: () => NULL_CAPABILITY,
  release: () => undefined,
};
/** No program calls ahead on so many parts of one answer. */
const AHEAD_LIMIT = 64;

/** The answer for two holders; the last of them releases it. */
function share(answer: Answer): [Answer, Answer] {
  const holders = new Holders(2);
  const hold = (): Answer => {
    let held = true;
    return {
      sentBytes: answer.sentBytes,
      settled: (onResults, onFailure) => answer.settled(onResults, onFailure),
      pipeline: (path) => answer.pipeline(path),
      release() {
        if (!held) return;
        held = false;
        if (holders.remove()) answer.release();
      },
    };
  };
  return [hold(), hold()];
}

/** One call of the peer's. */
class Entry implements Answering, ResultsSlot {
  readonly id: number;
  readonly kind: CallKind;
  answer: Answer | undefined;
  /** Results that were written where they are sent from. */
  built: PayloadBuilder | undefined;
  /** Exports in the results, which the peer may release all at once. */
  resultExports: readonly number[] = NO_IDS;
  returned: boolean;
  /** The answer belongs to a question of this side now. */
  taken = false;
  /** Of the message that brought the call, and of the one that answered it. */
  sizeBytes: number;
  /** What is counted for it against the peer. */
  heldBytes: number;
  isAnswered = false;
  readonly #answers: Answers;
  /** What the peer has called ahead on. */
  #ahead: PipelinedPaths | undefined;

  constructor(id: number, kind: CallKind, answers: Answers) {
    this.id = id;
    this.kind = kind;
    this.returned = kind.silent;
    this.sizeBytes = kind.sizeBytes;
    this.heldBytes = kind.heldBytes;
    this.#answers = answers;
  }

  get slot(): ResultsSlot {
    return this;
  }

  /**
   * The capability at a path of the results; the caller becomes a holder.
   *
   * One that was called ahead on is the same until the end: calls that went ahead through another vat may still be on
   * their way back when the results are here, and neither a later call nor a Disembargo may overtake them. Whether they
   * go through another vat is not known yet: an object of this vat may return a call to it.
   */
  pipeline(path: readonly number[]): Capability | undefined {
    const { answer } = this;
    if (answer === undefined) return undefined;
    const known = this.#ahead?.get(path);
    if (known !== undefined) return known.retain();
    const capability = answer.pipeline(path);
    // After the Return, what is found is what the results hold.
    if (this.returned && !this.kind.silent) return capability;
    const ahead = (this.#ahead ??= new PipelinedPaths());
    if (ahead.size < AHEAD_LIMIT) ahead.add(path, capability.retain());
    return capability;
  }

  /**
   * What the results hold and calls that went ahead have not reached yet, each with the promise that waits for them.
   *
   * The peer is told of the promise, or its next call would overtake those. What it hosts itself needs none: it asks
   * with a Disembargo.
   */
  toEmbargoed(link: Link): ReadonlyMap<Capability, Capability> | undefined {
    let embargoed: Map<Capability, Capability> | undefined;
    for (const { path, capability } of this.#ahead ?? []) {
      const promise = innermost(capability);
      if (!(promise instanceof PromisedCapability)) continue;
      const found = this.answer?.pipeline(path);
      if (found === undefined) continue;
      const isOther = innermost(found) !== promise && toTarget(found, link) === undefined;
      if (isOther) (embargoed ??= new Map()).set(found, promise);
      found.release();
    }
    return embargoed;
  }

  /** The peer has forgotten the call. */
  release(): void {
    for (const { capability } of this.#ahead ?? []) capability.release();
    this.#ahead = undefined;
    this.answer?.release();
  }

  open(): PointerBuilder {
    this.built = this.#answers.buildResults(this.id);
    return this.built.content;
  }

  hold(bytes: number): void {
    this.#answers.hold(this, bytes);
  }

  follow(answer: Answer): void {
    this.answer = answer;
    if (this.kind.silent) return;
    answer.settled(
      (results) => this.#answers.onResults(this, results),
      (reason) => this.#answers.onFailure(this, reason),
    );
  }
}
