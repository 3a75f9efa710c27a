/**
 * Disembargoes, of both sides.
 *
 * When a promise resolves to something that is not the peer's, calls sent ahead are still on their way through the peer. New
 * calls wait until a Disembargo has made the same way and come back.
 */
import { Exception } from "#base";
import { createBroken, innermost, PromisedCapability, reasonOfBroken } from "#capnp/wire";
import type { Capability } from "#capnp/wire";
import { toTarget } from "./exports.ts";
import { createIds } from "./ids.ts";
import { isReflected } from "./reflected.ts";
import type { Link } from "./link.ts";
import { buildDisembargo } from "./build-message.ts";
import type { Target } from "./wire.ts";

export class Embargoes {
  readonly #link: Link;
  /** How many of the peer's may wait at once. */
  readonly #limit: number;
  readonly #lifts = new Map<number, (broken?: Capability) => void>();
  readonly #ids = createIds();
  #waiting = 0;

  constructor(link: Link, limit: number) {
    this.#link = link;
    this.#limit = limit;
  }

  /**
   * A promise of the peer's is known now. What leads to the peer only by way of this vat, or does not lead there at all,
   * is reached by a shorter way than the calls before took, once nothing can be overtaken.
   *
   * What is another promise of the peer's goes on being one, and takes over that calls have gone ahead: without that,
   * nobody would know it when that promise turns out to be something of this side's.
   *
   * @param cameBack whether calls ahead come back to this vat, wherever they go from there
   */
  shorten(
    promised: PromisedCapability,
    found: Capability,
    target: Target,
    cameBack: boolean = isReflected(found),
  ): void {
    if (!promised.used || reasonOfBroken(found) !== undefined) return promised.resolve(found);
    if (!cameBack && toTarget(found, this.#link) !== undefined) {
      const next = innermost(found);
      if (next instanceof PromisedCapability) next.markUsed();
      return promised.resolve(found);
    }
    const id = this.#ids.take();
    const held = found.retain();
    promised.retain().embargo();
    this.#lifts.set(id, (broken) => {
      promised.resolve(broken ?? held);
      promised.release();
      held.release();
    });
    this.#link.send(buildDisembargo(this.#link.space, target, "senderLoopback", id));
  }

  /** The Disembargo is back. @throws {Exception} `failed` when none was under way. */
  lift(id: number): void {
    const lift = this.#lifts.get(id);
    if (lift === undefined) throw new Exception("failed", `There is no embargo ${id}`);
    this.#lifts.delete(id);
    this.#ids.give(id);
    lift();
  }

  /**
   * Sends a Disembargo of the peer's back, behind the calls that were made on what it goes to; lent.
   *
   * @throws {Exception} `overloaded` when too many wait already.
   */
  echo(id: number, target: Target, found: Capability): void {
    const echo = (to: Capability): void => {
      const back = toTarget(to, this.#link);
      if (back !== undefined || found instanceof PromisedCapability) {
        // Messages keep their order, so it matters when this leaves; where it leads is not looked at.
        const { space } = this.#link;
        this.#link.send(buildDisembargo(space, back ?? target, "receiverLoopback", id), true);
      } else {
        const reason = "Disembargo of what never led back to its sender";
        this.#link.abort(new Exception("failed", reason));
      }
    };
    // What it leads to may be under an embargo of its own by now, behind this connection or another: the calls that wait
    // there came before this message, and must leave before it.
    const capability = innermost(found);
    if (!(capability instanceof PromisedCapability) || capability.early !== undefined) {
      return echo(capability);
    }
    if (this.#waiting === this.#limit) {
      throw new Exception("overloaded", `More than ${this.#limit} messages wait for promises`);
    }
    this.#waiting++;
    capability.whenResolved((to) => {
      this.#waiting--;
      echo(to);
    });
  }

  /** What is lost on the way must not be overtaken: calls under embargo go where those before them went. */
  clear(failure: Exception): void {
    const lifts = [...this.#lifts.values()];
    this.#lifts.clear();
    const broken = createBroken(failure);
    for (const lift of lifts) lift(broken);
  }
}
