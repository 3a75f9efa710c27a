/** The import table: capabilities that the peer hosts. */
import { Exception } from "#base";
import { createBroken, PromisedCapability } from "#capnp/wire";
import type { Answer, CallRequest, Capability } from "#capnp/wire";
import type { Link } from "./link.ts";
import { RemoteCapability } from "./remote-capability.ts";
import type { Target } from "./wire.ts";

interface Import {
  readonly capability: RemoteCapability;
  /** Present while the peer owes a Resolve for this import. */
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
   * The capability that arrived with an id, as a new reference.
   *
   * @throws {Exception} `overloaded` when the table is full.
   */
  receive(id: number, isPromise: boolean): Capability {
    const entry = this.#entries.get(id) ?? this.#add(id);
    entry.capability.count();
    if (!isPromise) return entry.capability.retain();
    if (entry.promised !== undefined) return entry.promised.retain();
    const promised = new PromisedCapability({
      pipelineTarget: entry.capability.retain(),
      onReleased: () => {
        if (entry.promised === promised) entry.promised = undefined;
      },
    });
    entry.promised = promised;
    return promised;
  }

  /** Removes the promise that a Resolve names; `undefined` when it was released. */
  takePromise(id: number): { promised: PromisedCapability; target: Target } | undefined {
    const entry = this.#entries.get(id);
    if (entry?.promised === undefined) return undefined;
    const { promised } = entry;
    entry.promised = undefined;
    return { promised, target: entry.capability.target };
  }

  /** Breaks all unresolved promises. */
  clear(failure: Exception): void {
    const promises = [...this.#entries.values()].map(({ promised }) => promised);
    this.#entries.clear();
    for (const promised of promises) promised?.resolve(createBroken(failure));
  }

  #add(id: number): Import {
    if (this.#entries.size >= this.#limit) {
      throw new Exception(
        "overloaded",
        `More than ${this.#limit} capabilities of the peer are held`,
      );
    }
    const capability = new RemoteCapability(this.#link, { type: "import", id }, (counts) => {
      // The id may belong to a newer import by now.
      if (this.#entries.get(id) !== entry) return;
      this.#entries.delete(id);
      this.#link.deferred.release(id, counts);
    });
    const entry: Import = { capability, promised: undefined };
    this.#entries.set(id, entry);
    return entry;
  }
}

/** The answer to a call on a connection that has ended. */
export function createDisconnectedAnswer(request: CallRequest, failure: Exception): Answer {
  return createBroken(toDisconnected(failure)).call(request);
}

/** The failure of one call on a connection that has ended. */
export function toDisconnected(failure: Exception): Exception {
  return new Exception("disconnected", failure.message, { cause: failure });
}
