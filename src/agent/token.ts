/** Secrets: comparing them in constant time. */
import { encodeText, sha256 } from "#base";

/** Takes as long for any two texts of the same lengths, wherever they differ. */
export async function equalSecrets(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([sha256(encodeText(one)), sha256(encodeText(other))]);
  let difference = 0;
  for (const [at, byte] of first.entries()) difference |= byte ^ (second[at] ?? 0);
  return difference === 0;
}
