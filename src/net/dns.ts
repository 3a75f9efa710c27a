/** Disables DNS: libp2p and Helia query resolvers of Google and Cloudflare by default. */

/** A resolver for `/dnsaddr` and DNSLink that refuses every name. */
export const refusingDns: { query(name: string): Promise<never> } = {
  query: (name) => Promise.reject(new Error(`Cannot resolve "${name}": no resolver is configured`)),
};
