/** What the registry and the control plane need from a source of sandboxes. */
import type { Waiting } from "#base";
import type { ByteStream, Sandbox } from "#schema";

export interface SandboxOrder {
  /** The image that it begins with: a CID, or the path of a link. */
  readonly template: string;
  /** Environment variables of every process. */
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningSandbox {
  /** Lent until `end`. */
  readonly sandbox: Sandbox;
  /** Resolves once it has ended, or is no longer reachable. */
  readonly gone: Promise<unknown>;
  /** Ends it with all its processes; does nothing when it is gone. */
  end(): Promise<void>;
}

/** Starts sandboxes for the control plane. */
export interface Sandboxes {
  /** @throws {Exception} in a sentence when there is no such template, or no room */
  create(order: SandboxOrder, options: Waiting): Promise<RunningSandbox>;
  /** Stores an image, so that `create` finds it by its path. The stream is lent, and read to its end. */
  keep(path: string, car: ByteStream, options: Waiting): Promise<void>;
  /** A stored image, as a CAR. @throws {Exception} `failed` when it is no longer stored */
  readKept(path: string, options: Waiting): Promise<ReadableStream<Uint8Array>>;
}
