/** Where tabs of the bench meet; addresses of libp2p with peer ids. */
export interface RelayAddresses {
  readonly relay: string;
  /** A native node that serves the vat `bench`. */
  readonly native: string;
  /** What one of two WebSockets to it sends, the other one gets. */
  readonly pair: string;
}
