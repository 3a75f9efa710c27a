/** A worker with vats, to which a tab's node passes its streams. */
import { transfer, wrap } from "comlink";
import { servePeerPorts } from "../../src/kernel/peer-ports.ts";
import type { BenchPeer } from "./peer.ts";
import type { VatService } from "./vat.worker.ts";

export function openVats(peer: BenchPeer): ReturnType<typeof wrap<VatService>> {
  const worker = new Worker(new URL("vat.worker.ts", import.meta.url), { type: "module" });
  const vats = wrap<VatService>(worker);
  const { port1, port2 } = new MessageChannel();
  void vats.open(transfer(port2, [port2]));
  servePeerPorts(port1, peer.streams, (accepted) => {
    void vats.accept(transfer(accepted, [accepted.port]));
  });
  return vats;
}
