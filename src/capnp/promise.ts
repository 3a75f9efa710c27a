/**
 * Answers that are not there yet, and capabilities that will turn out to be other ones.
 *
 * An answer has holders: the caller, and every capability taken ahead that is still unresolved. When the last one goes
 * before the results came, the call is abandoned; when the last one goes after, the results are released.
 *
 * While a promised capability is unresolved, calls go the early way, if there is one, or wait here. When the target is
 * known, calls that went the early way may still be travelling; if the target is reached by a shorter way, new calls wait
 * (an embargo) until those have arrived. Calls are never reordered: whatever waits leaves before anything newer.
 *
 * Chains of these are as long as whoever makes them likes, so nothing here may recurse along one: what leads from link to
 * link goes by `nesting.ts`, and an answer whose place another pending one has taken waits for that one (`#followers`)
 * instead of moving what waits for it over, link by link. Moving cost the square of the length, and the stack.
 */
import { Exception, whenAborted } from "#base";
import { createBroken, createFailedAnswer, NULL_CAPABILITY } from "./broken.ts";
import type { Answer, CallRequest, Capability } from "./capability.ts";
import type { MessageBuilder } from "./builder.ts";
import { Holders } from "./holders.ts";
import { enter, leave, postpone } from "./nesting.ts";
import { readBack, toReceivedParams } from "./params.ts";
import { PipelinedPaths } from "./pipelined-paths.ts";
import type { PointerReader } from "./reader.ts";

/** Whoever made a pending answer. */
export interface AnswerOwner {
  /** Nobody is interested any more, and nothing has come. */
  onAbandoned(): void;
}

/** Where an answer can be called ahead before its results are here; elsewhere, such calls wait. */
export interface AheadRoute {
  early(path: readonly number[]): Early;
  /** A capability taken ahead is known now; it is to be resolved to `capability`, lent. */
  onAhead(ahead: PromisedCapability, capability: Capability, path: readonly number[]): void;
}

/**
 * How many calls may wait for each other: as many as a peer may have open. A promise that was kept by a call on itself,
 * where that cannot be seen, would go on for ever.
 */
const DEPTH_LIMIT = 16_384;

type Listener = Parameters<Answer["settled"]>;

export class PendingAnswer implements Answer {
  readonly #owner: AnswerOwner | undefined;
  readonly #route: AheadRoute | undefined;
  readonly #depth: number;
  /** What the call waits for, whose answer this is. */
  readonly #waitsFor: PromisedCapability | undefined;
  sentBytes = 0;
  #listeners: Listener[] | undefined;
  #ahead: PipelinedPaths<PromisedCapability> | undefined;
  /** Answers whose place this one has taken, and who are told with it. */
  #followers: PendingAnswer[] | undefined;
  #held = true;
  #state: "pending" | "results" | "linked" | "failed" | "released" = "pending";
  /** Known, and nobody was told yet. */
  #postponed = false;
  #root: PointerReader | undefined;
  #release: (() => void) | undefined;
  #link: Answer | undefined;
  #reason: unknown;

