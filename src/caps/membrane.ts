/** Where a guest's authority begins. @see capnp/first/stem.capnp Membrane */
import { serve } from "#capnp";
import { Executor, Host, StatusPoller } from "#schema";
import type { Init } from "#capnp";
import type { MembraneServer, Session, WetwareSession } from "#schema";
import type { Epochs } from "./epochs.ts";
import { serveExecutor } from "./executor.ts";
import { createGuard } from "./guard.ts";
import { serveHost } from "./host.ts";
import type { Node, Spawner } from "./powers.ts";

export interface MembranePowers {
  readonly epochs: Epochs;
  readonly node: Node;
  readonly spawner: Spawner;
}

/**
 * Grafting gives a session of the current epoch to whoever holds the membrane; nobody is asked to sign.
 *
 * The membrane itself outlives epochs.
 */
export function serveMembrane(powers: MembranePowers): MembraneServer<WetwareSession> {
  return { graft: () => ({ session: createSession(powers) }) };
}

function createSession({ epochs, node, spawner }: MembranePowers): Init<Session<WetwareSession>> {
  const epoch = epochs.current;
  const guard = createGuard(epoch.lifetime);
  const poller = serve(StatusPoller, { pollStatus: () => ({ status: "ok" }) });
  return {
    issuedEpoch: epoch.record,
    statusPoller: guard.handOut(poller, StatusPoller),
    extension: {
      host: guard.handOut(serve(Host, serveHost(node, spawner)), Host),
      executor: guard.handOut(serve(Executor, serveExecutor(spawner)), Executor),
    },
  };
}
