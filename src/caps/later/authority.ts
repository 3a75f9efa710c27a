/** Sessions for owners of keys: an authority puts a session behind a login. @see capnp/later/auth.capnp */
import { Exception, toMessage } from "#base";
import { dup, isNull } from "#capnp";
import { OpaqueSession } from "#schema/later";
import type { AuthorityPolicy } from "#schema";
import type { AuthorityServer, LoginStatus, Signer, TerminalServer } from "#schema/later";
import { attenuate } from "../attenuate.ts";
import { CHALLENGE_LIMIT_MS, checkChallenge, drawNonce, toPayload } from "../challenge.ts";
import { createMethodPolicy } from "../create-policy.ts";
import type { Policy } from "../create-policy.ts";
import type { Epochs } from "../epochs.ts";
import type { Lifetime } from "../lifetime.ts";
import type { Clock } from "../meter.ts";
import type { Keys } from "../powers.ts";

export interface AuthorityPowers {
  readonly keys: Keys;
  readonly epochs: Epochs;
  readonly clock: Clock;
}

const DOMAIN = "ww-terminal-membrane";
/** Maximum number of concurrent logins of one authority. */
const LOGIN_LIMIT = 64;

/** @param logins counts concurrent logins, of all authorities that share it */
export function serveAuthority(
  powers: AuthorityPowers,
  logins: { open: number } = { open: 0 },
): AuthorityServer {
  return {
    guard: (session, policy) => ({ terminal: createTerminals(powers, session, policy, logins)() }),
  };
}

/**
 * Creates terminals for one session, each of which allows one login.
 *
 * @param session borrowed; each terminal holds a reference of its own
 * @throws {Exception} `failed` when the session is null or the policy is invalid.
 */
export function createTerminals(
  powers: AuthorityPowers,
  session: OpaqueSession,
  policy: AuthorityPolicy,
  logins: { open: number } = { open: 0 },
): () => TerminalServer<OpaqueSession> & Disposable {
  if (isNull(session)) throw new Exception("failed", "Cannot guard a session that is null");
  const recipients = compileRecipients(policy);
  const { lifetime } = powers.epochs.current;
  return () => serveTerminal({ ...powers, session: dup(session), recipients, lifetime, logins });
}

interface TerminalPowers extends AuthorityPowers {
  /** Owned by the terminal. */
  readonly session: OpaqueSession;
  /** Policies by verifying key, in hex. */
  readonly recipients: ReadonlyMap<string, Policy>;
  /** The lifetime of the epoch in which the terminal was created. */
  readonly lifetime: Lifetime;
  readonly logins: { open: number };
}

interface Login {
  readonly session: OpaqueSession | null;
  readonly status: LoginStatus;
  readonly detail: string;
}

/** Allows one login: after a failure, the caller needs another terminal. */
function serveTerminal(powers: TerminalPowers): TerminalServer<OpaqueSession> & Disposable {
  let isUsed = false;
  return {
    async login(signer, { signal }) {
      if (isUsed) return refuse("invalidRequest", "This terminal was used before");
      isUsed = true;
      return await logIn(powers, signer, signal);
    },
    [Symbol.dispose]: () => powers.session[Symbol.dispose](),
  };
}

async function logIn(
  { keys, epochs, clock, session, recipients, lifetime, logins }: TerminalPowers,
  signer: Signer,
  signal: AbortSignal,
): Promise<Login> {
  if (isNull(signer)) return refuse("invalidRequest", "The signer is null");
  if (logins.open >= LOGIN_LIMIT) {
    return refuse("overloaded", `${LOGIN_LIMIT} logins are under way`);
  }
  logins.open++;
  try {
    const nonce = drawNonce();
    const { seq } = epochs.current.record;
    const challenge = { domain: DOMAIN, payload: toPayload(nonce, seq) };
    let publicKey: Uint8Array;
    try {
      const sign = (options: { signal?: AbortSignal | undefined }) =>
        signer.sign(nonce, seq, options);
      publicKey = await checkChallenge(keys, challenge, sign, signal);
    } catch (error) {
      const isLate = error instanceof Exception && error.kind === "overloaded";
      if (isLate) return refuse("timedOut", `No answer within ${CHALLENGE_LIMIT_MS} ms`);
      return refuse("invalidProof", toMessage(error));
    }
    // The epoch may have ended while the signer answered.
    if (lifetime.ended !== undefined) return refuse("staleEpoch", "The epoch is no longer current");
    const policy = recipients.get(toHex(publicKey));
    if (policy === undefined) return refuse("denied", "There is no profile for this key");
    const attenuated = attenuate(dup(session), OpaqueSession, policy, {
      clock,
      lifetimes: [lifetime],
    });
    return { session: attenuated, status: "granted", detail: "" };
  } finally {
    logins.open--;
  }
}

function refuse(status: LoginStatus, detail: string): Login {
  return { session: null, status, detail };
}

/** @throws {Exception} `failed` when a name or a key is empty or doubled, or a profile is missing. */
function compileRecipients({ profiles, recipients }: AuthorityPolicy): ReadonlyMap<string, Policy> {
  const named = new Map<string, Policy>();
  for (const { name, methods } of profiles) {
    if (name === "" || named.has(name)) fail(`the profile name "${name}" is empty or doubled`);
    named.set(name, createMethodPolicy(name, methods));
  }
  const byKey = new Map<string, Policy>();
  for (const { verifyingKey, profile } of recipients) {
    const policy = named.get(profile);
    if (policy === undefined) fail(`there is no profile "${profile}"`);
    const key = toHex(verifyingKey);
    if (key === "" || byKey.has(key)) fail("a verifying key is empty or doubled");
    byKey.set(key, policy);
  }
  return byKey;
}

function fail(why: string): never {
  throw new Exception("failed", `Cannot guard: ${why}`);
}

function toHex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
