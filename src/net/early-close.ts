/**
 * Mends a race of `@libp2p/webrtc` 6.0.33: who dials opens a channel named `init`, waits until the browsers are connected,
 * then for the channel to be open, closes it and waits for that. The other side closes it as well, as soon as it sees it. If
 * that comes first, the wait never ends, and so no direct connection comes about; on one computer, of every third pair.
 */

const LABEL = "init";

type Create = RTCPeerConnection["createDataChannel"];

/** From now on, a channel of this name that the other side has closed is open until this side closes it. */
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
    // Whoever closes it listens from then on.
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
