/** Names are not looked up: libp2p and Helia by default ask resolvers of Google and Cloudflare. */

/** A resolver for `/dnsaddr` and DNSLink that refuses every name. */
export const refusingDns: { query(name: string): Promise<never> } = {
  query: (name) => Promise.reject(new Error(`Cannot resolve "${name}": no resolver is configured`)),
};
