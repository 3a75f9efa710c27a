/** The counts of a node in the text form of Prometheus. @see https://prometheus.io/docs/instrumenting/exposition_formats */
import type { Libp2p } from "@libp2p/interface";
import type { FairShare } from "./fair-share.ts";

export function toMetrics(libp2p: Libp2p, reservations: number, share: FairShare): string {
  const connections = libp2p.getConnections();
  const count = (wanted: string): number =>
    connections.filter(({ direction }) => direction === wanted).length;
  const { bytes, refused } = share;
  return [
    toMetric("ww_connections", "gauge", "Open connections", "direction", {
      inbound: count("inbound"),
      outbound: count("outbound"),
    }),
    toMetric("ww_peers", "gauge", "Connected peers", "", { "": libp2p.getPeers().length }),
    toMetric("ww_reservations", "gauge", "Peers that can be reached through this node", "", {
      "": reservations,
    }),
    toMetric("ww_relayed_connections", "gauge", "Connections that this node relays", "", {
      "": share.countRelayed(),
    }),
    toMetric("ww_bytes_total", "counter", "Bytes of all connections", "direction", {
      received: bytes.received,
      sent: bytes.sent,
    }),
    toMetric("ww_refused_total", "counter", "What was refused beyond a bound", "what", refused),
  ].join("");
}

/** @param values amounts by the label's value, which is plain text; a metric without label has one, under "" */
function toMetric(
  name: string,
  type: "gauge" | "counter",
  help: string,
  label: string,
  values: Readonly<Record<string, number>>,
): string {
  const lines = Object.entries(values).map(([value, amount]) => {
    const labels = label === "" ? "" : `{${label}="${value}"}`;
    return `${name}${labels} ${amount}\n`;
  });
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}
