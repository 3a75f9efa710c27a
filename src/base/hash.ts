/** The one hash of this project, by the platform's own implementation. */

/** The 32 bytes of SHA-256 over all of `bytes`. */
export async function sha256(bytes: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes as Uint8Array<ArrayBuffer>));
}
