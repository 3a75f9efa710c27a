/** Proofs of identity: a caller signs a nonce that was drawn for its request. */
import { encodeText, equalBytes, Exception, toException } from "#base";
import type { Waiting } from "#base";
import type { Keys } from "./powers.ts";

export interface Challenge {
  /** Domain of the envelope; its payload type is `/<domain>/challenge`. */
  readonly domain: string;
  readonly payload: Uint8Array;
}

/** Maximum time that a signer may take. */
export const CHALLENGE_LIMIT_MS = 10_000;

/** Numbers as big-endian 64-bit words. */
export function toPayload(...words: readonly bigint[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(8 * words.length));
  words.forEach((word, index) => view.setBigUint64(8 * index, word));
  return new Uint8Array(view.buffer);
}

export function drawNonce(): bigint {
  const [nonce = 0n] = crypto.getRandomValues(new BigUint64Array(1));
  return nonce;
}

export function toPayloadType(domain: string): Uint8Array {
  return encodeText(`/${domain}/challenge`);
}

/**
 * The public key that has signed a challenge.
 *
 * @param sign requests the envelope from the signer
 * @throws {Exception} `overloaded` when the signer takes too long; the signer's own failure; `failed` when the envelope
 * answers another challenge.
 */
export async function checkChallenge(
  keys: Keys,
  { domain, payload }: Challenge,
  sign: (options: Waiting) => PromiseLike<{ readonly sig: Uint8Array }>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const limit = AbortSignal.timeout(CHALLENGE_LIMIT_MS);
  const waiting = { signal: AbortSignal.any([signal, limit]) };
  let envelope: Uint8Array;
  try {
    envelope = (await sign(waiting)).sig.slice();
  } catch (error) {
    if (!limit.aborted) throw toException(error);
    throw new Exception("overloaded", `The signer did not answer within ${CHALLENGE_LIMIT_MS} ms`);
  }
  const opened = await keys.open(domain, envelope, waiting);
  const isAnswer =
    equalBytes(opened.payloadType, toPayloadType(domain)) && equalBytes(opened.payload, payload);
  if (!isAnswer) throw new Exception("failed", "The envelope answers another challenge");
  return opened.publicKey;
}
