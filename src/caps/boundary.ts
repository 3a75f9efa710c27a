/**
 * A boundary between the objects inside and those outside who call them: a membrane, as object-capability systems call it.
 *
 * Every capability that crosses is replaced: where it is put into a message, if the message is still to be written, else
 * in a table of the message's own. So results are written where they are sent from, through any number of boundaries, and
 * a call without capabilities costs little more than asking the policy.
 *
 * What must hold:
 * - Results and what is called ahead on them cross like the call's target, parameters the other way: a callback that was
 *   passed in is cut together with everything that was handed out.
 * - What comes home is itself again, and what has crossed already is not replaced twice.
 * - A promise crosses as a promise, which is kept by what stands for the outcome. It stays the same in results that
 *   another vat has sent: it keeps later calls from overtaking those that are still on their way, and what stands for the
 *   outcome would not. Results that were written in place are of this vat: there, what went ahead has arrived, and the
 *   outcome has crossed already.
 */
import type { Client, ClientType } from "#capnp";
import {
  capabilityOf,
  createFailedAnswer,
  Holders,
  innermost,
  PromisedCapability,
  reasonOfBroken,
  tellBroken,
  toClient,
} from "#capnp/wire";
import type { Answer, Breakable, CallRequest, Capability } from "#capnp/wire";
import { CrossedCall, exchange } from "./crossed-call.ts";
import type { Way } from "./crossed-call.ts";
import type { BoundaryPolicy, Direction } from "./policy.ts";

export class Boundary {
  readonly #ways: Readonly<Record<Direction, Way>>;
  /** What stands for what, while anybody holds it. */
  readonly #crossed = {
    out: new Map<Capability, Capability>(),
    in: new Map<Capability, Capability>(),
  };

  constructor(policy: BoundaryPolicy) {
    const out = (capability: Capability): Capability => this.#cross(capability, "out");
    const inward = (capability: Capability): Capability => this.#cross(capability, "in");
    const toWay = (direction: Direction): Way => ({
      direction,
      policy,
      result: direction === "out" ? out : inward,
      param: direction === "out" ? inward : out,
      ahead: (origin, call) => this.#promise(direction, origin, call),
    });
    this.#ways = { out: toWay("out"), in: toWay("in") };
  }

  /** A client of the same capability for those outside. Takes over the client. */
  handOut<T extends Client>(client: T, type: ClientType<T>): T {
    using own = client;
    return toClient(this.#cross(capabilityOf(own).retain(), "out"), type);
  }

  /** What stands for a capability on the other side. Takes over one holding, and gives one. */
  #cross(capability: Capability, direction: Direction): Capability {
    const found = innermost(capability);
    const home = this.#toHome(found, direction);
    if (home !== undefined) return exchange(capability, home);
    // Nobody can do anything with it, and null must stay null.
    if (reasonOfBroken(found) !== undefined) return capability;
    const crossed = this.#crossed[direction];
    const known = crossed.get(found);
    if (known !== undefined) return exchange(capability, known);
    const inner = exchange(capability, found);
    const onReleased = (): void => void crossed.delete(found);
    const made =
      inner instanceof PromisedCapability
        ? this.#promise(direction, inner, undefined, onReleased)
        : new Crossed(this, this.#ways[direction], inner, undefined, onReleased);
    crossed.set(found, made);
    return made;
  }

  /** What was crossed before, as those see it whom it crosses to now, lent; `undefined` for what is here for the first time. */
  #toHome(found: Capability, direction: Direction): Capability | undefined {
    const crossed = found instanceof PromisedCapability ? found.early : found;
    if (!(crossed instanceof Crossed) || crossed.boundary !== this) return undefined;
    if (crossed.way.direction === direction) return found;
    return crossed.isThrough ? undefined : crossed.inner;
  }

  /**
   * A promise that stands for one on the other side. Takes over one holding of that.
   *
   * @param ahead the call that it was called ahead on
   */
  #promise(
    direction: Direction,
    origin: PromisedCapability,
    ahead?: CrossedCall,
    onReleased?: () => void,
  ): Capability {
    const way = this.#ways[direction];
    const early = new Crossed(this, way, origin, ahead);
    const promise = new PromisedCapability({ early, ...(onReleased && { onReleased }) });
    origin.whenResolved((target) => {
      onReleased?.();
      const outcome = early.isThrough ? target.retain() : way.result(target.retain());
      promise.resolve(outcome);
      outcome.release();
    });
    return promise;
  }
}

/** A capability on the other side of a boundary. */
class Crossed implements Breakable {
  readonly boundary: Boundary;
  readonly way: Way;
  readonly inner: Capability;
  readonly #ahead: CrossedCall | undefined;
  readonly #onReleased: (() => void) | undefined;
  readonly #holders = new Holders();

  /** Takes over one holding. @param ahead the call that it was called ahead on */
  constructor(
    boundary: Boundary,
    way: Way,
    inner: Capability,
    ahead?: CrossedCall,
    onReleased?: () => void,
  ) {
    this.boundary = boundary;
    this.way = way;
    this.inner = inner;
    this.#ahead = ahead;
    this.#onReleased = onReleased;
  }

  /** What it stands for crosses by itself, on its way into the results. */
  get isThrough(): boolean {
    return this.#ahead?.isInPlace === true;
  }

  retain(): this {
    this.#holders.add();
    return this;
  }

  release(): void {
    if (!this.#holders.remove()) return;
    this.#onReleased?.();
    this.inner.release();
  }

  whenBroken(tell: (reason: unknown) => void): void {
    tellBroken(this.inner, tell);
  }

  call(request: CallRequest): Answer {
    if (this.isThrough) return this.inner.call(request);
    const call = new CrossedCall(this.way, request);
    const refused = this.way.policy.check(call);
    if (refused === undefined) return call.start(this.inner);
    call.drop();
    return createFailedAnswer(refused);
  }
}
