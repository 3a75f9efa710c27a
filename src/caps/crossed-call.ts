/** One call across a boundary: what the policy sees of it, where its results are written, and its answer. */
import { toException } from "#base";
import type { Exception } from "#base";
import type { Crossing } from "#capnp";
import {
  createBroken,
  innermost,
  MessageBuilder,
  PipelinedPaths,
  PromisedCapability,
  toReceivedParams,
} from "#capnp/wire";
import type {
  Answer,
  CallRequest,
  Capability,
  PointerBuilder,
  PointerReader,
  ReceivedParams,
  Replacement,
  ResultsSlot,
  StructWriter,
} from "#capnp/wire";
import type { Ending, Endings } from "./endings.ts";
import type { BoundaryPolicy, CrossingCall, Direction } from "./policy.ts";

/** Calls on what has crossed in one direction. Each function takes over one holding, and gives one. */
export interface Way {
  readonly boundary: object;
  /** Of the calls' targets. */
  readonly direction: Direction;
  readonly policy: BoundaryPolicy;
  /** Has every call that is under way. */
  readonly endings: Endings;
  /** What stands for a capability of the results. */
  readonly result: (capability: Capability) => Capability;
  /** What stands for a capability of the parameters. */
  readonly param: (capability: Capability) => Capability;
  /** What stands for a promise of what the results will hold. */
  readonly ahead: (promise: PromisedCapability, call: CrossedCall) => Capability;
}

/** A call that has crossed; whatever makes it wait keeps what it does not know. */
interface AskedRequest extends CallRequest {
  /** The way whose policy has let it through. */
  readonly asked?: Way;
}

export class CrossedCall implements CrossingCall, Crossing, ResultsSlot, Answer, Ending {
  readonly #way: Way;
  readonly #request: CallRequest;
  #params: StructWriter | ReceivedParams;
  #answer: Answer | undefined;
  /** The results are written where they are sent from, and what is in them crosses on its way there. */
  isInPlace = false;
  #ahead: PipelinedPaths | undefined;
  /** What stands for the capabilities of results that were not written in place. */
  #results: readonly Capability[] = [];
  previousEnding: Ending | undefined;
  nextEnding: Ending | undefined;
  /** The waiters for the results, which are notified when the call ends before those arrive. */
  #waiting: ((reason: unknown) => void) | undefined;
  #ended: Exception | undefined;
  #areChecked = false;
  #refused: Exception | undefined;

  constructor(way: Way, request: CallRequest) {
    this.#way = way;
    this.#request = request;
    this.#params = request.params;
  }

