/**
 * A boundary between the objects inside and their callers outside: a membrane, in the words of object-capability systems.
 *
 * Every capability that crosses is replaced: where it is put into a message that is still to be written, or else in a
 * capability table of the message's own. So results are written directly into the outgoing message, through any number
 * of boundaries, and a call without capabilities costs little more than asking the policy.
 *
 * Invariants:
 * - Results and capabilities called ahead on them cross in the direction of the call's target, parameters in the other:
 *   a callback that was passed in is cut together with everything that was handed out.
 * - A capability that comes home is itself again, and one that has crossed already is not replaced twice.
 * - A capability that crosses several boundaries in a row has one stand-in, which knows all of them (`layers`). To come
 *   home, it crosses the same ones in the opposite order; crossing only some of them removes only those. Nothing else
 *   may remove a layer: a capability that comes back through a wider boundary would have shed the narrower one.
 * - Once the lifetime has ended, nothing in flight succeeds: calls fail and are cancelled, promises break.
 * - A promise crosses as a promise, which resolves to the stand-in of its outcome. In results that another vat sent, it
 *   stays the same: it keeps later calls from overtaking those in flight, and the outcome's stand-in would not. Results
 *   written in place belong to this vat: calls made ahead on them have arrived, and their outcome has crossed already.
 */
import type { Client, ClientType, Crossing } from "#capnp";
import { Exception } from "#base";
import {
  capabilityOf,
  createBroken,
  createFailedAnswer,
  RefCount,
  innermost,
  PromisedCapability,
  reasonOfBroken,
  onCapabilityBroken,
  toClient,
} from "#capnp/wire";
import type { Answer, Breakable, CallRequest, Capability } from "#capnp/wire";
import { CrossedCall, exchange } from "./crossed-call.ts";
import type { Way } from "./crossed-call.ts";
import { Endings } from "./endings.ts";
import type { Ending } from "./endings.ts";
import { joinLifetimes } from "./lifetime.ts";
import { intersect } from "./policy.ts";
import type { BoundaryPolicy, Direction } from "./policy.ts";

/**
 * Maximum number of layers. Each layer refers to all below: a holder that narrows its own thousands of times would fill
 * the kernel's memory.
 */
const LAYER_LIMIT = 128;

