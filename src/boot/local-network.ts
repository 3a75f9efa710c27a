/**
 * Explains the browser's prompt or refusal when a page from the internet dials the visitor's local network.
 *
 * @see https://wicg.github.io/local-network-access/
 */

export interface LocalNetworkPowers {
  /** Host in the page's own address. */
  readonly pageHost: string;
  /** The visitor's answer so far. Rejects if the browser has no such permission. */
  readonly readPermission: () => Promise<PermissionState>;
}

/** Hosts on this computer and on private networks. */
const LOCAL =
  /^(?:localhost|.*\.localhost|127\.\d+\.\d+\.\d+|10\.\d+\.\d+\.\d+|192\.168\.\d+\.\d+|169\.254\.\d+\.\d+|172\.(?:1[6-9]|2\d|3[01])\.\d+\.\d+|\[?(?:::1|f[cd][0-9a-f]{2}:.*|fe80:.*)\]?)$/i;

/** A sentence for the visitor; empty if there is nothing to explain. @param addresses multiaddrs that are dialled */
export async function explainLocalNetwork(
  addresses: readonly string[],
  { pageHost, readPermission }: LocalNetworkPowers,
): Promise<string> {
  const local = addresses.map(hostOf).find((host) => LOCAL.test(host));
  if (local === undefined || LOCAL.test(pageHost)) return "";
  const state = await readPermission().catch(() => undefined);
  if (state === "prompt") {
    return `The browser asks whether this page may reach your own network: a relay is there, at ${local}`;
  }
  if (state === "denied") {
    return `The browser blocks this page from the relay at ${local}, in your own network: allow it in the page's settings`;
  }
  return "";
}

/** The host of the first hop. */
function hostOf(address: string): string {
  return /^\/(?:ip4|ip6|dns|dns4|dns6)\/([^/]+)/.exec(address)?.[1] ?? "";
}
