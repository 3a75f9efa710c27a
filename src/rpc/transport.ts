/** The interface between a connection and its transport. */
import type { Exception } from "#base";
import type { MessageSpace } from "#capnp/wire";

/**
 * Carries whole messages to one peer and back, in order.
 *
 * Disposing ends both directions, and the peer's transport closes. Messages sent before, in particular an Abort, are
 * delivered if the peer reads them soon.
 */
export interface Transport extends Disposable {
  /** Where the connection builds its messages, if the transport recycles their memory. */
  readonly space?: MessageSpace;
  /**
   * Sends one or more frames and takes ownership of them. Drops them after the end.
   *
   * Never calls the receiver before it returns.
   *
   * @returns a promise that resolves when there is room again; nothing if there is room, or if the transport cannot
   * know. Frames sent before that are buffered.
   */
  send(frames: readonly Uint8Array[]): void | Promise<void>;
  /** Starts delivery, including frames that arrived before. Called once. */
  start(receiver: FrameReceiver): void;
}

export interface FrameReceiver {
  /**
   * Delivers one whole frame, which the receiver owns.
   *
   * @param isAlone whether the receiver owns its whole buffer
   * @returns a promise that resolves when the receiver wants the next frame, or nothing; a transport without
   * back-pressure ignores it.
   */
  onFrame(frame: Uint8Array, isAlone?: boolean): void | Promise<void>;
  /**
   * Signals the end, once, after the last frame. Has a reason when the peer disappeared without closing, or when the
   * input was malformed. With a reason of another kind than `disconnected` the peer still listens: frames sent from
   * inside are delivered, so that it learns why.
   */
  onClosed(reason?: Exception): void;
}
