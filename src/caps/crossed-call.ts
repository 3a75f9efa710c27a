/** One call across a boundary: the policy's view of it, the place of its results, and its answer. */
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

/**
 * The rules for calls on capabilities that have crossed in one direction. Each function takes ownership of one
 * reference and returns one.
 */
export interface Way {
  readonly boundary: object;
  /** Direction in which the targets of the calls have crossed. */
  readonly direction: Direction;
  readonly policy: BoundaryPolicy;
  /** Holds every call in flight. */
  readonly endings: Endings;
  /** The stand-in for a capability in the results. */
  readonly result: (capability: Capability) => Capability;
  /** The stand-in for a capability in the parameters. */
  readonly param: (capability: Capability) => Capability;
  /** The stand-in for a promise of a capability that the results will hold. */
  readonly ahead: (promise: PromisedCapability, call: CrossedCall) => Capability;
}

/** A call that has crossed. Code that queues a request must keep this extra field, which it does not know. */
interface AskedRequest extends CallRequest {
  /** The way whose policy has allowed the call. */
  readonly asked?: Way;
}

export class CrossedCall implements CrossingCall, Crossing, ResultsSlot, Answer, Ending {
  readonly #way: Way;
  readonly #request: CallRequest;
  #params: StructWriter | ReceivedParams;
  #answer: Answer | undefined;
  /**
   * Whether the results are written directly into the message to send, so that their capabilities cross as they are
   * written.
   */
  isInPlace = false;
  #ahead: PipelinedPaths | undefined;
  /** The stand-ins for the capabilities of results that were not written in place. */
  #results: readonly Capability[] = [];
  previousEnding: Ending | undefined;
  nextEnding: Ending | undefined;
  /** Fails the waiters for the results, when the call ends before those arrive. */
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

  /** The reason why the call may not be made; unreadable parameters are one. */
  check(): Exception | undefined {
    const { policy } = this.#way;
    try {
      return policy.lifetime?.ended ?? policy.check(this);
    } catch (error) {
      return toException(error);
    }
  }

  /** Calls the object that the target stands for, which is borrowed. */
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

  /** Releases the parameters of a call that is not made. */
  drop(): void {
    if ("release" in this.#params) this.#params.release();
  }

  /** Fails the call. Inside it is cancelled; if it is queued there, it is not made any more. */
  end(reason: Exception): void {
    this.#ended = reason;
    const waiting = this.#waiting;
    this.#waiting = undefined;
    // Waiters first: releasing an answer fails them with a less precise reason.
    waiting?.(reason);
    this.#made.release();
  }

  open(): PointerBuilder {
    // The message was sent without the results, so they are discarded.
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

  /** Usually there is one waiter, which is not worth a list. */
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

  /** Replaces the capabilities in a view of the message, since other callers may share the message itself. */
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

/** Exchanges one reference to a capability for one to another. */
export function exchange<T extends Capability>(capability: Capability, other: T): T {
  other.retain();
  capability.release();
  return other;
}

/**
 * Replaces the capabilities that are put into a message from now on. The boundary nearest to the code that writes the
 * message registers last, and replaces first.
 *
 * @returns restores the previous replacement
 */
function replaceIn(message: MessageBuilder, replace: Replacement): () => void {
  const before = message.replacement;
  message.replacement =
    before === undefined ? replace : (capability) => before(replace(capability));
  return () => void (message.replacement = before);
}

/** The same parameters with the stand-ins for their capabilities. */
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

/** The index in the message's table of the capability at a path; `undefined` when the path leads to none. */
function indexAt(results: PointerReader, path: readonly number[]): number | undefined {
  let pointer = results;
  try {
    for (const index of path) pointer = pointer.struct().pointer(index);
    return pointer.capabilityIndex();
  } catch {
    // The caller chooses the path, so a bad one must not fail the connection of the party that sent the results.
    return undefined;
  }
}
