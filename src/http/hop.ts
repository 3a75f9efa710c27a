/** One request to one server and its answer, after everything was checked. */
import type { Waiting } from "#base";

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

export type HttpMethod = "GET" | "POST";

/** How a request leaves: from the browser, through the local node of the visitor, or from this process. */
export type HttpWay = "tab" | "forwarder" | "node";

export interface HttpHop {
  readonly method: HttpMethod;
  /** In the form of `parseHttpUrl`. */
  readonly url: string;
  /** Including the owner's. */
  readonly headers: readonly HttpHeader[];
  /** The body of a POST. */
  readonly body?: Uint8Array | undefined;
  /** The longest body that the answer may have. */
  readonly limitBytes: number;
  /** Whether the host may be at an address of this computer or its network. */
  readonly mayBeLocal: boolean;
}

export type HopOutcome =
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: Uint8Array;
    }
  /** @property location as the server gives it */
  | { readonly type: "redirect"; readonly status: number; readonly location: string }
  /** A redirect whose target the browser hides. */
  | { readonly type: "hidden-redirect" }
  | { readonly type: "too-large" }
  /** The name of the host leads to an address that is not public. */
  | { readonly type: "local-address" }
  /** The browser does not tell why: the server is unreachable, or does not allow cross-origin requests. */
  | { readonly type: "unreadable" }
  /** @property reason the end of a sentence, without anything of the request */
  | { readonly type: "unreachable"; readonly reason: string };

/** Sends requests that were checked, each to one server; follows no redirect. */
export interface HopSender {
  readonly way: HttpWay;
  /** Resolves with the outcome; rejects only with the signal's reason. The signal ends the request. */
  send(hop: HttpHop, options?: Waiting): Promise<HopOutcome>;
}

/** The part of a browser's `fetch` that senders use. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** @see RFC 9110, section 15.4 */
export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
