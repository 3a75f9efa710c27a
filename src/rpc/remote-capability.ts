/** Capabilities that the peer hosts, and pipelined parts of its answers. */
import { RefCount } from "#capnp/wire";
import type { Answer, Breakable, CallRequest } from "#capnp/wire";
import type { Link } from "./link.ts";
import type { Target } from "./wire.ts";

/** A capability of the peer, by its target; created with a reference count of 0. */
export class RemoteCapability implements Breakable {
  readonly link: Link;
  readonly target: Target;
  readonly #onReleased: ((counts: number) => void) | undefined;
  readonly #refCount = new RefCount(0);
  #counts = 0;

  /** @param onReleased called with the number of times that the peer has sent it */
  constructor(link: Link, target: Target, onReleased?: (counts: number) => void) {
    this.link = link;
    this.target = target;
    this.#onReleased = onReleased;
  }

  /** Counts one more reference that the peer has sent. */
  count(): void {
    this.#counts++;
  }
  retain(): this {
    this.#refCount.add();
    return this;
  }
  release(): void {
    if (this.#refCount.remove()) this.#onReleased?.(this.#counts);
  }
  call(request: CallRequest): Answer {
    return this.link.call(this.target, request);
  }
  whenBroken(notify: (reason: unknown) => void): void {
    void this.link.closed.then(() => notify(this.link.failure)); // never rejects
  }
}
