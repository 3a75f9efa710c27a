/** Capabilities that the peer hosts, and parts of its answers to come. */
import { Holders } from "#capnp/wire";
import type { Answer, Breakable, CallRequest } from "#capnp/wire";
import type { Link } from "./link.ts";
import type { Target } from "./wire.ts";

/** What the peer calls by a target, callable through the connection; begins without a holder. */
export class RemoteCapability implements Breakable {
  readonly link: Link;
  readonly target: Target;
  readonly #onReleased: ((counts: number) => void) | undefined;
  readonly #holders = new Holders(0);
  #counts = 0;

  /** @param onReleased told how often the peer has counted it */
  constructor(link: Link, target: Target, onReleased?: (counts: number) => void) {
    this.link = link;
    this.target = target;
    this.#onReleased = onReleased;
  }

  /** The peer has sent its id once more, and counts that. */
  count(): void {
    this.#counts++;
  }
  retain(): this {
    this.#holders.add();
    return this;
  }
  release(): void {
    if (this.#holders.remove()) this.#onReleased?.(this.#counts);
  }
  call(request: CallRequest): Answer {
    return this.link.call(this.target, request);
  }
  whenBroken(tell: (reason: unknown) => void): void {
    void this.link.closed.then(() => tell(this.link.failure)); // never rejects
  }
}
