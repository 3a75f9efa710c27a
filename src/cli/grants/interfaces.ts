/** The interfaces of what can be designated. */
import type { InterfaceType } from "#capnp";
import { Clock, Folder, HttpClient, Randomness, Secret } from "#schema";
import type { Designated } from "./designation.ts";

/** What has no interface of its own, or one that is not known here, is not among them. */
export type InterfaceKind = Exclude<Designated["kind"], "memory" | "time" | "peer">;

export const INTERFACES: Readonly<Record<InterfaceKind, InterfaceType>> = {
  folder: Folder,
  http: HttpClient,
  secret: Secret,
  clock: Clock,
  randomness: Randomness,
};
