/** What the doors need of whatever has sandboxes. */
import type { Waiting } from "#base";
import type { ByteStream, Sandbox } from "#schema";

export interface SandboxOrder {
  /** What it begins with: the CID of an image, or the path of a link. */
  readonly template: string;
  /** Of every process. */
  readonly env: Readonly<Record<string, string>>;
}

export interface RunningSandbox {
  /** Lent until `end`. */
  readonly sandbox: Sandbox;
  /** Resolves once it has ended, or cannot be reached any more. */
  readonly gone: Promise<unknown>;
  /** Ends it with everything that runs in it; also when it is gone. */
  end(): Promise<void>;
}

/** Starts sandboxes for the control plane. */
export interface Sandboxes {
  /** @throws {Exception} in a sentence when there is no such template, or no room */
  create(order: SandboxOrder, options: Waiting): Promise<RunningSandbox>;
  /** Keeps an image, so that `create` finds it by its path. The stream is lent, and read to its end. */
  keep(path: string, car: ByteStream, options: Waiting): Promise<void>;
  /** An image that was kept, as a CAR. @throws {Exception} `failed` when it is not here any more */
  readKept(path: string, options: Waiting): Promise<ReadableStream<Uint8Array>>;
}
