/** Access to contents of files: by the token, or by a signature that a holder of the token has made for one path. */
import { encodeText, sha256 } from "#base";
import { HttpError } from "./errors.ts";
import type { AgentPowers } from "./powers.ts";
import type { Settings } from "./settings.ts";
import { equalSecrets } from "./token.ts";

export type Operation = "read" | "write";

/** `expiration` is in seconds since 1970. */
export async function sign(
  path: string,
  operation: Operation,
  user: string,
  token: string,
  expiration?: string,
): Promise<string> {
  const parts = [path, operation, user, token, ...(expiration === undefined ? [] : [expiration])];
  const digest = await sha256(encodeText(parts.join(":")));
  return `v1_${btoa(String.fromCharCode(...digest)).replace(/=+$/, "")}`;
}

/** @throws {HttpError} 401 */
export async function requireSignature(
  request: Request,
  query: URLSearchParams,
  operation: Operation,
  { accessToken }: Settings,
  { now }: AgentPowers,
): Promise<void> {
  if (accessToken === undefined) return;
  const given = request.headers.get("x-access-token");
  if (given !== null) {
    if (await equalSecrets(given, accessToken)) return;
    throw new HttpError(401, "access token present in header but does not match");
  }
  const signature = query.get("signature");
  if (signature === null) throw new HttpError(401, "missing signature query parameter");
  const expiration = query.get("signature_expiration") ?? undefined;
  const path = query.get("path") ?? "";
  const user = query.get("username") ?? "";
  const wanted = await sign(path, operation, user, accessToken, expiration);
  if (!(await equalSecrets(signature, wanted))) throw new HttpError(401, "invalid signature");
  if (expiration === undefined) return;
  const seconds = Number(expiration);
  if (Number.isSafeInteger(seconds) && seconds >= Math.floor(now() / 1000)) return;
  throw new HttpError(401, "signature is already expired");
}