export class Boundary {
  readonly #policy: BoundaryPolicy;
  /** The boundaries that this one combines, each of one policy, from the innermost to the outermost. */
  readonly #layers: readonly Boundary[];
  /** This boundary with one more layer around it, by that layer. */
  readonly #around = new WeakMap<Boundary, Boundary>();
  readonly #ways: Readonly<Record<Direction, Way>>;
  readonly #endings: Endings;
  /** Stand-ins by their targets, while they are held. */
  readonly #crossed = {
    out: new Map<Capability, Capability>(),
    in: new Map<Capability, Capability>(),
  };

  /** @param layers the boundaries to combine; `policy` is then the intersection of theirs */
  constructor(policy: BoundaryPolicy, layers?: readonly Boundary[]) {
    this.#policy = policy;
    this.#layers = layers ?? [this];
    this.#endings = new Endings(policy.lifetime);
    const out = (capability: Capability): Capability => this.#cross(capability, "out");
    const inward = (capability: Capability): Capability => this.#cross(capability, "in");
    const toWay = (direction: Direction): Way => ({
      boundary: this,
      direction,
      policy,
      endings: this.#endings,
      result: direction === "out" ? out : inward,
      param: direction === "out" ? inward : out,
      ahead: (origin, call) => this.#promise(direction, origin, call),
    });
    this.#ways = { out: toWay("out"), in: toWay("in") };
  }

  /** A client of the same capability for callers outside. Takes ownership of the client. */
  handOut<T extends Client>(client: T, type: ClientType<T>): T {
    using own = client;
    return toClient(this.#cross(capabilityOf(own).retain(), "out"), type);
  }

  /** The stand-in for a capability on the other side. Takes ownership of one reference, and returns one. */
  #cross(capability: Capability, direction: Direction): Capability {
    const found = innermost(capability);
    // A null client has no methods, and must stay null.
    if (reasonOfBroken(found) !== undefined) return capability;
    const crossed = found instanceof PromisedCapability ? found.pipelineTarget : found;
    if (!(crossed instanceof Crossed)) return this.#standFor(capability, found, direction);
    const { boundary, way, inner } = crossed;
    const before = boundary.#layers;
    if (way.direction === direction) {
      const added = this.#layers.filter((layer) => !before.includes(layer));
      if (added.length === 0) return exchange(capability, found);
      if (crossed.isThrough) return this.#standFor(capability, found, direction);
      const layers = direction === "out" ? [...before, ...added] : [...added, ...before];
      if (layers.length > LAYER_LIMIT) {
        capability.release();
        return createBroken(
          new Exception("overloaded", `Cannot narrow a capability more than ${LAYER_LIMIT} times`),
        );
      }
      return toBoundary(layers).#standFor(capability, inner, direction);
    }
    const shared = countShared(before, this.#layers, direction);
    if (shared === 0 || crossed.isThrough) return this.#standFor(capability, found, direction);
    const [kept, own] = [before, this.#layers].map((layers) =>
      direction === "in" ? layers.slice(0, layers.length - shared) : layers.slice(shared),
    );
    let home = exchange(capability, inner);
    if (kept !== undefined && kept.length > 0) {
      home = toBoundary(kept).#standFor(home, inner, way.direction);
    }
    if (own === undefined || own.length === 0) return home;
    return toBoundary(own).#standFor(home, innermost(home), direction);
  }

  /**
   * The stand-in for `found`, which may have been found behind `capability`. Takes ownership of one reference to
   * `capability`.
   */
  #standFor(capability: Capability, found: Capability, direction: Direction): Capability {
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

  /**
   * A promise that stands for one on the other side. Takes ownership of one reference to `origin`.
   *
   * @param ahead the call on whose pending results the promise was taken
   */
  #promise(
    direction: Direction,
    origin: PromisedCapability,
    ahead?: CrossedCall,
    onReleased?: () => void,
  ): Capability {
    const way = this.#ways[direction];
    const early = new Crossed(this, way, origin, ahead);
    const ending: Ending = {
      previousEnding: undefined,
      nextEnding: undefined,
      end(reason) {
        onReleased?.();
        promise.resolve(createBroken(reason));
      },
    };
    const promise = new PromisedCapability({
      pipelineTarget: early,
      onReleased: () => {
        this.#endings.delete(ending);
        onReleased?.();
      },
    });
    this.#endings.add(ending);
    origin.whenResolved((target) => {
      this.#endings.delete(ending);
      onReleased?.();
      const outcome = early.isThrough ? target.retain() : way.result(target.retain());
      promise.resolve(outcome);
      outcome.release();
    });
    return promise;
  }

  #surround(layer: Boundary): Boundary {
    const known = this.#around.get(layer);
    if (known !== undefined) return known;
    const layers = [...this.#layers, layer];
    const policies = layers.map((part) => part.#policy);
    const lifetimes = policies.flatMap(({ lifetime }) => lifetime ?? []);
    const made = new Boundary(intersect(policies, joinLifetimes(lifetimes)), layers);
    this.#around.set(layer, made);
    return made;
  }

  static layersOf(boundary: Boundary): readonly Boundary[] {
    return boundary.#layers;
  }

  /** The boundary that combines these layers; the same one each time. */
  static of([first, ...others]: readonly Boundary[]): Boundary {
    if (first === undefined) throw new TypeError("A boundary has at least one layer");
    return others.reduce((inside, layer) => inside.#surround(layer), first);
  }
}

/** The boundaries that a capability was handed out through, from the holder's to the object's. */
export function boundariesAround(client: Client): readonly Boundary[] {
  const found: Boundary[] = [];
  for (let inner = innermost(capabilityOf(client)); ;) {
    const crossed = inner instanceof PromisedCapability ? inner.pipelineTarget : inner;
    if (!(crossed instanceof Crossed)) return found;
    const { boundary, way } = crossed;
    if (way.direction === "out") found.push(...Boundary.layersOf(boundary).toReversed());
    inner = innermost(crossed.inner);
  }
}

/** The boundaries that a call has crossed, from the object's to the caller's. */
export function boundariesOf(crossing: Crossing | undefined): readonly Boundary[] {
  const found: Boundary[] = [];
  for (let at = crossing; at !== undefined; at = at.before) {
    if (at.boundary instanceof Boundary) found.push(...Boundary.layersOf(at.boundary));
  }
  return found;
}

const toBoundary = (layers: readonly Boundary[]): Boundary => Boundary.of(layers);

/**
 * Number of layers that a capability crosses on its way home: the outermost ones inwards, the innermost ones outwards.
 */
function countShared(
  before: readonly Boundary[],
  layers: readonly Boundary[],
  direction: Direction,
): number {
  const end = direction === "in" ? -1 : 0;
  const step = direction === "in" ? -1 : 1;
  let count = 0;
  const limit = Math.min(before.length, layers.length);
  while (count < limit && before.at(end + step * count) === layers.at(end + step * count)) count++;
  return count;
}

/** The stand-in for a capability on the other side of a boundary. */
class Crossed implements Breakable, Ending {
  readonly boundary: Boundary;
  readonly way: Way;
  readonly inner: Capability;
  readonly #ahead: CrossedCall | undefined;
  readonly #onReleased: (() => void) | undefined;
  readonly #refCount = new RefCount();
  previousEnding: Ending | undefined;
  nextEnding: Ending | undefined;
  /** Listeners that are notified when the client breaks. */
  #watchers: ((reason: unknown) => void)[] | undefined;
  #broken: { readonly reason: unknown } | undefined;

  /** Takes ownership of one reference. @param ahead the call on whose pending results it was taken */
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

  /** Whether the capability crosses by itself, when it is written into the results. */
  get isThrough(): boolean {
    return this.#ahead?.isInPlace === true;
  }

  retain(): this {
    this.#refCount.add();
    return this;
  }

  release(): void {
    if (!this.#refCount.remove()) return;
    if (this.#watchers !== undefined) this.way.endings.delete(this);
    this.#onReleased?.();
    this.inner.release();
  }

  whenBroken(notify: (reason: unknown) => void): void {
    const { lifetime } = this.way.policy;
    if (lifetime?.ended !== undefined) return notify(lifetime.ended);
    if (this.#broken !== undefined) return notify(this.#broken.reason);
    if (this.#watchers !== undefined) return void this.#watchers.push(notify);
    this.#watchers = [notify];
    this.way.endings.add(this);
    onCapabilityBroken(this.inner, (reason) => this.#notify(reason));
  }

  end(reason: Exception): void {
    this.#notify(reason);
  }

  #notify(reason: unknown): void {
    this.#broken ??= { reason };
    for (const notify of this.#watchers?.splice(0) ?? []) notify(reason);
  }

  call(request: CallRequest): Answer {
    if (this.isThrough) return this.inner.call(request);
    const call = new CrossedCall(this.way, request);
    const refused = call.check();
    if (refused === undefined) return call.start(this.inner);
    call.drop();
    return createFailedAnswer(refused);
  }
}
