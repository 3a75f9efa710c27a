/** The interfaces of the capabilities that can be designated. */
import type { InterfaceType } from "#capnp";
import { Clock, Folder, HttpClient, Randomness, Secret } from "#schema";
import type { Designated } from "./designation.ts";

/** The kinds with a known interface: memory and time have none, and a peer's may be any. */
export type InterfaceKind = Exclude<Designated["kind"], "memory" | "time" | "peer">;

export const INTERFACES: Readonly<Record<InterfaceKind, InterfaceType>> = {
  folder: Folder,
  http: HttpClient,
  secret: Secret,
  clock: Clock,
  randomness: Randomness,
};
