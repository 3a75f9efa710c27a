/** The failures of providers of blocks, and their descriptions for the visitor. */
import { Exception } from "#base";
import type { ExceptionKind } from "#base";

/** The source of blocks or records: a server by its configured address, or a peer by its id. */
export interface ProviderName {
  readonly kind: "gateway" | "peer" | "router";
  readonly name: string;
}

/** One provider's failure; `cid` is the block or root in question. */
export type Trouble =
  | { readonly type: "unreachable"; readonly provider: ProviderName; readonly cause: unknown }
  | { readonly type: "stalled"; readonly provider: ProviderName; readonly stallMs: number }
  | {
      readonly type: "slow";
      readonly provider: ProviderName;
      readonly bytes: number;
      readonly stallMs: number;
    }
  | { readonly type: "busy"; readonly provider: ProviderName; readonly seconds: number }
  | { readonly type: "cut"; readonly provider: ProviderName; readonly cause: unknown }
  | { readonly type: "missing"; readonly provider: ProviderName; readonly cid: string }
  | { readonly type: "corrupt"; readonly provider: ProviderName; readonly cid: string }
  /** A failure of the whole response instead of one block. */
  | { readonly type: "unusable"; readonly provider: ProviderName; readonly found: string }
  | { readonly type: "refused"; readonly provider: ProviderName; readonly found: string };

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

/** The error when no provider could provide `cid`; the last failure determines the advice. */
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

export function describeProvider({ kind, name }: ProviderName): string {
  return `${kind} ${name}`;
}

/** The provider's failure as a clause. */
export function describeTrouble(trouble: Trouble): string {
  const source = describeProvider(trouble.provider);
  switch (trouble.type) {
    case "unreachable":
      return `${source} cannot be reached`;
    case "stalled":
      return `${source} accepted the request and sent nothing for ${trouble.stallMs / 1000} s`;
    case "slow":
      return `${source} sent only ${trouble.bytes} bytes in ${trouble.stallMs / 1000} s`;
    case "busy":
      return `${source} is busy and asks to wait for ${trouble.seconds} s`;
    case "cut":
      return `${source} broke off in the middle`;
    case "missing":
      return trouble.provider.kind === "router"
        ? `${source} knows no provider of "${trouble.cid}"`
        : `${source} has no block "${trouble.cid}"`;
    case "corrupt":
      return `${source} sent bytes for block "${trouble.cid}" that do not match its hash`;
    case "unusable":
    case "refused":
      return `${source} ${trouble.found}`;
    default:
      return trouble satisfies never;
  }
}

function advise(trouble: Trouble): string {
  return trouble.provider.kind === "peer" ? advisePeer(trouble) : adviseGateway(trouble);
}

function advisePeer({ type }: Trouble): string {
  if (type === "corrupt" || type === "unusable") {
    return "nothing of it was used; ask somebody else for a link";
  }
  if (type === "missing" || type === "refused") {
    return "ask the one who shared it to share it again";
  }
  return "the tab that shares it must be open and reachable; try again";
}

function adviseGateway(trouble: Trouble): string {
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
