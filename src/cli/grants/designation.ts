/** What somebody at a command line gives to an image, by name. */

/** Where a secret is; never on the command line itself, which every user of the computer can read. */
export type SecretPlace =
  | { readonly type: "env"; readonly name: string }
  | { readonly type: "file"; readonly path: string };

export type Designated =
  | { readonly kind: "folder"; readonly path: string; readonly writes: boolean }
  | {
      readonly kind: "http";
      readonly hosts: readonly string[];
      /** Those of them that may be at an address of this computer or its network, though their names do not say so. */
      readonly localHosts?: readonly string[];
      readonly methods: readonly string[];
      readonly paths: readonly string[];
      /** Headers that the image never sees. */
      readonly headers: ReadonlyMap<string, SecretPlace>;
    }
  | { readonly kind: "secret"; readonly place: SecretPlace }
  | { readonly kind: "clock" | "randomness" }
  /** What a peer serves by a name; the address is a multiaddr that ends with its id. */
  | { readonly kind: "peer"; readonly address: string; readonly service: string }
  /** `most` is for all that is asked for together, in bytes. */
  | { readonly kind: "memory"; readonly most: number }
  /** In seconds. */
  | { readonly kind: "time"; readonly most: number };

/** What narrows it further. */
export interface Bounds {
  /** Methods; all that was asked for by default. */
  readonly only?: readonly string[];
  readonly calls?: number;
  readonly bytes?: number;
  readonly expiresMs?: number;
}

export interface Designation {
  readonly what: Designated;
  readonly bounds: Bounds;
}

/** By the name under which an image asks, or by the kind for what it asks while it runs. */
export type Designations = ReadonlyMap<string, Designation>;
