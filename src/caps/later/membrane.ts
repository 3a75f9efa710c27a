/** Where the authority of a guest of the later generation begins. @see capnp/later/stem.capnp Membrane */
import { AnyClient, dup, serve } from "#capnp";
import type { Client, ClientType } from "#capnp";
import { BlobStore, HttpClient, Ipfs, Launcher, Powerbox, Routing, Services } from "#schema";
import type { Export } from "#schema";
import { Authority, Host, Identity, Runtime } from "#schema/later";
import type { MembraneServer } from "#schema/later";
import { createAttenuation } from "../attenuate.ts";
import { createPolicy } from "../create-policy.ts";
import { giveExports } from "../exports.ts";
import { serveLauncher } from "../launcher.ts";
import type { HttpHandlers } from "../http-handlers.ts";
import { createSessions } from "../membrane.ts";
import type { MembranePowers } from "../membrane.ts";
import type { NodePowers } from "../powers.ts";
import { createRefusal } from "../refusal.ts";
import { serveAuthority } from "./authority.ts";
import { serveLaterHost } from "./host.ts";
import { serveIdentity } from "./identity.ts";
import { serveRuntime } from "./runtime.ts";
import type { RuntimePowers } from "./runtime.ts";

export interface LaterPowers
  extends MembranePowers, NodePowers, Pick<RuntimePowers, "shutdown" | "toCid"> {
  /** The HTTP handlers of the run. */
  readonly handlers: HttpHandlers;
}

/** Grafting returns all capabilities of the first process, by name, for the current epoch. */
export function serveLaterMembrane(powers: LaterPowers): MembraneServer {
  const { epochs, node, spawner, keys, clock, ipfs, routing, grants = [] } = powers;
  const begin = createSessions(powers);
  const store = powers.blobs.serveStore();
  const loaded = { bytes: 0 };
  const logins = { open: 0 };
  // Created once: edited trees stay in the visitor's storage, so the limit counts all epochs together.
  const edits = createAttenuation(ROUTING_POLICY, { clock });
  return {
    graft() {
      const { entry, network, handOut } = begin();
      const { shutdown, toCid } = powers;
      const caps: Export[] = [];
      const granted = new Set(grants.map(({ name }) => name));
      const add = <T extends Client>(name: string, client: T, type: ClientType<T>): void => {
        // A capability that the owner has granted under this name replaces this one.
        if (granted.has(name)) client[Symbol.dispose]();
        else caps.push({ name, cap: handOut(client, type) });
      };
      const runtime = serveRuntime({ spawner, from: entry, shutdown, toCid, loaded });
      add("identity", serve(Identity, serveIdentity(keys)), Identity);
      add(
        "host",
        serve(Host, serveLaterHost({ node, network, handlers: powers.handlers, entry })),
        Host,
      );
      add("runtime", serve(Runtime, runtime), Runtime);
      add("routing", edits.handOut(dup(routing), Routing), Routing);
      add("http-client", serve(HttpClient, DENIED_HTTP), HttpClient);
      add("ipfs", dup(ipfs), Ipfs);
      add(
        "authority",
        serve(Authority, serveAuthority({ keys, epochs, clock }, logins)),
        Authority,
      );
      add("powerbox", serve(Powerbox, powers.powerbox(entry)), Powerbox);
      const { services } = powers;
      if (services !== undefined) add("services", serve(Services, services), Services);
      add("blobs", serve(BlobStore, store), BlobStore);
      add("launcher", serve(Launcher, serveLauncher(spawner, entry)), Launcher);
      for (const { name, cap } of giveExports(grants)) {
        caps.push({ name, cap: handOut(cap, AnyClient) });
      }
      return { caps };
    },
  };
}

/** Limit on the text and data of all routing calls of one process. */
const ROUTING_BYTES = 256 * 1024 * 1024;
const ROUTING_POLICY = createPolicy({
  label: "routing",
  allow: [{ interface: Routing }],
  bytes: ROUTING_BYTES,
});

const denied = (): never => {
  throw createRefusal("denied", "the owner has granted no host");
};
/** An HTTP client that may contact no host; the owner grants one under the name `http-client`. */
const DENIED_HTTP = { get: denied, post: denied, request: denied };
