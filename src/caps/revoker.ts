/** Revokers: a grantor keeps one, to revoke a grant and everything derived from it. */
import type { Exception } from "#base";
import { OwnedLifetime } from "./lifetime.ts";
import type { Lifetime } from "./lifetime.ts";
import { createRefusal } from "./refusal.ts";

export interface Revoker {
  /** The grantee in words for the owner. */
  readonly label: string;
  /** The lifetime for the grant's policy. */
  readonly lifetime: Lifetime;
  /** A revoker that is revoked together with this one; revoked at once if this one is. */
  derive(label: string): Revoker;
  /**
   * Ends the grant and everything derived from it: calls in flight fail as `revoked`, and later calls are refused.
   *
   * @returns the labels of the grants that were alive until now: this one first, each before those derived from it
   */
  revoke(): readonly string[];
}

export function createRevoker(label: string): Revoker {
  return new RevokerNode(label, undefined);
}

class RevokerNode implements Revoker {
  readonly label: string;
  readonly lifetime = new OwnedLifetime();
  readonly #parent: RevokerNode | undefined;
  readonly #derived = new Set<RevokerNode>();

  constructor(label: string, parent: RevokerNode | undefined) {
    this.label = label;
    this.#parent = parent;
  }

  derive(label: string): Revoker {
    const derived = new RevokerNode(label, this);
    if (this.lifetime.ended === undefined) this.#derived.add(derived);
    else derived.lifetime.end(this.lifetime.ended);
    return derived;
  }

  revoke(): readonly string[] {
    if (this.lifetime.ended !== undefined) return [];
    if (this.#parent !== undefined) this.#parent.#derived.delete(this);
    const reason = createRefusal("revoked", `"${this.label}" was revoked`);
    const dead = this.#takeAll();
    OwnedLifetime.endAll(dead.map((node): [OwnedLifetime, Exception] => [node.lifetime, reason]));
    return dead.map((node) => node.label);
  }

  /** Iterative, since the holders of a chain of grants choose its length. */
  #takeAll(): readonly RevokerNode[] {
    const all: RevokerNode[] = [];
    const open: RevokerNode[] = [this];
    for (let node = open.pop(); node !== undefined; node = open.pop()) {
      all.push(node);
      open.push(...[...node.#derived].toReversed());
      node.#derived.clear();
    }
    return all;
  }
}