  /** @param depth how many calls that wait for each other lie behind it */
  constructor(owner?: AnswerOwner, route?: AheadRoute, depth = 0, waitsFor?: PromisedCapability) {
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
    // While it waits for calls before it, it stays the same, or a later call would overtake those.
    const known = this.#ahead?.get(path);
    if (known !== undefined) return known.retain();
    const last = this.#last();
    if (last.#root !== undefined) return capabilityAt(last.#root, path).retain();
    if (last.#link !== undefined) return last.#link.pipeline(path);
    if (last.#state !== "pending") return createBroken(last.#failure());
    return last === this ? this.#addAhead(path) : last.pipeline(path);
  }

  release(): void {
    if (!this.#held) return;
    this.#held = false;
    this.#forget();
  }

  /** The results are here. `release` is called when nobody wants them any more. */
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

  /** Another answer takes the place of this one, which becomes its holder. */
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
    // What was called ahead would only wait there instead of here.
    if (last !== undefined && last.#canOnlyWait && this.#route === undefined) this.#follow(last);
    else this.#settle();
  }

  /** Whether calls ahead would wait for the results. */
  get #canOnlyWait(): boolean {
    return this.#state === "pending" && this.#route === undefined;
  }

  /** The answer at the end of those that have taken each other's place. */
  #last(): PendingAnswer {
    if (!(this.#link instanceof PendingAnswer)) return this;
    let last: PendingAnswer = this.#link;
    while (last.#link instanceof PendingAnswer) last = last.#link;
    // Each holds the next by its `#release`; so looking again costs nothing.
    this.#link = last;
    return last;
  }

  /** Whether the other one cannot be settled before this one is. */
  #isWaitedForBy(other: PendingAnswer): boolean {
    for (let at: PendingAnswer | undefined = other; at !== undefined;) {
      if (at === this) return true;
      const waitsFor: PromisedCapability | undefined = at.#last().#waitsFor;
      if (waitsFor === undefined || waitsFor.target !== undefined) return false;
      at = waitsFor.of;
    }
    return false;
  }

  #addAhead(path: readonly number[]): Capability {
    const aheads = (this.#ahead ??= new PipelinedPaths());
    const capability = new PromisedCapability({
      depth: this.#depth,
      of: this,
      early: this.#route?.early(path),
      onReleased: () => {
        aheads.delete(path);
        this.#forget();
      },
    });
    aheads.add(path, capability);
    return capability;
  }

  #follow(last: PendingAnswer): void {
    for (const listener of this.#listeners ?? []) last.settled(...listener);
    this.#listeners = undefined;
    const followers = this.#followers ?? [];
    this.#followers = undefined;
    if (this.#ahead !== undefined && this.#ahead.size > 0) followers.push(this);
    if (followers.length === 0) return this.#forget();
    if (last.#followers === undefined) last.#followers = followers;
    else for (const follower of followers) last.#followers.push(follower);
  }

  #settle(): void {
    this.#postponed = !enter();
    if (this.#postponed) return postpone(() => this.#settle());
    try {
      this.#settleAhead();
      const followers = this.#followers;
      this.#followers = undefined;
      for (const follower of followers ?? []) follower.#settleAhead();
      const listeners = this.#listeners;
      this.#listeners = undefined;
      for (const listener of listeners ?? []) this.settled(...listener);
      for (const follower of followers ?? []) follower.#forget();
      this.#forget();
    } finally {
      leave();
    }
  }

  /** First what was called ahead, so that nothing that the listeners do overtakes it. */
  #settleAhead(): void {
    if (this.#ahead === undefined || this.#ahead.size === 0) return;
    const aheads = this.#ahead.takeAll();
    // All are found before anybody is told, who may let go of the results.
    const found = aheads.map(({ path }) => this.#find(path));
    aheads.forEach(({ capability: ahead, path }, at) => {
      const capability = found[at] ?? NULL_CAPABILITY;
      if (this.#route === undefined) ahead.resolve(capability);
      else this.#route.onAhead(ahead, capability, path);
      capability.release();
    });
  }

  /** A path that does not lead to a capability is the peer's fault and breaks that capability only. */
  #find(path: readonly number[]): Capability {
    try {
      return this.pipeline(path);
    } catch (error) {
      return createBroken(error);
    }
  }

  /** Made when it is asked for: a stack costs more than a call. */
  #failure(): unknown {
    return this.#state === "failed" ? this.#reason : new TypeError("Results were released already");
  }

  #forget(): void {
    if (this.#held || this.#postponed) return;
    if (this.#ahead !== undefined && this.#ahead.size > 0) return;
    if (this.#state === "failed" || this.#state === "released") return;
    if (!enter()) return postpone(() => this.#forget());
    try {
      this.#end();
    } finally {
      leave();
    }
  }

  /** Nobody has any interest in it any more. */
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
    // Whoever waits for what was given up must not wait for ever.
    for (const follower of followers ?? []) follower.#settleAhead();
    if (listeners === undefined) return;
    const canceled = new Exception("failed", "Call was canceled");
    for (const [, onFailure] of listeners) onFailure(canceled);
  }
}

/** The answer that has the message's content as its results. Takes over the message. */
export function createFulfilledAnswer(message: MessageBuilder): Answer {
  const answer = new PendingAnswer();
  answer.fulfil(readBack(message.root), () => message.release());
  return answer;
}

/** The capability found by following pointer fields; lent. */
function capabilityAt(root: PointerReader, path: readonly number[]): Capability {
  let pointer = root;
  for (const index of path) pointer = pointer.struct().pointer(index);
  return pointer.capability() ?? NULL_CAPABILITY;
}

/** The way to the target while it is not known; owned by the promise. */
export interface Early {
  call(request: CallRequest): Answer;
  release(): void;
}

export interface PromisedCapabilityOptions {
  /** How many calls that wait for each other lie behind it. */
  readonly depth?: number;
  /** The answer in whose results it is. */
  readonly of?: PendingAnswer;
  readonly early?: Early | undefined;
  readonly onReleased?: () => void;
}

export class PromisedCapability implements Capability {
  readonly #onReleased: (() => void) | undefined;
  readonly #depth: number;
  /** The answer in whose results it is; `undefined` where it has none. */
  readonly of: PendingAnswer | undefined;
  #early: Early | undefined;
  #embargoed = false;
  #target: Capability | undefined;
  #waiting: (() => void)[] = [];
  #watchers: ((target: Capability) => void)[] = [];
  readonly #holders = new Holders();
  #used = false;

  constructor(options: PromisedCapabilityOptions = {}) {
    this.#early = options.early;
    this.#onReleased = options.onReleased;
    this.#depth = options.depth ?? 0;
    this.of = options.of;
  }

  /** What it turned out to be; `undefined` while that is open, or under embargo. */
  get target(): Capability | undefined {
    return this.#target;
  }
  /** The early way, while calls take it. */
  get early(): Early | undefined {
    return this.#embargoed ? undefined : this.#early;
  }
  /** Whether a call has gone the early way, to this promise or to another one that turned out to be this one. */
  get used(): boolean {
    return this.#used;
  }
  /** Calls to another promise, which has turned out to be this one, have gone an early way. */
  markUsed(): void {
    this.#used = true;
  }

  retain(): this {
    this.#holders.add();
    return this;
  }

  release(): void {
    if (!this.#holders.remove()) return;
    if (!enter()) return postpone(() => this.#end());
    try {
      this.#end();
    } finally {
      leave();
    }
  }

  call(request: CallRequest): Answer {
    if (this.#target !== undefined) return this.#shorten(this.#target).call(request);
    if (this.early !== undefined) {
      this.#used = true;
      return this.early.call(request);
    }
    if (request.signal?.aborted === true) return createFailedAnswer(request.signal.reason);
    if (this.#depth > DEPTH_LIMIT) {
      if ("release" in request.params) request.params.release();
      return createFailedAnswer(tooDeep());
    }
    return this.#wait(request);
  }

  /** From here on calls wait for `resolve`, though an early way exists. */
  embargo(): void {
    this.#embargoed = true;
  }

  /** Tells the target, lent; what waited is called first. */
  resolve(target: Capability): void {
    if (this.#target !== undefined || !this.#holders.any) return;
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

  /** Tells the target, lent, when it is known; at once if it is. */
  whenResolved(tell: (target: Capability) => void): void {
    if (this.#target === undefined) this.#watchers.push(tell);
    else tell(this.#target);
  }

  #keep(final: Capability): void {
    // It would forward for ever; and the early way ends with this.
    this.#target = final === this ? createBroken(leadsBack()) : final.retain();
    this.#early?.release();
    this.#early = undefined;
    for (const send of this.#waiting.splice(0)) send();
    for (const tell of this.#watchers.splice(0)) tell(this.#target);
  }

  #end(): void {
    this.#early?.release();
    this.#early = undefined;
    if (this.#target === undefined) this.#onReleased?.();
    this.#target?.release();
  }

  /** What the target has turned out to be; kept, so that a chain of promises is followed once. */
  #shorten(target: Capability): Capability {
    const final = innermost(target);
    if (final === target) return target;
    this.#target = final.retain();
    target.release();
    return final;
  }

  /** A waiting call holds the promise, for its caller may let go of it at once. */
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
    const giveUp = (): void => {
      if (!stop()) return;
      params.release();
      this.release();
    };
    const { signal } = request;
    const answer = new PendingAnswer({ onAbandoned: giveUp }, undefined, this.#depth + 1, this);
    // Those who send many calls must know what a waiting one takes.
    answer.sentBytes = params.root.message.sizeBytes;
    const takeBack =
      signal === undefined
        ? undefined
        : whenAborted(signal, () => {
            answer.fail(signal.reason);
            giveUp();
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

/** What a capability has turned out to be, as far as is known. */
export function innermost(capability: Capability): Capability {
  let found = capability;
  while (found instanceof PromisedCapability && found.target !== undefined) found = found.target;
  return found;
}
