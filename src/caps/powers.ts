/** What authority is made of here: the device shapes that doors hand in. */
import type { ByteSink, ByteSource, Waiting } from "#base";
import type { Client } from "#capnp";

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

/** What a child is started from. */
export interface SpawnRequest {
  readonly component: Uint8Array;
  readonly args: readonly string[];
  readonly env: ReadonlyArray<readonly [name: string, value: string]>;
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
