/** What the shell was granted, by name. Its cell has one connection, so all of it comes from here. */
import { Exception } from "#base";
import { dup, type Client } from "#capnp";
import { InitialGrants } from "#schema";
import { connectHost, type SandboxCell } from "../sdk/index.ts";

export interface Grants {
  /** Undefined if nothing is granted by that name. */
  find(name: string): Client | undefined;
}

/** Connects, and keeps everything for the life of the shell. */
export async function openGrants(cell: SandboxCell): Promise<Grants> {
  const connection = connectHost(cell);
  using initial = connection.bootstrap(InitialGrants);
  const given = await initial.get().catch((error: unknown) => {
    // Who started the cell has something else to give.
    if (error instanceof Exception) return undefined;
    throw error;
  });
  const kept = new Map((given?.caps ?? []).map(({ name, cap }) => [name, dup(cap)]));
  given?.[Symbol.dispose]();
  return { find: (name) => kept.get(name) };
}
