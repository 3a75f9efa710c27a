/**
 * Answers that are not there yet, and capabilities that will turn out to be other ones.
 *
 * An answer has holders: the caller, and every capability taken ahead that is still unresolved. When the last one goes
 * before the results came, the call is abandoned; when the last one goes after, the results are released.
 *
 * While a promised capability is unresolved, calls go the early way, if there is one, or wait here. When the target is
 * known, calls that went the early way may still be travelling; if the target is reached by a shorter way, new calls wait
 * (an embargo) until those have arrived. Calls are never reordered: whatever waits leaves before anything newer.
 */
import { Exception } from "#base";
import { createBroken, createFailedAnswer, NULL_CAPABILITY } from "./broken.ts";
import type { Answer, CallRequest, Capability } from "./capability.ts";
import type { MessageBuilder } from "./builder.ts";
import { readBack, toReceivedParams } from "./params.ts";
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

/** No program makes so many calls ahead of each other; a promise that was kept by a call on itself would go on for ever. */
const DEPTH_LIMIT = 256;

type Listener = Parameters<Answer["settled"]>;

interface Ahead {
  readonly capability: PromisedCapability;
  readonly path: readonly number[];
}

export class PendingAnswer implements Answer {
  readonly #owner: AnswerOwner | undefined;
  readonly #route: AheadRoute | undefined;
  readonly #depth: number;
  sentBytes = 0;
  #listeners: Listener[] | undefined;
  #ahead: Map<string, Ahead> | undefined;
  #held = true;
  #state: "pending" | "results" | "linked" | "failed" | "released" = "pending";
  #root: PointerReader | undefined;
  #release: (() => void) | undefined;
  #link: Answer | undefined;
  #reason: unknown;

  /** @param depth how many calls that wait for each other lie behind it */
  constructor(owner?: AnswerOwner, route?: AheadRoute, depth = 0) {
    this.#owner = owner;
    this.#route = route;
    this.#depth = depth;
  }

  settled(...listener: Listener): void {
    const [onResults, onFailure] = listener;
    if (this.#state === "pending") (this.#listeners ??= []).push(listener);
    else if (this.#root !== undefined) onResults(this.#root);
    else if (this.#link !== undefined) this.#link.settled(...listener);
    else onFailure(this.#failure());
  }

  pipeline(path: readonly number[]): Capability {
    if (this.#root !== undefined) return capabilityAt(this.#root, path).retain();
    if (this.#link !== undefined) return this.#link.pipeline(path);
    if (this.#state !== "pending") return createBroken(this.#failure());
    const aheads = (this.#ahead ??= new Map());
    const key = path.join();
    const known = aheads.get(key);
    if (known !== undefined) return known.capability.retain();
    const capability = new PromisedCapability({
      depth: this.#depth,
      early: this.#route?.early(path),
      onReleased: () => {
        aheads.delete(key);
        this.#forget();
      },
    });
    aheads.set(key, { capability, path });
    return capability;
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
    this.#state = "linked";
    this.#link = answer;
    this.#release = () => answer.release();
    this.#settle();
  }

  /** First what was called ahead, so that nothing that the listeners do overtakes it. */
  #settle(): void {
    if (this.#ahead !== undefined) {
      // All are found before anybody is told, who may let go of the results.
      const aheads = [...this.#ahead.values()].map((ahead) => ({
        ...ahead,
        found: this.#find(ahead.path),
      }));
      this.#ahead.clear();
      for (const { capability: ahead, path, found } of aheads) {
        if (this.#route === undefined) ahead.resolve(found);
        else this.#route.onAhead(ahead, found, path);
        found.release();
      }
    }
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) this.settled(...listener);
    this.#forget();
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
    if (this.#held || (this.#ahead !== undefined && this.#ahead.size > 0)) return;
    if (this.#state === "failed" || this.#state === "released") return;
    const release = this.#release;
    const listeners = this.#listeners;
    const abandoned = this.#state === "pending";
    this.#state = "released";
    this.#root = undefined;
    this.#link = undefined;
    this.#release = undefined;
    this.#listeners = undefined;
    if (abandoned) this.#owner?.onAbandoned();
    release?.();
    // Whoever waits for what was given up must not wait for ever.
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
  readonly early?: Early | undefined;
  readonly onReleased?: () => void;
}

export class PromisedCapability implements Capability {
  readonly #onReleased: (() => void) | undefined;
  readonly #depth: number;
  #early: Early | undefined;
  #embargoed = false;
  #target: Capability | undefined;
  #waiting: (() => void)[] = [];
  #watchers: ((target: Capability) => void)[] = [];
  #holders = 1;
  #used = false;

  constructor(options: PromisedCapabilityOptions = {}) {
    this.#early = options.early;
    this.#onReleased = options.onReleased;
    this.#depth = options.depth ?? 0;
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
    this.#holders++;
    return this;
  }

  release(): void {
    if (--this.#holders > 0) return;
    this.#early?.release();
    this.#early = undefined;
    if (this.#target === undefined) this.#onReleased?.();
    this.#target?.release();
  }

  call(request: CallRequest): Answer {
    if (this.#target !== undefined) return this.#target.call(request);
    if (this.early !== undefined) {
      this.#used = true;
      return this.early.call(request);
    }
    if (request.signal?.aborted === true) return createFailedAnswer(request.signal.reason);
    if (this.#depth > DEPTH_LIMIT) {
      if ("release" in request.params) request.params.release();
      return createFailedAnswer(leadsBack());
    }
    return this.#wait(request);
  }

  /** From here on calls wait for `resolve`, though an early way exists. */
  embargo(): void {
    this.#embargoed = true;
  }

  /** Tells the target, lent; what waited is called first. */
  resolve(target: Capability): void {
    if (this.#target !== undefined || this.#holders === 0) return;
    const final = innermost(target);
    // It would forward for ever; and the early way ends with this.
    this.#target = final === this ? createBroken(leadsBack()) : final.retain();
    this.#early?.release();
    this.#early = undefined;
    for (const send of this.#waiting.splice(0)) send();
    for (const tell of this.#watchers.splice(0)) tell(this.#target);
  }

  /** Tells the target, lent, when it is known; at once if it is. */
  whenResolved(tell: (target: Capability) => void): void {
    if (this.#target === undefined) this.#watchers.push(tell);
    else tell(this.#target);
  }

  /** A waiting call holds the promise, for its caller may let go of it at once. */
  #wait(request: CallRequest): Answer {
    this.retain();
    const params = toReceivedParams(request.params);
    let waiting = true;
    const stop = (): boolean => {
      request.signal?.removeEventListener("abort", aborted);
      const was = waiting;
      waiting = false;
      return was;
    };
    const giveUp = (): void => {
      if (!stop()) return;
      params.release();
      this.release();
    };
    const aborted = (): void => {
      answer.fail(request.signal?.reason);
      giveUp();
    };
    request.signal?.addEventListener("abort", aborted, { once: true });
    const answer = new PendingAnswer({ onAbandoned: giveUp }, undefined, this.#depth + 1);
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

/** What a capability has turned out to be, as far as is known. */
export function innermost(capability: Capability): Capability {
  let found = capability;
  while (found instanceof PromisedCapability && found.target !== undefined) found = found.target;
  return found;
}
