/**
 * Embargoes and Disembargo messages, of both sides.
 *
 * When a promise resolves to something that the peer does not host, pipelined calls are still on their way through
 * the peer. New calls wait until a Disembargo has travelled the same path and come back.
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
  /** How many Disembargoes of the peer may wait at once. */
  readonly #limit: number;
  readonly #lifts = new Map<number, (broken?: Capability) => void>();
  readonly #ids = createIds();
  #waiting = 0;

  constructor(link: Link, limit: number) {
    this.#link = link;
    this.#limit = limit;
  }

  /**
   * Resolves a promise of the peer, after a Disembargo if the new path is shorter than that of earlier calls.
   *
   * The path is shorter when the target is not the peer's, or leads to the peer only through this vat. If the target
   * is another promise of the peer, that promise is marked as used instead: it needs the embargo if it resolves to
   * something of this side.
   *
   * @param cameBack whether pipelined calls come back to this vat, wherever they go from there
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

  /** Handles a returned Disembargo. @throws {Exception} `failed` when the id is unknown */
  lift(id: number): void {
    const lift = this.#lifts.get(id);
    if (lift === undefined) throw new Exception("failed", `There is no embargo ${id}`);
    this.#lifts.delete(id);
    this.#ids.give(id);
    lift();
  }

  /**
   * Returns a Disembargo to the peer, behind the calls that were made on its target; `found` is borrowed.
   *
   * @throws {Exception} `overloaded` when too many wait.
   */
  echo(id: number, target: Target, found: Capability): void {
    const echo = (to: Capability): void => {
      const back = toTarget(to, this.#link);
      if (back !== undefined || found instanceof PromisedCapability) {
        // Only the moment of sending matters, since messages keep their order; the peer ignores the target.
        const { space } = this.#link;
        this.#link.send(buildDisembargo(space, back ?? target, "receiverLoopback", id), true);
      } else {
        const reason = "Disembargo targets a capability that never led back to its sender";
        this.#link.abort(new Exception("failed", reason));
      }
    };
    // The target may be under an embargo of its own, of this connection or another. Calls that wait there came before
    // this message, and must be sent before it.
    const capability = innermost(found);
    if (!(capability instanceof PromisedCapability) || capability.pipelineTarget !== undefined) {
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

  /** Breaks embargoed promises: new calls must not overtake those lost with the connection. */
  clear(failure: Exception): void {
    const lifts = [...this.#lifts.values()];
    this.#lifts.clear();
    const broken = createBroken(failure);
    for (const lift of lifts) lift(broken);
  }
}
