/** What a connection needs of whatever carries its messages. */
import type { Exception } from "#base";

/**
 * Carries whole messages to one peer and back, in order.
 *
 * Disposing ends both directions; the peer finds the connection closed.
 */
export interface Transport extends Disposable {
  /**
   * Sends frames, one or more, which belong to the transport from here on. After the end they are dropped.
   *
   * Never delivers anything, nor the end, before it returns.
   */
  send(frames: readonly Uint8Array[]): void;
  /** Begins to deliver what arrives, also what has arrived already. Called once. */
  start(receiver: FrameReceiver): void;
}

export interface FrameReceiver {
  /**
   * One whole frame, which belongs to the receiver.
   *
   * @param isAlone whether all of its buffer does
   */
  onFrame(frame: Uint8Array, isAlone?: boolean): void;
  /** The end, once, after the last frame; with the reason when the stream was cut or could not be read. */
  onClosed(reason?: Exception): void;
}
