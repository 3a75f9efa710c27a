/** What a user at a command line designates for an image, by name. */

/** The place of a secret, which is never on the command line itself, since every user of the computer can read that. */
export type SecretPlace =
  | { readonly type: "env"; readonly name: string }
  | { readonly type: "file"; readonly path: string };

export type Designated =
  | { readonly kind: "folder"; readonly path: string; readonly writes: boolean }
  | {
      readonly kind: "http";
      readonly hosts: readonly string[];
      /** Hosts among them that may have an address of this computer or its network, though their names do not say so. */
      readonly localHosts?: readonly string[];
      readonly methods: readonly string[];
      readonly paths: readonly string[];
      /** Headers that are added to requests, and that the image never sees. */
      readonly headers: ReadonlyMap<string, SecretPlace>;
    }
  | { readonly kind: "secret"; readonly place: SecretPlace }
  | { readonly kind: "clock" | "randomness" }
  /** A peer's service by its name; the address is a multiaddr that ends with the peer's id. */
  | { readonly kind: "peer"; readonly address: string; readonly service: string }
  /** `most` is in bytes, for all petitions together. */
  | { readonly kind: "memory"; readonly most: number }
  /** `most` is in seconds, for all petitions together. */
  | { readonly kind: "time"; readonly most: number };

/** Bounds that narrow a designation. */
export interface Bounds {
  /** Permitted methods; by default all that were asked for. */
  readonly only?: readonly string[];
  readonly calls?: number;
  readonly bytes?: number;
  readonly expiresMs?: number;
}

export interface Designation {
  readonly what: Designated;
  readonly bounds: Bounds;
}

/** Designations by the name under which an image asks, or by kind for petitions of a running image. */
export type Designations = ReadonlyMap<string, Designation>;
