/** The texts of the panel of what is shared. */
import type { SharedItem } from "./sharing.ts";

export const SHARE_WORDS = {
  title: "Share the image in front",
  nothingToShare: "Open an image to share it, or what runs of it.",
  what: "Whoever has the link can",
  image: "have the image from this tab, while it is open",
  screen: "watch this terminal",
  terminal: "watch this terminal, and type into it",
  export: "call what the program exports",
  membrane: "call what the program exports, as the service “membrane” of this tab: anybody can",
  minutes: "Minutes until the link ends; empty for no end",
  calls: "Calls of all visitors together; empty for any number",
  share: "Create and copy link",
  shareAddress: "Serve it and copy the address",
  sharing: "Finding out how others reach this tab …",
  copied: "The link is copied",
  addressCopied: "The address is copied; ww dial takes it, and the name membrane",
  notCopied: "The browser does not allow to copy; copy the link below",
  sharedTitle: "Shared now",
  nothingShared: "Nothing is shared by this tab.",
  copyLink: "Copy link",
  stop: "End",
  since: "since",
  until: "until",
  notRunning: "waits until the image runs again",
} as const;

/** @param name of the image */
export function describeShared(kind: SharedItem["kind"], name: string): string {
  switch (kind) {
    case "image":
      return `Image ${name}`;
    case "screen":
      return `Terminal of ${name}, to watch`;
    case "terminal":
      return `Terminal of ${name}, to watch and type into`;
    case "export":
      return `What ${name} exports`;
    case "membrane":
      return `What ${name} exports, to anybody`;
    default:
      return kind satisfies never;
  }
}

/** @param visits `undefined` where nobody counts */
export function describeVisits(visits: number | undefined): string {
  if (visits === undefined) return "";
  if (visits === 0) return "not opened yet";
  return visits === 1 ? "opened once" : `opened ${visits} times`;
}
