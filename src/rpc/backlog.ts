/**
 * Calls of the peer's that wait because those before them hold too much.
 *
 * They begin in their order when something of that is let go of. Meanwhile everything else of the peer's is handled: its
 * Return, Finish and Release are what makes room. A peer that leaves no room for long is given up.
 */
import { Exception } from "#base";
import { PendingAnswer } from "#capnp/wire";
import type { Answer, CallRequest, Capability } from "#capnp/wire";
import type { Budget, Load } from "./load.ts";
import { afterMs } from "./turns.ts";

interface Waiting {
  readonly sizeBytes: number;
  start(): void;
  /** The connection is over. */
  drop(): void;
}

export interface BacklogOptions {
  readonly load: Load;
  readonly budget: Budget | undefined;
  /** How many bytes may wait before no more is read. */
  readonly limitBytes: number;
  /** How long nothing may end while calls wait. */
  readonly patienceMs: number;
  /** Told when reading should stop, and when it may go on. */
  readonly onFull: (isFull: boolean) => void;
  /** Told when the peer is given up. */
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
    options.load.onLess = () => {
      if (this.#count > 0) this.#onLess();
    };
  }

  get #count(): number {
    return this.#calls.length - this.#first;
  }

  /** Whether a call must wait: others do already, or there is no room. */
  get mustWait(): boolean {
    return this.#count > 0 || this.#options.load.isFull;
  }

  /** Whether anything waits: what must not overtake calls waits, too. */
  get isEmpty(): boolean {
    return this.#count === 0;
  }

  /** Makes the call when there is room. The target is lent. @param onStart counts what the call holds from then on */
  addCall(target: Capability, request: CallRequest, bytes: number, onStart: () => void): Answer {
    const answer = new PendingAnswer();
    target.retain();
    this.add({
      sizeBytes: bytes,
      start() {
        onStart();
        // One that was given up meanwhile is made all the same: see `LocalCapability`.
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

  /** Does something behind the calls that wait. */
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

  #onLess(): void {
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

  /** What depends on whether calls wait, and how many. */
  #update(): void {
    const { load, budget, limitBytes, onFull } = this.#options;
    if (this.#count > 0) {
      this.#stopWatching ??= this.#watch();
      this.#leaveBudget ??= budget?.whenLess(() => this.#onLess());
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
    const { load, patienceMs, onStuck } = this.#options;
    this.#hasMoved = false;
    return afterMs(patienceMs, () => {
      if (this.#hasMoved) {
        this.#stopWatching = this.#watch();
        return;
      }
      const held = `calls and answers of ${load.heldBytes} bytes are held for it`;
      const words = `Peer leaves no room for ${this.#count} calls: ${held}, and none ended in ${patienceMs / 1000} s`;
      onStuck(new Exception("overloaded", words));
    });
  }
}
