/** The far side: the same object, with more or less law around it. */
import { serve } from "#capnp";
import { attenuate, createEpochs, createPolicy, createRevoker } from "#caps";
import type { MethodRules } from "#caps";
import { connect, createPortTransport } from "#rpc";
import { Bench } from "../rpc/generated/bench.ts";
import { createBenchServer } from "../rpc/served.ts";

export type Kind = "plain" | "checked" | "nested" | "ruled";

export interface Start {
  readonly kind: Kind;
  readonly port: MessagePort;
}

const epochs = createEpochs(new Uint8Array(0));
const revoker = createRevoker("bench");
const options = {
  clock: { nowMs: () => performance.now() },
  lifetimes: [epochs.current.lifetime, revoker.lifetime],
};

/** Takes over the client. */
function narrow(client: Bench, echo: string | MethodRules = "echo"): Bench {
  const methods = [echo, "count", "descend"];
  const policy = createPolicy({ label: "bench", allow: [{ interface: Bench, methods }] });
  return attenuate(client, Bench, policy, options);
}

const offers: Readonly<Record<Kind, (client: Bench) => Bench>> = {
  plain: (client) => client,
  checked: (client) => narrow(client),
  nested(client) {
    let narrowed = client;
    for (let i = 0; i < 10; i++) narrowed = narrow(narrowed);
    return narrowed;
  },
  ruled: (client) => narrow(client, { name: "echo", params: { text: { prefix: "/home/me" } } }),
};

globalThis.onmessage = ({ data: { kind, port } }: MessageEvent<Start>) => {
  using bootstrap = offers[kind](serve(Bench, createBenchServer()));
  connect(createPortTransport(port), { bootstrap, lendsData: true });
};
