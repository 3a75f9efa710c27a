/** Figures and outcomes in the words of the page. */
import { toMemoryLimits } from "#kernel";
import type { CellMode, RunLimits, RunOutcome } from "#kernel";
import type { PeerStatus, Stage } from "./powers.ts";

export function describeStage(stage: Stage): string {
  if (stage.type === "opening") return "Opening the image …";
  if (stage.type === "preparing") return "Preparing the program …";
  if (stage.type === "running") return "Running";
  const { layer, layers, blocks, bytes, totalBytes, waitSeconds } = stage;
  const which = layers > 1 ? ` layer ${layer} of ${layers}` : "";
  const total = totalBytes === undefined ? "" : ` of ${formatBytes(totalBytes)}`;
  const wait =
    waitSeconds === undefined ? "" : `; the gateway is busy and asks to wait for ${waitSeconds} s`;
  return `Fetching${which}: ${blocks} ${blocks === 1 ? "block" : "blocks"}, ${formatBytes(bytes)}${total}${wait}`;
}

/** What the visitor reads when a run is over, and whether it is bad news. */
export function describeOutcome(outcome: RunOutcome): {
  readonly text: string;
  readonly bad: boolean;
} {
  switch (outcome.type) {
    case "exited":
      return { text: `Exited with code ${outcome.code}`, bad: outcome.code !== 0 };
    case "trapped":
      return { text: outcome.message, bad: true };
    case "killed":
      return { text: outcome.reason, bad: false };
    case "failed":
      return { text: outcome.reason, bad: true };
  }
}

/** How cells wait, for who wonders why another browser is faster. */
export function describeMode(mode: CellMode): string {
  return mode === "shared-memory" ? "shared memory" : "JSPI";
}

/** What one process of the run has of memory, and all together. */
export function describeMemory(limits: RunLimits): string {
  const { memoryBytes, runMemoryBytes } = toMemoryLimits(limits);
  return `${formatMemory(memoryBytes)} each, ${formatMemory(runMemoryBytes)} in all`;
}

function formatMemory(bytes: number): string {
  const mebibytes = bytes / 1024 ** 2;
  if (mebibytes >= 1024) return `${Number((mebibytes / 1024).toFixed(1))} GiB`;
  return mebibytes >= 1 ? `${Number(mebibytes.toFixed(1))} MiB` : `${Math.round(bytes / 1024)} KiB`;
}

export function describePeers({ peerId, peers, failure }: PeerStatus): string {
  if (failure !== undefined) return `Not in the mesh: ${failure}`;
  if (peerId === undefined) return "Joining the mesh …";
  const count = peers.length === 1 ? "1 peer" : `${peers.length} peers`;
  return `${peerId.slice(0, 8)}…${peerId.slice(-6)} · ${count}`;
}

function formatBytes(bytes: number): string {
  if (bytes < 1000) return `${bytes} B`;
  const units = ["kB", "MB", "GB"];
  let value = bytes / 1000;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ${units[unit] ?? ""}`;
}
