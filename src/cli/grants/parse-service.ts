/** Parses a peer's service as a command line or a policy file names it: `<multiaddr>/<name>`. */
import { parsePeerAddress } from "#net";
import type { Designated } from "./designation.ts";

/** @returns `undefined` for any other text */
export function parseService(text: string): Extract<Designated, { kind: "peer" }> | undefined {
  const [, address = "", service = ""] = /^(\/.+)\/([\w.-]{1,64})$/s.exec(text) ?? [];
  try {
    parsePeerAddress(address);
  } catch {
    return undefined;
  }
  return { kind: "peer", address, service };
}
