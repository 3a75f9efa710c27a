/** The devices that authority is built on: interfaces whose implementations the doors hand in. */
import type { ByteSink, ByteSource, Duplex, ExceptionKind, Waiting } from "#base";
import type { Client } from "#capnp";
import type { Ipfs, Routing } from "#schema";
import type { Entry } from "./account.ts";
import type { NamedClient } from "./exports.ts";

/** The place of a peer: the bytes of its id, and of its multiaddrs. */
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
  /** A path in the image that the caller runs in. */
  | { readonly type: "path"; readonly path: string }
  /** The path of another image, whose files the process then sees. */
  | { readonly type: "image"; readonly name: string };

/** Limits of one process, within those of the run. */
export interface SpawnLimits {
  memoryBytes?: number;
  cpuSeconds?: number;
}

/** The order to start a child. */
export interface SpawnRequest {
  readonly program: SpawnProgram;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
  /** The name in the owner's account; by default that of the program. */
  readonly label?: string | undefined;
  readonly limits?: SpawnLimits | undefined;
  /** Whether running out of processor time is a trap, "out of fuel". */
  readonly isFueled?: boolean;
  /**
   * All capabilities of the process; ownership is taken over in any case. Without it, the process bootstraps a bare
   * Host.
   */
  readonly grants?: readonly NamedClient[];
  /** The entry that the process is granted through: it loses its authority with that. */
  readonly from: Entry;
}

/** A process that is running, or has ended. */
export interface RunningProcess {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** Resolves once the process has ended and all its output can be read; never rejects. */
  readonly exitCode: Promise<number>;
  /** The bootstrap capability of the process; the caller disposes it. */
  bootstrap(): Client;
  kill(): void;
}

/** Starts processes. */
export interface Spawner {
  /** @throws {Exception} in one sentence, when the program is no component that can run here. */
  spawn(request: SpawnRequest, options?: Waiting): Promise<RunningProcess>;
}

/** A libp2p envelope whose signature was verified. */
export interface OpenedEnvelope {
  /** In libp2p's protobuf form. */
  readonly publicKey: Uint8Array;
  readonly payloadType: Uint8Array;
  readonly payload: Uint8Array;
}

/** Signatures by the node's key, and verification of others. */
export interface Keys {
  /** A signed libp2p envelope. */
  seal(domain: string, payloadType: Uint8Array, payload: Uint8Array): Promise<Uint8Array>;
  /** @throws {Exception} `failed` when the bytes are no envelope of the domain, or the signature is wrong. */
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
   * Passes each stream that a peer opens to `take`, until the result is disposed. Resolves when peers can open streams.
   *
   * @throws {Exception} `failed` when the protocol is served already; the error of a node that cannot start.
   */
  listen(protocol: string, take: (duplex: Duplex, peerId: Uint8Array) => void): Promise<Disposable>;
}

/** Everything of a node that guests get a part of. */
export interface NodePowers {
  readonly node: Node;
  readonly keys: Keys;
  readonly streams: PeerStreams;
  /** Both clients are borrowed. */
  readonly ipfs: Ipfs;
  readonly routing: Routing;
}

/** Requests to servers, within the binding that the owner made. */
export interface BoundHttp {
  /** Maximum number of requests, and their rate. */
  readonly quota: {
    readonly calls: number;
    readonly rate: { readonly calls: number; readonly perMs: number } | undefined;
  };
  /** The answer, or one sentence that says why there is none. Rejects with the signal's reason. */
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
  /** A rule of the owner refused the request. */
  | { readonly type: "refused"; readonly reason: string }
  | { readonly type: "failed"; readonly kind: ExceptionKind; readonly reason: string };
