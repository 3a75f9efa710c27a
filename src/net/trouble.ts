/** The failures of gateways, and their descriptions for the visitor. */
import { Exception } from "#base";
import type { ExceptionKind } from "#base";

/** One gateway's failure. `gateway` is its address as configured; `cid` the block or root in question. */
export type Trouble =
  | { readonly type: "unreachable"; readonly gateway: string; readonly cause: unknown }
  | { readonly type: "stalled"; readonly gateway: string; readonly stallMs: number }
  | {
      readonly type: "slow";
      readonly gateway: string;
      readonly bytes: number;
      readonly stallMs: number;
    }
  | { readonly type: "busy"; readonly gateway: string; readonly seconds: number }
  | { readonly type: "cut"; readonly gateway: string; readonly cause: unknown }
  | { readonly type: "missing"; readonly gateway: string; readonly cid: string }
  | { readonly type: "corrupt"; readonly gateway: string; readonly cid: string }
  /** A failure of the whole response instead of one block. */
  | { readonly type: "unusable"; readonly gateway: string; readonly found: string }
  | { readonly type: "refused"; readonly gateway: string; readonly found: string };

const KINDS: Record<Trouble["type"], ExceptionKind> = {
  unreachable: "disconnected",
  cut: "disconnected",
  stalled: "overloaded",
  slow: "overloaded",
  busy: "overloaded",
  missing: "failed",
  corrupt: "failed",
  unusable: "failed",
  refused: "failed",
};

/** The error when no gateway could provide `cid`; the last failure determines the advice. */
export function toFetchException(cid: string, troubles: readonly Trouble[]): Exception {
  const last = troubles.at(-1);
  if (last === undefined) {
    return new Exception(
      "failed",
      `Cannot fetch "${cid}": it is not stored here and no gateway is configured; configure one that has it`,
    );
  }
  const found = troubles.map(describeTrouble).join(", ");
  const options = "cause" in last ? { cause: last.cause } : {};
  return new Exception(
    KINDS[last.type],
    `Cannot fetch "${cid}": ${found}; ${advise(last)}`,
    options,
  );
}

/** The gateway's failure as a clause. */
export function describeTrouble(trouble: Trouble): string {
  const { gateway } = trouble;
  switch (trouble.type) {
    case "unreachable":
      return `gateway ${gateway} cannot be reached`;
    case "stalled":
      return `gateway ${gateway} accepted the request and sent nothing for ${trouble.stallMs / 1000} s`;
    case "slow":
      return `gateway ${gateway} sent only ${trouble.bytes} bytes in ${trouble.stallMs / 1000} s`;
    case "busy":
      return `gateway ${gateway} is busy and asks to wait for ${trouble.seconds} s`;
    case "cut":
      return `gateway ${gateway} broke off in the middle`;
    case "missing":
      return `gateway ${gateway} has no block "${trouble.cid}"`;
    case "corrupt":
      return `gateway ${gateway} sent bytes for block "${trouble.cid}" that do not match its hash`;
    case "unusable":
    case "refused":
      return `gateway ${gateway} ${trouble.found}`;
    default:
      return trouble satisfies never;
  }
}

function advise(trouble: Trouble): string {
  switch (trouble.type) {
    case "unreachable":
      return "check that it runs, or configure another gateway";
    case "stalled":
    case "slow":
    case "busy":
    case "cut":
      return "try again, or configure another gateway";
    case "missing":
      return "check the CID, or configure a gateway that has it";
    case "corrupt":
      return "nothing of it was used; configure another gateway";
    case "unusable":
    case "refused":
      return "configure a trustless gateway";
    default:
      return trouble satisfies never;
  }
}
