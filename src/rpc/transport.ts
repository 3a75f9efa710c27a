/** What a connection needs of whatever carries its messages. */
import type { Exception } from "#base";

/**
 * Carries whole messages to one peer and back, in order.
 *
 * Disposing ends both directions; the peer finds the connection closed. What was sent before, an Abort above all, still
 * leaves if the peer takes it soon.
 */
export interface Transport extends Disposable {
  /**
   * Sends frames, one or more, which belong to the transport from here on. After the end they are dropped.
   *
   * Never delivers anything, nor the end, before it returns.
   *
   * @returns when there is room for more; nothing where that is now, or cannot be known. Whoever sends before that makes
   *   the transport hold it.
   */
  send(frames: readonly Uint8Array[]): void | Promise<void>;
  /** Begins to deliver what arrives, also what has arrived already. Called once. */
  start(receiver: FrameReceiver): void;
}

export interface FrameReceiver {
  /**
   * One whole frame, which belongs to the receiver.
   *
   * @param isAlone whether all of its buffer does
   * @returns when the next one is wanted; nothing where that is now. A transport that cannot hold its peer back goes on.
   */
  onFrame(frame: Uint8Array, isAlone?: boolean): void | Promise<void>;
  /**
   * The end, once, after the last frame; with the reason when the peer is gone without having closed, or when what came
   * could not be read. In that case, a reason of another kind than `disconnected`, the peer still listens: what is sent
   * from inside leaves, so that it learns why.
   */
  onClosed(reason?: Exception): void;
}
