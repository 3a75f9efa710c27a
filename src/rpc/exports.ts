/** The export table, and how a capability is described to the peer. */
import { Exception, toException } from "#base";
import { innermost, NULL_CAPABILITY, PromisedCapability, reasonOfBroken } from "#capnp/wire";
import type { Capability } from "#capnp/wire";
import { createIds } from "./ids.ts";
import type { Link } from "./link.ts";
import { RemoteCapability } from "./remote-capability.ts";
import { buildResolve } from "./build-message.ts";
import type { Descriptor, Target } from "./wire.ts";

interface Export {
  readonly capability: Capability;
  /** Reference count: how many times it was sent and not yet released. */
  count: number;
}

export class Exports {
  readonly #link: Link;
  readonly #entries = new Map<number, Export>();
  readonly #idsByCapability = new Map<Capability, number>();
  readonly #ids = createIds();
  readonly #limit: number;

  constructor(link: Link, limit: number) {
    this.#link = link;
    this.#limit = limit;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** The capability with an id, borrowed. */
  get(id: number): Capability | undefined {
    return this.#entries.get(id)?.capability;
  }

  /** @throws {Exception} `overloaded` when `count` more exports would exceed the limit */
  makeRoom(count: number): void {
    if (this.#entries.size + count <= this.#limit) return;
    throw new Exception("overloaded", `The peer holds more than ${this.#limit} capabilities`);
  }

  /** Describes a borrowed capability for the peer; adds an export or increments its count. */
  describe(capability: Capability): Descriptor {
    const found = innermost(capability);
    if (found === NULL_CAPABILITY) return { type: "none" };
    const target = toTarget(found, this.#link);
    if (target?.type === "import") return { type: "receiverHosted", id: target.id };
    if (target?.type === "answer") return { ...target, type: "receiverAnswer" };

    const known = this.#idsByCapability.get(found);
    const entry = known === undefined ? undefined : this.#entries.get(known);
    const isPromise = found instanceof PromisedCapability;
    const type = isPromise ? "senderPromise" : "senderHosted";
    if (known !== undefined && entry !== undefined) {
      entry.count++;
      return { type, id: known };
    }
    const id = this.#ids.take();
    const added: Export = { capability: found.retain(), count: 1 };
    this.#entries.set(id, added);
    this.#idsByCapability.set(found, id);
    if (isPromise) {
      found.whenResolved((resolved) => {
        if (this.#entries.get(id) !== added) return;
        const broken = reasonOfBroken(resolved);
        const to = broken === undefined || resolved === NULL_CAPABILITY;
        const outcome = to ? this.describe(resolved) : toException(broken.reason);
        this.#link.send(buildResolve(this.#link.space, id, outcome));
      });
    }
    return { type, id };
  }

  /** @throws {Exception} `failed` when the peer releases more references than it was sent */
  release(id: number, count: number): void {
    const entry = this.#entries.get(id);
    if (entry === undefined || entry.count < count) {
      throw new Exception("failed", `Export ${id} was released more often than it was sent`);
    }
    entry.count -= count;
    if (entry.count > 0) return;
    this.#entries.delete(id);
    this.#idsByCapability.delete(entry.capability);
    this.#ids.give(id);
    entry.capability.release();
  }

  clear(): void {
    const entries = [...this.#entries.values()];
    this.#entries.clear();
    this.#idsByCapability.clear();
    for (const { capability } of entries) capability.release();
  }
}

/** The target by which the peer knows a capability that it hosts; `undefined` for all others. */
export function toTarget(capability: Capability, link: Link): Target | undefined {
  const found = innermost(capability);
  const way = found instanceof PromisedCapability ? found.pipelineTarget : found;
  return way instanceof RemoteCapability && way.link === link ? way.target : undefined;
}
