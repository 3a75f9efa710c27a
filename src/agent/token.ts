/** Compares secrets in constant time. */
import { encodeText, sha256 } from "#base";

/** The time depends on the lengths of the texts, and not on where they differ. */
export async function equalSecrets(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([sha256(encodeText(one)), sha256(encodeText(other))]);
  let difference = 0;
  for (const [at, byte] of first.entries()) difference |= byte ^ (second[at] ?? 0);
  return difference === 0;
}
