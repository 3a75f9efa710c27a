/** Opens links to programs that run in another tab. */
import { Exception, toMessage } from "#base";
import type { Waiting } from "#base";
import { cast, dup } from "#capnp";
import { LiveDoor } from "#schema";
import type { Live } from "#schema";
import type { LiveLink } from "#ui";
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

/** Opens a link; the caller disposes the capabilities. @throws {Exception} when the tab cannot be reached, or refuses */
export async function openLive(
  { mesh, kernel }: LivePowers,
  { peers, token }: LiveLink,
  { signal }: Waiting,
): Promise<Live> {
  const limit = AbortSignal.timeout(CONNECT_MS);
  const until = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  const peerId = await connectToFirst(mesh, peers, until).catch((error: unknown) => {
    signal?.throwIfAborted();
    const state = `it is closed, or no relay leads to it: ${toMessage(error)}`;
    throw new Exception("failed", `The other tab cannot be reached: ${state}`, { cause: error });
  });
  const { owner } = await kernel.get({ signal });
  using dialled = await owner.dial(peerId, SERVICE, { signal: until });
  using door = cast(dup(dialled.cap), LiveDoor);
  using results = await door.open(token, { signal: until });
  const { live } = results;
  return { ...live, cap: dup(live.cap), tie: dup(live.tie) };
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
