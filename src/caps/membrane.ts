/** Where a guest's authority begins. @see capnp/first/stem.capnp Membrane */
import { equalBytes, toMessage } from "#base";
import { AnyClient, isNull, serve } from "#capnp";
import type { Client, ClientType, Init } from "#capnp";
import {
  BlobStore,
  Executor,
  Host,
  Launcher,
  Network,
  Powerbox,
  Services,
  StatusPoller,
} from "#schema";
import type {
  BlobStoreServer,
  MembraneServer,
  PowerboxServer,
  ServicesServer,
  Session,
  Signer,
  WetwareSession,
} from "#schema";
import type { Account, Entry, Holder } from "./account.ts";
import type { Blobs } from "./blob.ts";
import type { Boundary } from "./boundary.ts";
import { checkChallenge, drawNonce, toPayload } from "./challenge.ts";
import type { Epochs, IssuedEpoch } from "./epochs.ts";
import { serveExecutor } from "./executor.ts";
import { giveExports } from "./exports.ts";
import type { NamedClient } from "./exports.ts";
import { createGuard } from "./guard.ts";
import { serveHost } from "./host.ts";
import { serveLauncher } from "./launcher.ts";
import { openNetwork, serveNetwork } from "./network.ts";
import type { SessionNetwork } from "./network.ts";
import type { VatPowers } from "./peer-vats.ts";
import type { Keys, Node, PeerStreams, Spawner } from "./powers.ts";
import type { Clock } from "./meter.ts";
import { createRefusal } from "./refusal.ts";

export interface MembranePowers {
  readonly epochs: Epochs;
  readonly node: Node;
  readonly spawner: Spawner;
  readonly account: Account;
  /** The process that the membrane serves. */
  readonly holder: Holder;
  /** The owner's grants to the image; borrowed. */
  readonly grants?: readonly NamedClient[];
  readonly keys: Keys;
  readonly streams: PeerStreams;
  readonly clock: Clock;
  readonly connectPeer: VatPowers["connectPeer"];
  readonly blobs: Blobs;
  /** The services of the image; without it, the session has none. */
  readonly services?: ServicesServer | undefined;
  /** Serves the owner's powerbox to the holder. @param via the entry that it is granted through */
  readonly powerbox: (via: Entry) => PowerboxServer;
  /** The admission policy. By default every caller is admitted, but a signer, if there is one, must prove its key. */
  readonly policy?: SignerPolicy;
}

/** The admission policy of a membrane. */
export interface SignerPolicy {
  /** Whether a caller without a signer is refused. */
  readonly isRequired: boolean;
  /** Public keys in libp2p's protobuf form; empty for any. */
  readonly keys: readonly Uint8Array[];
}

/** Domain of the challenge that a signer answers. The payload is the nonce: 8 bytes, big-endian. */
const DOMAIN = "ww-membrane-graft";
const OPEN: SignerPolicy = { isRequired: false, keys: [] };

/** The authority of one epoch. */
export interface EpochSession {
  readonly epoch: IssuedEpoch;
  readonly network: SessionNetwork;
  /** The entry that processes are granted through. */
  readonly entry: Entry;
  /** Hands out a client that is valid for as long as the epoch. */
  readonly handOut: <T extends Client>(client: T, type: ClientType<T>) => T;
}

/** Grafting returns a session of the current epoch. The membrane itself outlives epochs. */
export function serveMembrane(powers: MembranePowers): MembraneServer<WetwareSession> {
  const { keys, policy = OPEN } = powers;
  const begin = createSessions(powers);
  const store = powers.blobs.serveStore();
  return {
    graft(signer, { signal }) {
      // Synchronously, so that calls pipelined on the session do not wait.
      if (isNull(signer) && !policy.isRequired)
        return { session: createSession(powers, begin(), store) };
      return checkSigner(keys, policy, signer, signal).then(() => ({
        session: createSession(powers, begin(), store),
      }));
    },
  };
}

/**
 * @throws {Exception} `denied`, with the reason, unless the signer proves that it owns a key that the policy allows.
 */
async function checkSigner(
  keys: Keys,
  policy: SignerPolicy,
  signer: Signer,
  signal: AbortSignal,
): Promise<void> {
  if (isNull(signer)) throw createRefusal("denied", "this membrane requires a signer");
  const nonce = drawNonce();
  let publicKey: Uint8Array;
  try {
    publicKey = await checkChallenge(
      keys,
      { domain: DOMAIN, payload: toPayload(nonce) },
      (options) => signer.sign(DOMAIN, nonce, options),
      signal,
    );
  } catch (error) {
    throw createRefusal("denied", `the signer has proved nothing: ${toMessage(error)}`);
  }
  if (policy.keys.length === 0 || policy.keys.some((key) => equalBytes(key, publicKey))) return;
  throw createRefusal("denied", "the signer's key is not allowed");
}

/** Begins the session of the current epoch. The account has one entry for it, however often the holder grafts. */
export function createSessions(powers: MembranePowers): () => EpochSession {
  const { epochs, account, holder } = powers;
  let latest: EpochSession | undefined;
  return () => {
    const epoch = epochs.current;
    if (latest?.epoch === epoch) return latest;
    const label = `Session of epoch ${epoch.record.seq}`;
    const lifetimes = [epoch.lifetime];
    const entry = account.enter({ holder, name: "session", label, basic: true, lifetimes });
    const guard: Boundary = createGuard(entry.lifetime, entry);
    account.bind(guard, entry);
    latest = {
      epoch,
      entry,
      network: openNetwork(powers, entry),
      handOut: (client, type) => guard.handOut(client, type),
    };
    return latest;
  };
}

function createSession(
  { node, spawner, powerbox, services, grants = [] }: MembranePowers,
  { epoch, entry, network, handOut }: EpochSession,
  store: BlobStoreServer,
): Init<Session<WetwareSession>> {
  const poller = serve(StatusPoller, { pollStatus: () => ({ status: "ok" }) });
  return {
    issuedEpoch: epoch.record,
    statusPoller: handOut(poller, StatusPoller),
    extension: {
      host: handOut(serve(Host, serveHost(node, spawner, entry)), Host),
      executor: handOut(serve(Executor, serveExecutor(spawner, entry)), Executor),
      network: handOut(serve(Network, serveNetwork(network)), Network),
      // Valid for this session; the next session gets the grants again.
      grants: giveExports(grants).map(({ name, cap }) => ({ name, cap: handOut(cap, AnyClient) })),
      powerbox: handOut(serve(Powerbox, powerbox(entry)), Powerbox),
      ...(services && { services: handOut(serve(Services, services), Services) }),
      blobs: handOut(serve(BlobStore, store), BlobStore),
      launcher: handOut(serve(Launcher, serveLauncher(spawner, entry)), Launcher),
    },
  };
}