  get target(): Direction {
    return this.#way.direction;
  }
  get boundary(): object {
    return this.#way.boundary;
  }
  get before(): Crossing | undefined {
    return this.#request.through;
  }
  get interfaceId(): bigint {
    return this.#request.interfaceId;
  }
  get methodId(): number {
    return this.#request.methodId;
  }
  get wasAsked(): boolean {
    return (this.#request as AskedRequest).asked === this.#way;
  }
  readParams(): PointerReader {
    const received = toReceivedParams(this.#params);
    this.#params = received;
    return received.root;
  }

  /** Why the call may not be made; parameters that cannot be read are a reason, too. */
  check(): Exception | undefined {
    const { policy } = this.#way;
    try {
      return policy.lifetime?.ended ?? policy.check(this);
    } catch (error) {
      return toException(error);
    }
  }

  /** Makes the call on what the target stands for, lent. */
  start(inner: Capability): this {
    const { interfaceId, methodId, noPipelining, results, signal } = this.#request;
    const asked: AskedRequest = {
      interfaceId,
      methodId,
      noPipelining,
      signal,
      params: crossParams(this.#params, this.#way.param),
      results: results === undefined ? undefined : this,
      asked: this.#way,
      through: this,
    };
    this.#answer = inner.call(asked);
    this.#way.endings.add(this);
    return this;
  }

  /** The call is not made. */
  drop(): void {
    if ("release" in this.#params) this.#params.release();
  }

  /** The call fails; inside it is cancelled, and not made any more if it waits there. */
  end(reason: Exception): void {
    this.#ended = reason;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // First: releasing an answer ends its waiters, with a less precise reason.
    waiting?.(reason);
    this.#made.release();
  }

  open(): PointerBuilder {
    // Its message was sent without the results: they go nowhere.
    if (this.#ended !== undefined) return new MessageBuilder({ takesClients: true }).root;
    const root = this.#request.results?.open();
    if (root === undefined) throw new TypeError("Results have no place to be written to");
    replaceIn(root.message, this.#way.result);
    this.isInPlace = true;
    return root;
  }

  get sentBytes(): number {
    return this.#made.sentBytes;
  }

  settled(onResults: (results: PointerReader) => void, onFailure: (reason: unknown) => void): void {
    if (this.#ended !== undefined) return onFailure(this.#ended);
    let isOpen = true;
    const fail = (reason: unknown): void => {
      if (!isOpen) return;
      isOpen = false;
      this.#way.endings.delete(this);
      onFailure(reason);
    };
    this.#addWaiting(fail);
    this.#made.settled((results) => {
      if (!isOpen) return;
      isOpen = false;
      this.#way.endings.delete(this);
      const refused = this.#checkResults(results);
      if (refused === undefined) onResults(this.#crossResults(results));
      else onFailure(refused);
    }, fail);
  }

  /** Mostly there is one, which is not worth a list. */
  #addWaiting(fail: (reason: unknown) => void): void {
    const before = this.#waiting;
    this.#waiting =
      before === undefined
        ? fail
        : (reason) => {
            before(reason);
            fail(reason);
          };
  }

  #checkResults(results: PointerReader): Exception | undefined {
    if (this.#areChecked) return this.#refused;
    this.#areChecked = true;
    const { policy } = this.#way;
    try {
      this.#refused = policy.lifetime?.ended ?? policy.checkResults(this, results);
    } catch (error) {
      this.#refused = toException(error);
    }
    return this.#refused;
  }

  pipeline(path: readonly number[]): Capability {
    if (this.#ended !== undefined) return createBroken(this.#ended);
    const known = this.#ahead?.get(path);
    if (known !== undefined) return known.retain();
    const found = this.#made.pipeline(path);
    if (this.isInPlace) return found;
    const { ahead, result } = this.#way;
    const open = innermost(found);
    const isPromise = open instanceof PromisedCapability;
    const capability = isPromise ? ahead(exchange(found, open), this) : result(found);
    (this.#ahead ??= new PipelinedPaths()).add(path, capability.retain());
    return capability;
  }

  release(): void {
    this.#way.endings.delete(this);
    for (const { capability } of this.#ahead?.takeAll() ?? []) capability.release();
    for (const capability of this.#results) capability.release();
    this.#results = [];
    this.#made.release();
  }

  get #made(): Answer {
    if (this.#answer === undefined) throw new TypeError("Call was not made yet");
    return this.#answer;
  }

  /** The message may be shared with another caller, so it is not modified. */
  #crossResults(results: PointerReader): PointerReader {
    const { capabilities } = results.message;
    if (this.isInPlace || capabilities.length === 0) return results;
    if (this.#results.length === 0) {
      const known = new Map<number | undefined, Capability>();
      for (const { path, capability } of this.#ahead ?? []) {
        known.set(indexAt(results, path), capability);
      }
      this.#results = capabilities.map(
        (inner, index) => known.get(index)?.retain() ?? this.#way.result(inner.retain()),
      );
    }
    return results.with(this.#results);
  }
}

/** Gives one holding of a capability for one of another. */
export function exchange<T extends Capability>(given: Capability, other: T): T {
  other.retain();
  given.release();
  return other;
}

/**
 * Has other capabilities stand for those that are put into a message from here on. The boundary that is nearest to whoever
 * writes is the last to ask, and replaces first.
 *
 * @returns how to end it
 */
function replaceIn(message: MessageBuilder, replace: Replacement): () => void {
  const before = message.replacement;
  message.replacement =
    before === undefined ? replace : (capability) => before(replace(capability));
  return () => void (message.replacement = before);
}

/** The same parameters with what stands for their capabilities on the other side. */
function crossParams(
  params: StructWriter | ReceivedParams,
  cross: (capability: Capability) => Capability,
): StructWriter | ReceivedParams {
  if (!("root" in params)) {
    return {
      dataWords: params.dataWords,
      pointers: params.pointers,
      write(builder) {
        const restore = replaceIn(builder.message, cross);
        params.write(builder);
        restore();
      },
    };
  }
  const { capabilities } = params.root.message;
  if (capabilities.length === 0) return params;
  const crossed = capabilities.map((capability) => cross(capability.retain()));
  return {
    root: params.root.with(crossed),
    release() {
      for (const capability of crossed.splice(0)) capability.release();
      params.release();
    },
  };
}

/** Where in the message's table the capability at a path is; `undefined` when the path leads to none. */
function indexAt(results: PointerReader, path: readonly number[]): number | undefined {
  let pointer = results;
  try {
    for (const index of path) pointer = pointer.struct().pointer(index);
    return pointer.capabilityIndex();
  } catch {
    // A path is the caller's, and may lead anywhere; the connection that brought the results belongs to another party.
    return undefined;
  }
}
