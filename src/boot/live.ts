/** Opens links to programs that run in another tab. */
import { Exception, toMessage } from "#base";
import type { Waiting } from "#base";
import { cast, dup } from "#capnp";
import { LiveDoor } from "#schema";
import type { LiveLink, OpenedLink } from "#ui";
import type { LoadedKernel } from "./kernel.ts";
import type { Load } from "./load.ts";
import type { Mesh } from "./mesh.ts";

export interface LivePowers {
  readonly mesh: Pick<Mesh, "connectAt">;
  readonly kernel: Load<LoadedKernel>;
}

const SERVICE = "live";
/** How long it may take to reach the other tab. */
const CONNECT_MS = 20_000;

/**
 * Opens a link; the caller disposes the capabilities.
 *
 * @throws {Exception} `disconnected` when the other tab cannot be reached
 */
export async function openLive(
  { mesh, kernel }: LivePowers,
  { peers, token }: LiveLink,
  { signal }: Waiting,
): Promise<OpenedLink> {
  const limit = AbortSignal.timeout(CONNECT_MS);
  const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const explain = (error: unknown): Exception => {
    signal?.throwIfAborted();
    const state = limit.aborted
      ? `it has not answered for ${CONNECT_MS / 1000} s`
      : toMessage(error).replace(/^connect failed: /, "");
    const text = `The other tab cannot be reached: ${state}`;
    return new Exception("disconnected", text, { cause: error });
  };
  const peerId = await connectToFirst(mesh, peers, until).catch((error: unknown) => {
    throw explain(error);
  });
  const { owner } = await kernel.get({ signal });
  try {
    using dialled = await owner.dial(peerId, SERVICE, { signal: until });
    using door = cast(dup(dialled.cap), LiveDoor);
    using results = await door.open(token, { signal: until });
    const { live, state } = results;
    if (state === "idle") return { state };
    if (state !== "open") return { state: "unknown" };
    return { state, live: { ...live, cap: dup(live.cap), tie: dup(live.tie) } };
  } catch (error) {
    if (error instanceof Exception && error.kind === "unimplemented") return { state: "silent" };
    throw limit.aborted ? explain(error) : error;
  }
}

/** Connects to the first address that answers; all are addresses of one tab. @returns the tab's peer id */
async function connectToFirst(
  mesh: LivePowers["mesh"],
  peers: readonly string[],
  signal: AbortSignal,
): Promise<Uint8Array> {
  let failure: unknown;
  for (const peer of peers) {
    try {
      return await mesh.connectAt(peer, { signal });
    } catch (error) {
      signal.throwIfAborted();
      failure = error;
    }
  }
  throw failure;
}
