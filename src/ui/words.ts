/** All texts of the page. */
import type { Outcome } from "#base";
import type { Limits, Live, Stage } from "#schema";
import type { ShownActivity } from "./activity.ts";
import type { ConnectedPeer, PeerStatus, PeerTransport } from "./powers.ts";

export const WORDS = {
  title: "Wetware",
  image: "Image",
  imagePlaceholder: "CID, /ipfs/…, /ipns/… or a link",
  run: "Run",
  stop: "Stop",
  newSession: "New",
  closeSession: "Close",
  sessions: "Images on this page",
  blankSession: "New image",
  copyLink: "Copy link",
  copied: "Copied",
  notCopied: "Not allowed",
  waitsForAnswer: "Waiting for your answer",
  progress: "Fetching",
  terminal: "Terminal, which Shift-Tab leaves",
  welcome:
    "Give the CID of an image, and it runs in this tab. It can reach nothing but what it is handed.",
  samples: "Images of this node:",
  thisTab: "This tab",
  unknownPeer: "not known yet",
  connectedTo: "Connected to",
  directConnections: "Open connections to other browsers",
  nobody: "nobody",
  dial: "Dial a peer",
  dialButton: "Dial",
  dialPlaceholder: "/ip4/…/p2p/…",
  dialling: "Dialling …",
  dialled: "Connected",
  asking: "Looking for it",
  cellMode: "Cells wait by",
  memory: "Memory of processes",
  idle: "Nothing runs yet",
  stopped: "Stopped",
  stoppedByKeys: "Stopped by Ctrl-C",
  stoppedForAnother: "Stopped for another image",
  held: "Given",
  shared: "Shared",
  noPanel: "The page could not load this panel; reload the page",
  asks: "asks",
  noSheet: "The page could not load what its image asks you; reload the page",
  nothingGiven: "the visitor gives nothing",
  interruptAgain: "Ctrl-C once more stops the image",
} as const;

/** For how long a button says what came of copying. */
export const COPIED_MS = 1500;

export const SANDBOX_WORDS = {
  sandboxes: "Sandboxes",
  title: "Sandboxes of this tab",
  about:
    "Programs have opened them, and drive them by their addresses. Ending one ends its processes and deletes its files.",
  atNode: "At the local node:",
  end: "End",
} as const;

/** @param count `undefined` while it is not known */
export function describeProcesses(count: number | undefined): string {
  if (count === undefined) return "";
  return count === 1 ? "1 process" : `${count} processes`;
}

export const LIVE_WORDS = {
  looking: "Looking for the other tab …",
  lost: "The other tab is closed, is being reloaded, or cannot be reached; connecting again …",
  silent: "The other tab is back, and is still loading …",
  idle: "The other tab is open, but does not run this program now; waiting until it does",
  stopped: "The program was stopped, or has ended, in the other tab",
  closed: "The owner of the other tab has ended this link",
  expired: "The time of this link is over",
  unknown: "The other tab does not know this link: it has ended, or was not copied whole",
  unshared: "The other tab shares nothing",
  stillIdle: "The other tab has not run this program again",
  tab: "another tab",
  connectAgain: "Connect again",
} as const;

/**
 * What a link to another tab leads to.
 *
 * @param image its name
 * @param isAnew whether the program was started again since the link was opened
 */
export function describeLive(
  kind: Live["kind"],
  label: string,
  image: string,
  isAnew: boolean,
): string {
  const whose = `of ${image}, which runs in another tab`;
  const anew = isAnew ? "; the program was started again there" : "";
  if (kind === "screen") return `Screen ${whose}; you can only watch${anew}`;
  if (kind === "terminal") return `Terminal ${whose}; your keys go there${anew}`;
  return `${label} ${whose}; images of this page can be given it${anew}`;
}

const ACTIVITIES: Readonly<Record<ShownActivity, string>> = {
  waitsForInput: "Running; waits for your input",
  serves: "Running; answers requests of browsers and other programs",
  exports: "Running; waits for requests of others",
  silent: "Running; it has shown nothing so far",
};

export function describeStage(stage: Stage, activity?: ShownActivity): string {
  switch (stage.which) {
    case "opening":
      return "Opening the image …";
    case "preparing":
      return "Preparing the program …";
    case "halted":
      return `Waiting for the next version: ${stage.halted}`;
    case "running":
    case "ended": // its last output is still being shown
      return activity === undefined ? "Running" : ACTIVITIES[activity];
    case "fetching": {
      const { layer, layers, blocks, bytes, totalBytes, waitSeconds, asked } = stage.fetching;
      const which = layers > 1 ? ` layer ${layer} of ${layers}` : "";
      const total = totalBytes < 0 ? "" : ` of ${formatBytes(totalBytes)}`;
      const wait =
        waitSeconds === 0 ? "" : `; the gateway is busy and asks to wait for ${waitSeconds} s`;
      if (blocks + bytes === 0 && asked.length > 0)
        return `Looking for the image${which} at ${asked.join(", ")}${wait}`;
      return `Fetching${which}: ${blocks} ${blocks === 1 ? "block" : "blocks"}, ${formatBytes(bytes)}${total}${wait}`;
    }
    default:
      return "Working";
  }
}

/** The text for an outcome, and whether it is a failure. */
export function describeOutcome(outcome: Outcome): {
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
    default:
      return outcome satisfies never;
  }
}

/** How cells wait, which explains differences in speed between browsers. */
export function describeMode(mode: string | number): string {
  return mode === "jspi" ? "JSPI" : "shared memory";
}

/** The memory limits of one process and of the whole run. */
export function describeMemory({
  memoryBytes,
  runMemoryBytes,
}: Pick<Limits, "memoryBytes" | "runMemoryBytes">): string {
  return `${formatMemory(memoryBytes)} each, ${formatMemory(runMemoryBytes)} in all`;
}

export function formatMemory(bytes: number): string {
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

const TRANSPORTS: Record<PeerTransport, string> = {
  webrtc: "directly",
  relay: "over a relay",
  websocket: "by WebSocket",
  other: "",
};

export function describePeer({ peerId, transport }: ConnectedPeer): string {
  return `${peerId} ${TRANSPORTS[transport]}`.trim();
}

export function shortenPath(whole: string): string {
  const path = whole.replace(/\?.*/s, "");
  return path.length <= 24 ? path : `${path.slice(0, 12)}…${path.slice(-8)}`;
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
