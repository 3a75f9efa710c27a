/** The capabilities that the shell was granted, by name. A cell has one connection, so this is the only source of them. */
import { Exception } from "#base";
import { dup, type Client } from "#capnp";
import { InitialGrants } from "#schema";
import { connectHost, type SandboxCell } from "../sdk/index.ts";

export interface Grants {
  /** `undefined` if nothing was granted under that name. */
  find(name: string): Client | undefined;
}

/** Connects, and holds all grants until the shell ends. */
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
