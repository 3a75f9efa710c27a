/** Opens a stream by the first of a peer's connections that answers. */
import { Exception, whenAborted } from "#base";
import type { Waiting } from "#base";
import type { Connection, Stream } from "@libp2p/interface";

/** How long a connection may take to answer before the next one is tried beside it. */
const PATIENCE_MS = 2_000;
/** How long all of them may take. */
const LIMIT_MS = 10_000;

/**
 * Tries the connections in their order, the next as soon as one has failed, or has not answered for two seconds; the first
 * answer counts.
 *
 * libp2p takes 15 s to notice that a direct connection loses its packets; a relayed one may be well all the time.
 *
 * @param connections of one peer: one or more, the best first
 * @throws the signal's reason, `UnsupportedProtocolError` of libp2p, or what the last attempt failed with
 */
export async function openStream(
  connections: readonly Connection[],
  protocols: readonly string[],
  { signal }: Waiting = {},
): Promise<Stream> {
  signal?.throwIfAborted();
  const { promise: opened, resolve, reject } = Promise.withResolvers<Stream>();
  const untried = [...connections];
  const attempts = new Set<AbortController>();
  let isOver = false;
  let patience: ReturnType<typeof setTimeout> | undefined;

  const fail = (reason: unknown): void => {
    // At once: another connection may answer before the promise has settled.
    isOver = true;
    reject(reason);
  };
  const tryNext = (): void => {
    clearTimeout(patience);
    const connection = isOver ? undefined : untried.shift();
    if (connection === undefined) return;
    if (untried.length > 0) patience = setTimeout(tryNext, PATIENCE_MS);
    void attempt(connection); // never rejects
  };
  const attempt = async (connection: Connection): Promise<void> => {
    const giveUp = new AbortController();
    attempts.add(giveUp);
    const options = { runOnLimitedConnection: true, signal: giveUp.signal };
    try {
      const stream = await connection.newStream([...protocols], options);
      attempts.delete(giveUp);
      if (isOver)
        return stream.abort(new Exception("disconnected", "Another connection was quicker"));
      isOver = true;
      resolve(stream);
    } catch (reason) {
      attempts.delete(giveUp);
      const isLast = untried.length === 0 && attempts.size === 0;
      // The peer is the same by every connection.
      if (isLast || isUnsupported(reason)) fail(reason);
      else tryNext();
    }
  };
  const limit = setTimeout(() => {
    fail(new Exception("disconnected", `it has not answered for ${LIMIT_MS / 1000} s`));
  }, LIMIT_MS);
  const forget = signal && whenAborted(signal, () => fail(signal.reason));
  tryNext();
  try {
    return await opened;
  } finally {
    clearTimeout(patience);
    clearTimeout(limit);
    forget?.();
    for (const giveUp of attempts) giveUp.abort();
  }
}

export function isUnsupported(reason: unknown): boolean {
  return reason instanceof Error && reason.name === "UnsupportedProtocolError";
}
