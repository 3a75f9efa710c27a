/**
 * Refused authority on the wire: markers in the text of an exception of type `failed`, which Wetware nodes read.
 *
 * This is the only file that writes them; other code sees `refusal` on the exception.
 */
import { Exception } from "#base";
import type { Refusal } from "#base";

/** Peers of the two generations read different markers, so both are written. */
const MARKERS: Readonly<Record<Refusal, readonly string[]>> = {
  denied: ["ww-membrane/permission-denied"],
  revoked: ["wetware/call-guard/target-revoked"],
  "stale-epoch": ["wetware/call-guard/staleEpoch", "staleEpoch: session epoch no longer current"],
};

/** @param detail the caller, the method, and the rule that refused it; never the value of an argument */
export function createRefusal(refusal: Refusal, detail?: string): Exception {
  const parts = detail === undefined ? MARKERS[refusal] : [...MARKERS[refusal], detail];
  return new Exception("failed", parts.join(": "), { refusal });
}
