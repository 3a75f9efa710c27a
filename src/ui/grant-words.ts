/** All texts of the sheet and of what is held. */
import type { AccountEntry, Ask } from "#schema";
import type { KeptGrant } from "./granting.ts";
import type { OpenPetition } from "./petitions.ts";
import { formatTime } from "./time.ts";
import { formatMemory, shortenPath } from "./words.ts";

export const GRANT_WORDS = {
  speaker: "This page asks you, and not the image",
  image: "Image",
  process: "Process",
  wants: "Wants",
  why: "Its reason",
  rights: "Rights",
  readOnly: "Read only",
  readAndChange: "Read and change",
  narrow: "Narrow it",
  methods: "Calls",
  calls: "At most so many calls",
  bytes: "At most so many bytes",
  minutes: "For so many minutes",
  boundsNote:
    "These bounds are for this answer; what you give later, even the same again, has its own.",
  keep: "The image may keep it for later visits",
  chooseFolder: "Choose a folder …",
  chooseFile: "Choose a file …",
  copies: "This browser hands over a copy, which can only be read.",
  secretName: "Its name",
  secretValue: "The secret",
  giveSecret: "Give this secret",
  exactClock: "Give the exact time",
  coarseClock: "Give the time to the minute",
  randomness: "Give random bytes of this browser",
  noOther: "No other image runs on this page.",
  notKnown: "This page cannot give that.",
  peerAddress: "Address of the peer",
  peerService: "Its service",
  giveService: "Give this service",
  dialling: "Dialling …",
  hosts: "Hosts",
  paths: "Only below",
  headerName: "Header to add",
  headerValue: "Its secret value",
  headerNote: "The page adds the header to each request; the image cannot read it.",
  giveServers: "Give these hosts",
  nothing: "Give nothing",
  mute: "Give nothing, and ask no more",
  clock: "The time",
  coarse: "The time to the minute",
  random: "Random bytes",
  secret: "Secret",
  heldTitle: "What this image was given",
  nothingHeld: "It was given nothing.",
  basicTitle: "What every image has",
  basicNote:
    "With its session, an image starts programs of its own and finds peers. Revoking it takes that away.",
  keptTitle: "Kept for later visits",
  nothingKept: "Nothing is kept.",
  revoke: "Revoke",
  saveLog: "Save the log",
} as const;

/** One sentence: what is asked for. */
export function describeAsk({ ask, returning }: OpenPetition): string {
  if (returning !== undefined) return "An image wants back what it has kept";
  switch (ask.which) {
    case "folder":
      return ask.folder.writes
        ? "An image wants to read and change a folder"
        : "An image wants to read a folder";
    case "http":
      return "An image wants to call hosts of the network";
    case "secret":
      return "An image wants a secret";
    case "export":
      return "An image wants to use another image";
    case "clock":
      return "An image wants to know the time";
    case "randomness":
      return "An image wants random bytes";
    case "memory":
      return `An image wants ${formatMemory(ask.memory)} more memory`;
    case "time":
      return `An image wants ${ask.time} s more of the processor`;
    case "peer":
      return "An image wants to use a service of a peer";
    default:
      return "An image wants something that this page does not know";
  }
}

/** Particulars of what is asked for; empty if there are none. */
export function describeDetails({ ask, returning }: OpenPetition): string {
  if (returning !== undefined) return returning.label;
  if (ask.which === "http") {
    const { hosts, methods } = ask.http;
    const called = methods.length === 0 ? "GET, POST" : methods.join(", ");
    return `${hosts.length === 0 ? "hosts of your choice" : hosts.join(", ")}: ${called}`;
  }
  if (ask.which === "export") return `the interface 0x${ask.export.toString(16)}`;
  return ask.which === "peer" ? ask.peer : "";
}

/** Where the ask comes from. */
export function describeAsker({ pid, name }: OpenPetition): string {
  return name === ""
    ? `asks while it runs (process ${pid})`
    : `asks before it starts, under the name ${name}`;
}

export function describeMemoryGift(bytes: number): string {
  return `${formatMemory(bytes)} more memory`;
}

export function describeTimeGift(seconds: number): string {
  return `${seconds} s more of the processor`;
}

/** What may be done with a folder, and how a host may be called. */
export function describeMethod(kind: Ask["which"], name: string): string {
  if (kind === "http") return name.toUpperCase();
  return METHODS[name] ?? name;
}

const METHODS: Readonly<Record<string, string>> = {
  list: "list names",
  stat: "see sizes and dates",
  read: "read files",
  write: "write files",
  truncate: "cut files",
  makeFolder: "make folders",
  remove: "remove files",
};

export function describeUse({ uses, refusals, lastRefusal }: AccountEntry): string {
  const used = `used ${uses} ${uses === 1 ? "time" : "times"}`;
  if (refusals === 0) return used;
  return `${used}, refused ${refusals} ${refusals === 1 ? "time" : "times"}, last: ${lastRefusal}`;
}

export function describeOrigin({ via }: AccountEntry, all: readonly AccountEntry[]): string {
  if (via === 0) return "from this page";
  const giver = all.find(({ id }) => id === via);
  return giver === undefined
    ? "through what has ended"
    : `through ${giver.label} of ${shortenPath(giver.holder)}`;
}

export function describeSince(ms: number): string {
  return `since ${formatTime(ms)}`;
}

export function describeKept({ layers, sinceMs }: KeptGrant): string {
  return `by ${layers.map(shortenPath).join(" + ")}, ${describeSince(sinceMs)}`;
}
