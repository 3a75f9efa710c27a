/** Compares secrets in constant time. */
import { createHash, timingSafeEqual } from "node:crypto";

export function equalKeys(one: string, other: string): boolean {
  return timingSafeEqual(hash(one), hash(other));
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
