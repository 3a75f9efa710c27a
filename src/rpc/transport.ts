/** What a connection needs of whatever carries its messages. */
import type { Exception } from "#base";

/**
 * Carries whole messages to one peer and back, in order.
 *
 * Disposing ends both directions; the peer finds the connection closed.
 */
export interface Transport extends Disposable {
  /**
   * Sends one frame, which belongs to the transport from here on. After the end it is dropped.
   *
   * @param urgent false for what nobody waits for: it may travel with what is sent next
   */
  send(frame: Uint8Array, urgent: boolean): void;
  /** Begins to deliver what arrives, also what has arrived already. Called once. */
  start(receiver: FrameReceiver): void;
}

export interface FrameReceiver {
  /** One whole frame, which belongs to the receiver. */
  onFrame(frame: Uint8Array): void;
  /** The end, once, after the last frame; with the reason when the stream was cut or could not be read. */
  onClosed(reason?: Exception): void;
}
