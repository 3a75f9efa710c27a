/** Capabilities that the peer hosts. */
import { Exception } from "#base";
import { createBroken, PromisedCapability } from "#capnp/wire";
import type { Answer, CallRequest, Capability } from "#capnp/wire";
import type { Link } from "./link.ts";
import { RemoteCapability } from "./remote-capability.ts";
import type { Target } from "./wire.ts";

interface Import {
  readonly capability: RemoteCapability;
  /** Present while the peer has promised to tell what the capability turns out to be. */
  promised: PromisedCapability | undefined;
}

export class Imports {
  readonly #link: Link;
  readonly #limit: number;
  readonly #entries = new Map<number, Import>();

  constructor(link: Link, limit: number) {
    this.#link = link;
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * The capability that arrived under an id; the caller becomes a holder.
   *
   * @throws {Exception} `overloaded` when too many are held already.
   */
  receive(id: number, isPromise: boolean): Capability {
    const entry = this.#entries.get(id) ?? this.#add(id);
    entry.capability.count();
    if (!isPromise) return entry.capability.retain();
    if (entry.promised !== undefined) return entry.promised.retain();
    const promised = new PromisedCapability({
      early: entry.capability.retain(),
      onReleased: () => {
        if (entry.promised === promised) entry.promised = undefined;
      },
    });
    entry.promised = promised;
    return promised;
  }

  /** The promise that the peer resolves now, and its import; `undefined` when nobody here holds it any more. */
  takePromise(id: number): { promised: PromisedCapability; target: Target } | undefined {
    const entry = this.#entries.get(id);
    if (entry?.promised === undefined) return undefined;
    const { promised } = entry;
    entry.promised = undefined;
    return { promised, target: entry.capability.target };
  }

  /** Promises that the peer has not kept will not be. */
  clear(failure: Exception): void {
    const promises = [...this.#entries.values()].map(({ promised }) => promised);
    this.#entries.clear();
    for (const promised of promises) promised?.resolve(createBroken(failure));
  }

  #add(id: number): Import {
    if (this.#entries.size >= this.#limit) {
      throw new Exception(
        "overloaded",
        `More than ${this.#limit} capabilities of the peer's are held`,
      );
    }
    const capability = new RemoteCapability(this.#link, { type: "import", id }, (counts) => {
      // After a release and a new import of the same id, the entry is another one.
      if (this.#entries.get(id) !== entry) return;
      this.#entries.delete(id);
      this.#link.farewells.release(id, counts);
    });
    const entry: Import = { capability, promised: undefined };
    this.#entries.set(id, entry);
    return entry;
  }
}

/** The answer to a call on a connection that is over. */
export function createDisconnectedAnswer(request: CallRequest, failure: Exception): Answer {
  return createBroken(toDisconnected(failure)).call(request);
}

/** Of one call, why the connection is over. */
export function toDisconnected(failure: Exception): Exception {
  return new Exception("disconnected", failure.message, { cause: failure });
}
