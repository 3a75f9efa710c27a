/**
 * Pending answers and promised capabilities.
 *
 * The caller and every unresolved pipelined capability hold an answer. If the last of them releases it before the
 * results arrive, the call is abandoned; afterwards, the results are released.
 *
 * Calls on an unresolved promise go to its pipeline target, if there is one, or wait here. When the promise resolves,
 * pipelined calls may still be in flight; if the new target has a shorter path, later calls wait (an embargo) until
 * those have arrived. Calls are never reordered: waiting calls are sent before newer ones.
 *
 * A peer chooses the length of chains of promises, so nothing here may recurse along one: steps from link to link go
 * through `nesting.ts`, and an answer that is linked to a pending one follows it (`#followers`) instead of moving its
 * listeners from link to link, which took quadratic time and overflowed the stack.
 */
import { Exception, whenAborted } from "#base";
import { createBroken, createFailedAnswer, NULL_CAPABILITY } from "./broken.ts";
import type { Answer, CallRequest, Capability } from "./capability.ts";
import type { MessageBuilder } from "./builder.ts";
import { RefCount } from "./ref-count.ts";
import { enter, leave, postpone } from "./nesting.ts";
import { readBack, toReceivedParams } from "./params.ts";
import { PipelinedPaths } from "./pipelined-paths.ts";
import type { PointerReader } from "./reader.ts";

/** The producer of a pending answer. */
export interface AnswerOwner {
  /** The last holder has released the answer before its results arrived. */
  onAbandoned(): void;
}

/** Sends calls pipelined on an answer to its peer; without a route they wait here. */
export interface PipelineRoute {
  targetOf(path: readonly number[]): PipelineTarget;
  /** Resolves a pipelined capability to `capability`, which is borrowed. */
  onResolved(promised: PromisedCapability, capability: Capability, path: readonly number[]): void;
}

/**
 * Maximum number of calls that may wait for each other; as many as a peer may have open. Without it, a promise that
 * resolves to the result of a call on itself would go on for ever where the cycle cannot be detected.
 */
const DEPTH_LIMIT = 16_384;

type Listener = Parameters<Answer["settled"]>;

export class PendingAnswer implements Answer {
  readonly #owner: AnswerOwner | undefined;
  readonly #route: PipelineRoute | undefined;
  readonly #depth: number;
  /** The promise that this answer's call waits for. */
  readonly #waitsFor: PromisedCapability | undefined;
  sentBytes = 0;
  #listeners: Listener[] | undefined;
  #pipelined: PipelinedPaths<PromisedCapability> | undefined;
  /** Answers linked to this one, which settle with it. */
  #followers: PendingAnswer[] | undefined;
  #held = true;
  #state: "pending" | "results" | "linked" | "failed" | "released" = "pending";
  /** Settled, but the listeners have not been called. */
  #postponed = false;
  #root: PointerReader | undefined;
  #release: (() => void) | undefined;
  #link: Answer | undefined;
  #reason: unknown;

  /** @param depth the number of waiting calls that this answer depends on */
  constructor(
    owner?: AnswerOwner,
    route?: PipelineRoute,
    depth = 0,
    waitsFor?: PromisedCapability,
  ) {
    this.#owner = owner;
    this.#route = route;
    this.#depth = depth;
    this.#waitsFor = waitsFor;
  }

