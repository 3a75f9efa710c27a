/** The answer table: calls of the peer that have not been both returned and finished. */
import { Exception, toException } from "#base";
import {
  copyPointer,
  createBroken,
  RefCount,
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

/** How the peer wants a call to be answered, and what it costs. */
export interface CallKind {
  /** The results are kept for `takeFromOtherQuestion` (`sendResultsTo.yourself`). */
  readonly keep: boolean;
  /** The peer wants no Return (`onlyPromisePipeline`). */
  readonly silent: boolean;
  /** The peer will not pipeline calls on the results (`noPromisePipelining`). */
  readonly noPipelining: boolean;
  readonly sizeBytes: number;
  /** Bytes charged at once; 0 for a queued call, which is charged by `hold` when it starts. */
  readonly heldBytes: number;
}

/** The callee's side of one open call. */
export interface Answering {
  /** Lets a served method write its results directly into the Return message, which saves a copy. */
  readonly slot: ResultsSlot;
  /** Charges further bytes to the call until it is finished. */
  hold(bytes: number): void;
  /** Sends the Return when the answer settles. Takes ownership of the answer. */
  follow(answer: Answer): void;
}

export class Answers {
  readonly #link: Link;
  readonly #exports: Exports;
  readonly #load: Load;
  readonly #entries = new Map<number, Entry>();
  /** Ids returned with `noFinishNeeded`; a peer that ignores the flag may still send a Finish. */
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
   * Adds an entry for a call that has arrived.
   *
   * @throws {Exception} `failed` when the id is in use; `overloaded` when too many calls or bytes are open.
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

  /**
   * The capability at a path of an answer's results, pending or not. Returns a new reference; `undefined` when there is
   * no such question.
   */
  pipeline(id: number, path: readonly number[]): Capability | undefined {
    return this.#entries.get(id)?.pipeline(path);
  }

  /**
   * The answer of a call with `keep`, for `takeFromOtherQuestion`. The caller owns it; `undefined` after the first
   * time.
   */
  take(id: number): Answer | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.taken) return undefined;
    entry.taken = true;
    if (entry.answer === undefined) return undefined;
    // The peer may pipeline on the results until its Finish, even if the taker releases them earlier.
    const [kept, taken] = share(entry.answer);
    entry.answer = kept;
    return taken;
  }

  /** @throws {Exception} `failed` when there is no such question. */
  finish(id: number, releaseResultCaps: boolean): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) {
      if (this.#forgotten.delete(id)) return;
      throw notOpen(id);
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

  /** Called last: releasing load may start queued calls. */
  #letGo({ heldBytes, isAnswered }: Entry): void {
    if (isAnswered) this.#load.answered(-heldBytes);
    this.#load.remove(heldBytes);
  }

  /** Charges bytes to a call that is still open. */
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

  /** A Return message in which the results of a call are built. */
  buildResults(id: number): PayloadBuilder {
    return buildResults(this.#link.space, id);
  }

  /** Sends the results of a call. */
  onResults(entry: Entry, results: PointerReader): void {
    if (!this.#startReturn(entry)) return;
    try {
      this.#sendResults(entry, results);
    } catch (error) {
      // The results are too large or malformed.
      this.#sendFailure(entry, error);
    }
  }

  /** Sends the failure of a call. */
  onFailure(entry: Entry, reason: unknown): void {
    if (this.#startReturn(entry)) this.#sendFailure(entry, reason);
  }

  /** Marks the call as returned. @returns whether the caller must send the outcome */
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
      // `answer` owns a message that was built in place.
      if (built === undefined) message.release();
    }
  }

  /**
   * Keeps the results for pipelined calls until the Finish.
   *
   * Results without capabilities are dropped at once: the peer may make many calls before its Finish.
   */
  #keepResults(entry: Entry, sizeBytes: number, capabilities: number): void {
    if (capabilities > 0) {
      return this.#countAnswered(entry, sizeBytes, capabilities * CAPABILITY_BYTES);
    }
    entry.answer?.release();
    entry.answer = EMPTY;
    this.#countAnswered(entry, 0, 0);
  }

  /** Replaces the charge for the parameters by one for the results. */
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

  /** Closes the entry without a Finish: the answer has no capabilities to call or release. */
  #forget(entry: Entry): void {
    this.#entries.delete(entry.id);
    this.#forgotten.add(entry.id);
    // A peer that never sends a Finish would make this set grow without bound. The oldest id is the least likely to
    // be named.
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

export function notOpen(id: number): Exception {
  return new Exception("failed", `Question ${id} is not open`);
}

const NO_IDS: readonly number[] = [];
/** Stands for released results that had no capabilities. */
const EMPTY: Answer = {
  sentBytes: 0,
  settled: () => undefined,
  pipeline: () => NULL_CAPABILITY,
  release: () => undefined,
};
/** Pipelined paths remembered for one answer; real programs use fewer. */
const PIPELINED_LIMIT = 64;

/** Splits a reference to an answer in two; the answer is released when both are. */
function share(answer: Answer): [Answer, Answer] {
  const references = new RefCount(2);
  const hold = (): Answer => {
    let held = true;
    return {
      sentBytes: answer.sentBytes,
      settled: (onResults, onFailure) => answer.settled(onResults, onFailure),
      pipeline: (path) => answer.pipeline(path),
      release() {
        if (!held) return;
        held = false;
        if (references.remove()) answer.release();
      },
    };
  };
  return [hold(), hold()];
}

/** One open call of the peer. */
class Entry implements Answering, ResultsSlot {
  readonly id: number;
  readonly kind: CallKind;
  answer: Answer | undefined;
  /** The Return message that a served method has written its results into. */
  built: PayloadBuilder | undefined;
  /** Exports in the results; a Finish with `releaseResultCaps` releases each once. */
  resultExports: readonly number[] = NO_IDS;
  returned: boolean;
  /** Whether `take` has passed the answer to a question of this side. */
  taken = false;
  /** Size of the Call message, plus that of the Return once it is sent. */
  sizeBytes: number;
  /** Bytes charged to the peer for this call. */
  heldBytes: number;
  isAnswered = false;
  readonly #answers: Answers;
  /** Capabilities that the peer has pipelined on, by path. */
  #pipelined: PipelinedPaths | undefined;

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
   * The capability at a path of the results. Returns a new reference.
   *
   * A pipelined path gives the same capability until the Finish. Calls pipelined through another vat may still be on
   * their way back when the results arrive, and neither a later call nor a Disembargo may overtake them. Whether they
   * go through another vat is unknown here: an object of this vat may return a call to one.
   */
  pipeline(path: readonly number[]): Capability {
    const { answer } = this;
    if (answer === undefined) return createBroken(notOpen(this.id));
    const known = this.#pipelined?.get(path);
    if (known !== undefined) return known.retain();
    const capability = answer.pipeline(path);
    // After the Return, `answer.pipeline` gives what the results hold.
    if (this.returned && !this.kind.silent) return capability;
    const pipelined = (this.#pipelined ??= new PipelinedPaths());
    if (pipelined.size < PIPELINED_LIMIT) pipelined.add(path, capability.retain());
    return capability;
  }

  /**
   * Result capabilities that earlier pipelined calls have not reached yet, each with the promise that orders those
   * calls.
   *
   * The Return names the promise instead, or the peer's next call would overtake them. Capabilities hosted by the
   * peer need no promise, since the peer sends a Disembargo for them.
   */
  toEmbargoed(link: Link): ReadonlyMap<Capability, Capability> | undefined {
    let embargoed: Map<Capability, Capability> | undefined;
    for (const { path, capability } of this.#pipelined ?? []) {
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

  /** Releases the results when the call is finished. */
  release(): void {
    for (const { capability } of this.#pipelined ?? []) capability.release();
    this.#pipelined = undefined;
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
