/** What authority is made of here: the device shapes that doors hand in. */
import type { ByteSink, ByteSource, Duplex, ExceptionKind, Waiting } from "#base";
import type { Client } from "#capnp";
import type { Ipfs, Routing } from "#schema";
import type { Entry } from "./account.ts";
import type { NamedClient } from "./exports.ts";

/** Where a peer is: the bytes of its id, and of its multiaddrs. */
export interface PeerPlace {
  readonly peerId: Uint8Array;
  readonly addrs: readonly Uint8Array[];
}

/** The node that cells run on, as seen from the mesh. */
export interface Node {
  id(): Promise<Uint8Array>;
  addrs(): Promise<readonly Uint8Array[]>;
  peers(): Promise<readonly PeerPlace[]>;
  /** @throws {Exception} `invalid peer ID: …`, or `connect failed: …` when no address leads to the peer. */
  connect(peerId: Uint8Array, addrs: readonly Uint8Array[], options?: Waiting): Promise<void>;
}

/** Where a component comes from. */
export type SpawnProgram =
  | { readonly type: "bytes"; readonly component: Uint8Array }
  /** Of the image that the caller runs in. */
  | { readonly type: "path"; readonly path: string }
  /** A path of another image, whose files the process then sees. */
  | { readonly type: "image"; readonly name: string };

/** Within the limits of the run. */
export interface SpawnLimits {
  memoryBytes?: number;
  cpuSeconds?: number;
}

/** What a child is started from. */
export interface SpawnRequest {
  readonly program: SpawnProgram;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** What the owner's account calls it; by default the name of the program. */
  readonly label?: string | undefined;
  readonly limits?: SpawnLimits | undefined;
  /** Whether the end of its processor time is a trap, "out of fuel". */
  readonly isFueled?: boolean;
  /** All that it is given, taken over in any case; without it, it bootstraps a bare Host. */
  readonly grants?: readonly NamedClient[];
  /** What it is granted through: it loses its authority with that. */
  readonly from: Entry;
}

/** A process that runs, or has run. */
export interface RunningProcess {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** Resolves once, when the process has ended and what it wrote can be read; never rejects. */
  readonly exitCode: Promise<number>;
  /** What the process serves on its connection; the caller disposes it. */
  bootstrap(): Client;
  kill(): void;
}

/** Starts processes. */
export interface Spawner {
  /** @throws {Exception} in one sentence, when the bytes are no component that can run here. */
  spawn(request: SpawnRequest, options?: Waiting): Promise<RunningProcess>;
}

/** An envelope of libp2p whose signature was checked. */
export interface OpenedEnvelope {
  /** In libp2p's protobuf form. */
  readonly publicKey: Uint8Array;
  readonly payloadType: Uint8Array;
  readonly payload: Uint8Array;
}

/** Signatures of the node, and of others. */
export interface Keys {
  /** A signed envelope of libp2p. */
  seal(domain: string, payloadType: Uint8Array, payload: Uint8Array): Promise<Uint8Array>;
  /** @throws {Exception} `failed` when it is no envelope of the domain, or its signature is wrong. */
  open(domain: string, envelope: Uint8Array, options?: Waiting): Promise<OpenedEnvelope>;
  verify(data: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): Promise<boolean>;
}

/** Byte streams to and from peers. */
export interface PeerStreams {
  /**
   * @throws {Exception} `disconnected` when the peer cannot be reached, `unimplemented` when it does not serve the protocol.
   */
  dial(peerId: Uint8Array, protocol: string, options?: Waiting): Promise<Duplex>;
  /**
   * Hands over each stream that a peer opens, until it is disposed. Resolves when peers can open them.
   *
   * @throws {Exception} `failed` when the protocol is served already, and whatever keeps the node from starting.
   */
  listen(protocol: string, take: (duplex: Duplex, peerId: Uint8Array) => void): Promise<Disposable>;
}

/** All of a node that guests are given a part of. */
export interface NodePowers {
  readonly node: Node;
  readonly keys: Keys;
  readonly streams: PeerStreams;
  /** Lent. */
  readonly ipfs: Ipfs;
  readonly routing: Routing;
}

/** Requests to servers, within what its owner has bound it to. */
export interface BoundHttp {
  /** How many requests may be made. */
  readonly quota: {
    readonly calls: number;
    readonly rate: { readonly calls: number; readonly perMs: number } | undefined;
  };
  /** The answer, or in one sentence why there is none; rejects with the reason of the signal. */
  send(request: HttpRequest, options?: Waiting): Promise<HttpOutcome>;
}

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: readonly HttpHeader[];
  readonly body?: Uint8Array | undefined;
}

export interface HttpHeader {
  readonly name: string;
  readonly value: string;
}

export type HttpOutcome =
  | {
      readonly type: "response";
      readonly status: number;
      readonly headers: readonly HttpHeader[];
      readonly body: Uint8Array;
    }
  /** A rule of the owner refused it. */
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "failed"; readonly kind: ExceptionKind; readonly reason: string };
