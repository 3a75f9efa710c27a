/**
 * Mends a race of `@libp2p/webrtc` 6.0.33. The dialling side opens a channel named `init`, waits for the connection, then
 * for the channel to open, closes it, and waits for its `close` event. The other side closes the channel as soon as it sees
 * it. If that comes first, the wait never ends and no direct connection is made: for one pair in three on one computer.
 */

const LABEL = "init";

type Create = RTCPeerConnection["createDataChannel"];

/** From now on, an `init` channel that the other side has closed appears open until this side closes it. */
export function tolerateEarlyClose(prototype: RTCPeerConnection): void {
  // oxlint-disable-next-line typescript/unbound-method -- called with its own object below
  const create: Create & { isTolerant?: true } = prototype.createDataChannel;
  if (create.isTolerant === true) return;
  const tolerant: Create & { isTolerant?: true } = function (
    this: RTCPeerConnection,
    label: string,
    options?: RTCDataChannelInit,
  ): RTCDataChannel {
    const channel = create.call(this, label, options);
    if (label === LABEL) tolerate(channel);
    return channel;
  };
  tolerant.isTolerant = true;
  prototype.createDataChannel = tolerant;
}

function tolerate(channel: RTCDataChannel): void {
  let isOver = false;
  channel.addEventListener("close", () => {
    if (isOver) return;
    isOver = true;
    Object.defineProperty(channel, "readyState", { value: "open", configurable: true });
    // libp2p listens for the event only after calling this.
    channel.close = () => {
      Reflect.deleteProperty(channel, "readyState");
      queueMicrotask(() => channel.dispatchEvent(new Event("close")));
    };
  });
  const close = channel.close.bind(channel);
  channel.close = () => {
    isOver = true;
    close();
  };
}
