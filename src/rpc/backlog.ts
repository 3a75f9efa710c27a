/**
 * Queue of the peer's calls that wait because earlier calls hold too many bytes.
 *
 * Queued calls start in order as bytes are released. Return, Finish and Release are handled meanwhile, since they
 * release bytes. A peer that releases nothing for too long is disconnected.
 */
import { Exception } from "#base";
import { PendingAnswer } from "#capnp/wire";
import type { Answer, CallRequest, Capability } from "#capnp/wire";
import type { Budget, Load } from "./load.ts";
import { afterMs } from "./turns.ts";

interface Waiting {
  readonly sizeBytes: number;
  start(): void;
  /** Discards the item when the connection ends. */
  drop(): void;
}

export interface BacklogOptions {
  readonly load: Load;
  readonly budget: Budget | undefined;
  /** Queued bytes beyond which the transport stops reading. */
  readonly limitBytes: number;
  /** How long calls may wait without any earlier call ending. */
  readonly stallMs: number;
  /** Called with `true` to pause reading, with `false` to resume it. */
  readonly onFull: (isFull: boolean) => void;
  /** Called when no call has ended within `stallMs`. */
  readonly onStuck: (reason: Exception) => void;
}

export class Backlog {
  readonly #options: BacklogOptions;
  #calls: Waiting[] = [];
  #first = 0;
  #sizeBytes = 0;
  #isFull = false;
  #isStarting = false;
  #hasMoved = false;
  #stopWatching: (() => void) | undefined;
  #leaveBudget: (() => void) | undefined;

  constructor(options: BacklogOptions) {
    this.#options = options;
    options.load.onDecrease = () => {
      if (this.#count > 0) this.#onDecrease();
    };
  }

  get #count(): number {
    return this.#calls.length - this.#first;
  }

  /** Whether a new call must be queued: others are queued already, or the limit is reached. */
  get mustWait(): boolean {
    return this.#count > 0 || this.#options.load.isFull;
  }

  /** Whether the queue is empty. Messages that must not overtake calls are queued as well. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Starts the call as soon as the load allows; `target` is borrowed. @param onStart charges for the call */
  addCall(target: Capability, request: CallRequest, bytes: number, onStart: () => void): Answer {
    const answer = new PendingAnswer();
    target.retain();
    this.add({
      sizeBytes: bytes,
      start() {
        onStart();
        // A call that was cancelled meanwhile is still made: see `LocalCapability`.
        answer.link(target.call(request));
        target.release();
      },
      drop() {
        if ("release" in request.params) request.params.release();
        answer.fail(new Exception("disconnected", "Connection ended before the call was made"));
        target.release();
      },
    });
    return answer;
  }

  /** Queues an item behind the calls that wait. */
  add(waiting: Waiting): void {
    this.#calls.push(waiting);
    this.#sizeBytes += waiting.sizeBytes;
    this.#update();
  }

  clear(): void {
    const calls = this.#calls.slice(this.#first);
    this.#calls = [];
    this.#first = 0;
    this.#sizeBytes = 0;
    this.#update();
    for (const call of calls) call.drop();
  }

  #onDecrease(): void {
    this.#hasMoved = true;
    if (this.#isStarting) return;
    this.#isStarting = true;
    try {
      while (this.#count > 0 && !this.#options.load.isFull) this.#start();
    } finally {
      this.#isStarting = false;
    }
    this.#update();
  }

  #start(): void {
    const call = this.#calls[this.#first++];
    if (call === undefined) return;
    if (this.#first > 1024 && this.#first * 2 > this.#calls.length) {
      this.#calls = this.#calls.slice(this.#first);
      this.#first = 0;
    }
    this.#sizeBytes -= call.sizeBytes;
    call.start();
  }

  /** Starts or stops the stall timer and the budget listener, and pauses or resumes reading. */
  #update(): void {
    const { load, budget, limitBytes, onFull } = this.#options;
    if (this.#count > 0) {
      this.#stopWatching ??= this.#watch();
      this.#leaveBudget ??= budget?.onDecrease(() => this.#onDecrease());
    } else {
      this.#stopWatching?.();
      this.#stopWatching = undefined;
      this.#leaveBudget?.();
      this.#leaveBudget = undefined;
    }
    const isFull = this.#sizeBytes > limitBytes && load.isFull && !load.waitsForPeer;
    if (isFull === this.#isFull) return;
    this.#isFull = isFull;
    onFull(isFull);
  }

  #watch(): () => void {
    const { load, stallMs, onStuck } = this.#options;
    this.#hasMoved = false;
    return afterMs(stallMs, () => {
      if (this.#hasMoved) {
        this.#stopWatching = this.#watch();
        return;
      }
      const held = `its calls and answers hold ${load.heldBytes} bytes`;
      const message = `Peer stalls ${this.#count} calls: ${held}, and none ended in ${stallMs / 1000} s`;
      onStuck(new Exception("overloaded", message));
    });
  }
}
