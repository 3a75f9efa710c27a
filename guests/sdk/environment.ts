/** What the cell was started with. */
import { decodeText } from "#base";
import type { Host } from "./host.ts";

export function readArguments(host: Host): string[] {
  host.call.getArguments(host.resultAt);
  return readTexts(host, host.u32(4));
}

export function readEnvironment(host: Host): Map<string, string> {
  host.call.getEnvironment(host.resultAt);
  const count = host.u32(4);
  const texts = readTexts(host, count * 2);
  return new Map(
    Array.from({ length: count }, (_, at) => [texts[at * 2] ?? "", texts[at * 2 + 1] ?? ""]),
  );
}

/** A list of strings, or of pairs of them: addresses and lengths in a row. */
function readTexts(host: Host, count: number): string[] {
  const list = new DataView(host.bytesAt(host.u32(0), count * 8).buffer);
  return Array.from({ length: count }, (_, at) =>
    decodeText(host.bytesAt(list.getUint32(at * 8, true), list.getUint32(at * 8 + 4, true))),
  );
}