  settled(...listener: Listener): void {
    const [onResults, onFailure] = listener;
    const last = this.#last();
    if (last.#state === "pending") (last.#listeners ??= []).push(listener);
    else if (last.#root !== undefined) onResults(last.#root);
    else if (last.#link !== undefined) last.#link.settled(...listener);
    else onFailure(last.#failure());
  }

  pipeline(path: readonly number[]): Capability {
    // An unresolved path keeps its capability, or a later call would overtake earlier ones.
    const known = this.#pipelined?.get(path);
    if (known !== undefined) return known.retain();
    const last = this.#last();
    if (last.#root !== undefined) return capabilityAt(last.#root, path).retain();
    if (last.#link !== undefined) return last.#link.pipeline(path);
    if (last.#state !== "pending") return createBroken(last.#failure());
    return last === this ? this.#addPipelined(path) : last.pipeline(path);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#forget();
  }

  /** Settles with results. `release` is called when the last holder releases them. */
  fulfil(root: PointerReader, release: () => void): void {
    if (this.#state !== "pending") return release();
    this.#state = "results";
    this.#root = root;
    this.#release = release;
    this.#settle();
  }

  fail(reason: unknown): void {
    if (this.#state !== "pending") return;
    this.#state = "failed";
    this.#reason = reason;
    this.#settle();
  }

  /** Settles as another answer does, and takes ownership of it. */
  link(answer: Answer): void {
    if (this.#state !== "pending") return answer.release();
    const last = answer instanceof PendingAnswer ? answer.#last() : undefined;
    if (last !== undefined && this.#isWaitedForBy(last)) {
      this.fail(leadsBack());
      return answer.release();
    }
    this.#state = "linked";
    this.#link = answer;
    this.#release = () => answer.release();
    // Pipelined calls would wait there as well as here.
    if (last !== undefined && last.#canOnlyWait && this.#route === undefined) this.#follow(last);
    else this.#settle();
  }

  /** Whether pipelined calls must wait for the results. */
  get #canOnlyWait(): boolean {
    return this.#state === "pending" && this.#route === undefined;
  }

  /** The last answer of a chain of links. */
  #last(): PendingAnswer {
    if (!(this.#link instanceof PendingAnswer)) return this;
    let last: PendingAnswer = this.#link;
    while (last.#link instanceof PendingAnswer) last = last.#link;
    // Path compression; each link is still owned, by its `#release`.
    this.#link = last;
    return last;
  }

  /** Whether `other` depends on this answer. */
  #isWaitedForBy(other: PendingAnswer): boolean {
    for (let at: PendingAnswer | undefined = other; at !== undefined;) {
      if (at === this) return true;
      const waitsFor: PromisedCapability | undefined = at.#last().#waitsFor;
      if (waitsFor === undefined || waitsFor.target !== undefined) return false;
      at = waitsFor.of;
    }
    return false;
  }

  #addPipelined(path: readonly number[]): Capability {
    const pipelined = (this.#pipelined ??= new PipelinedPaths());
    const capability = new PromisedCapability({
      depth: this.#depth,
      of: this,
      pipelineTarget: this.#route?.targetOf(path),
      onReleased: () => {
        pipelined.delete(path);
        this.#forget();
      },
    });
    pipelined.add(path, capability);
    return capability;
  }

  #follow(last: PendingAnswer): void {
    for (const listener of this.#listeners ?? []) last.settled(...listener);
    this.#listeners = undefined;
    const followers = this.#followers ?? [];
    this.#followers = undefined;
    if (this.#pipelined !== undefined && this.#pipelined.size > 0) followers.push(this);
    if (followers.length === 0) return this.#forget();
    if (last.#followers === undefined) last.#followers = followers;
    else for (const follower of followers) last.#followers.push(follower);
  }

  #settle(): void {
    this.#postponed = !enter();
    if (this.#postponed) return postpone(() => this.#settle());
    try {
      this.#settlePipelined();
      const followers = this.#followers;
      this.#followers = undefined;
      for (const follower of followers ?? []) follower.#settlePipelined();
      const listeners = this.#listeners;
      this.#listeners = undefined;
      for (const listener of listeners ?? []) this.settled(...listener);
      for (const follower of followers ?? []) follower.#forget();
      this.#forget();
    } finally {
      leave();
    }
  }

  /**
   * Resolves pipelined capabilities before listeners run, so that the listeners' calls do not overtake pipelined
   * ones.
   */
  #settlePipelined(): void {
    if (this.#pipelined === undefined || this.#pipelined.size === 0) return;
    const pipelined = this.#pipelined.takeAll();
    // Looks up all paths first, since resolving one may release the results.
    const found = pipelined.map(({ path }) => this.#find(path));
    pipelined.forEach(({ capability: promised, path }, at) => {
      const capability = found[at] ?? NULL_CAPABILITY;
      if (this.#route === undefined) promised.resolve(capability);
      else this.#route.onResolved(promised, capability, path);
      capability.release();
    });
  }

  /** A path without a capability is the peer's error, and breaks only that capability. */
  #find(path: readonly number[]): Capability {
    try {
      return this.pipeline(path);
    } catch (error) {
      return createBroken(error);
    }
  }

  /** Created on demand: a stack trace costs more than a call. */
  #failure(): unknown {
    return this.#state === "failed" ? this.#reason : new TypeError("Results were released already");
  }

  #forget(): void {
    if (this.#held || this.#postponed) return;
    if (this.#pipelined !== undefined && this.#pipelined.size > 0) return;
    if (this.#state === "failed" || this.#state === "released") return;
    if (!enter()) return postpone(() => this.#forget());
    try {
      this.#end();
    } finally {
      leave();
    }
  }

  /** Called when the last holder has released the answer. */
  #end(): void {
    const release = this.#release;
    const listeners = this.#listeners;
    const followers = this.#followers;
    const abandoned = this.#state === "pending";
    this.#state = "released";
    this.#root = undefined;
    this.#link = undefined;
    this.#release = undefined;
    this.#listeners = undefined;
    this.#followers = undefined;
    if (abandoned) this.#owner?.onAbandoned();
    release?.();
    // Listeners and followers must settle as well.
    for (const follower of followers ?? []) follower.#settlePipelined();
    if (listeners === undefined) return;
    const canceled = new Exception("failed", "Call was canceled");
    for (const [, onFailure] of listeners) onFailure(canceled);
  }
}

/** A settled answer with the message's content as results. Takes ownership of the message. */
export function createFulfilledAnswer(message: MessageBuilder): Answer {
  const answer = new PendingAnswer();
  answer.fulfil(readBack(message.root), () => message.release());
  return answer;
}

/** The capability at a path of pointer fields, borrowed. */
function capabilityAt(root: PointerReader, path: readonly number[]): Capability {
  let pointer = root;
  for (const index of path) pointer = pointer.struct().pointer(index);
  return pointer.capability() ?? NULL_CAPABILITY;
}

/** Where calls on an unresolved promise are sent; owned by the promise. */
export interface PipelineTarget {
  call(request: CallRequest): Answer;
  release(): void;
}

export interface PromisedCapabilityOptions {
  /** The number of waiting calls that the promise depends on. */
  readonly depth?: number;
  /** The answer in whose results it is. */
  readonly of?: PendingAnswer;
  readonly pipelineTarget?: PipelineTarget | undefined;
  readonly onReleased?: () => void;
}

export class PromisedCapability implements Capability {
  readonly #onReleased: (() => void) | undefined;
  readonly #depth: number;
  /** The answer in whose results it is; `undefined` where it has none. */
  readonly of: PendingAnswer | undefined;
  #pipelineTarget: PipelineTarget | undefined;
  #embargoed = false;
  #target: Capability | undefined;
  #waiting: (() => void)[] = [];
  #watchers: ((target: Capability) => void)[] = [];
  readonly #refCount = new RefCount();
  #used = false;

  constructor(options: PromisedCapabilityOptions = {}) {
    this.#pipelineTarget = options.pipelineTarget;
    this.#onReleased = options.onReleased;
    this.#depth = options.depth ?? 0;
    this.of = options.of;
  }

  /** What the promise has resolved to; `undefined` while it is unresolved or embargoed. */
  get target(): Capability | undefined {
    return this.#target;
  }
  /** The pipeline target, unless an embargo holds calls back. */
  get pipelineTarget(): PipelineTarget | undefined {
    return this.#embargoed ? undefined : this.#pipelineTarget;
  }
  /** Whether calls were pipelined through this promise, or through one that resolved to it. */
  get used(): boolean {
    return this.#used;
  }
  /** Records that calls were pipelined through a promise that resolved to this one. */
  markUsed(): void {
    this.#used = true;
  }

  retain(): this {
    this.#refCount.add();
    return this;
  }

  release(): void {
    if (!this.#refCount.remove()) return;
    if (!enter()) return postpone(() => this.#end());
    try {
      this.#end();
    } finally {
      leave();
    }
  }

  call(request: CallRequest): Answer {
    if (this.#target !== undefined) return this.#shorten(this.#target).call(request);
    if (this.pipelineTarget !== undefined) {
      this.#used = true;
      return this.pipelineTarget.call(request);
    }
    if (request.signal?.aborted === true) return createFailedAnswer(request.signal.reason);
    if (this.#depth > DEPTH_LIMIT) {
      if ("release" in request.params) request.params.release();
      return createFailedAnswer(tooDeep());
    }
    return this.#wait(request);
  }

  /** Holds calls back until `resolve`, instead of pipelining them. */
  embargo(): void {
    this.#embargoed = true;
  }

  /** Resolves the promise to a borrowed target; makes the waiting calls first. */
  resolve(target: Capability): void {
    if (this.#target !== undefined || !this.#refCount.isHeld) return;
    if (!enter()) {
      this.retain();
      target.retain();
      return postpone(() => {
        this.resolve(target);
        target.release();
        this.release();
      });
    }
    try {
      this.#keep(innermost(target));
    } finally {
      leave();
    }
  }

  /** Calls back with the target, borrowed, when the promise resolves; synchronously if it has. */
  whenResolved(notify: (target: Capability) => void): void {
    if (this.#target === undefined) this.#watchers.push(notify);
    else notify(this.#target);
  }

  #keep(final: Capability): void {
    // A promise that resolves to itself would forward calls for ever.
    this.#target = final === this ? createBroken(leadsBack()) : final.retain();
    this.#pipelineTarget?.release();
    this.#pipelineTarget = undefined;
    for (const send of this.#waiting.splice(0)) send();
    for (const notify of this.#watchers.splice(0)) notify(this.#target);
  }

  #end(): void {
    this.#pipelineTarget?.release();
    this.#pipelineTarget = undefined;
    if (this.#target === undefined) this.#onReleased?.();
    this.#target?.release();
  }

  /** Replaces the target by what it has resolved to, so that a chain of promises is followed once. */
  #shorten(target: Capability): Capability {
    const final = innermost(target);
    if (final === target) return target;
    this.#target = final.retain();
    target.release();
    return final;
  }

  /** A waiting call retains the promise, since its caller may release it at once. */
  #wait(request: CallRequest): Answer {
    this.retain();
    const params = toReceivedParams(request.params);
    let waiting = true;
    const stop = (): boolean => {
      takeBack?.();
      const was = waiting;
      waiting = false;
      return was;
    };
    const abandon = (): void => {
      if (!stop()) return;
      params.release();
      this.release();
    };
    const { signal } = request;
    const answer = new PendingAnswer({ onAbandoned: abandon }, undefined, this.#depth + 1, this);
    // Lets streaming callers count the size of waiting calls.
    answer.sentBytes = params.root.message.sizeBytes;
    const takeBack =
      signal === undefined
        ? undefined
        : whenAborted(signal, () => {
            answer.fail(signal.reason);
            abandon();
          });
    this.#waiting.push(() => {
      if (this.#target === undefined || !stop()) return;
      answer.link(this.#target.call({ ...request, params }));
      this.release();
    });
    return answer;
  }
}

function leadsBack(): Exception {
  return new Exception("failed", "A promise leads back to itself");
}

function tooDeep(): Exception {
  return new Exception("failed", `More than ${DEPTH_LIMIT} calls wait for each other`);
}

/** Follows resolved promises to the innermost known capability. */
export function innermost(capability: Capability): Capability {
  let found = capability;
  while (found instanceof PromisedCapability && found.target !== undefined) found = found.target;
  return found;
}
