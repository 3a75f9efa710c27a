/** The powers by which the visitor designates what an image asks for; the page loads them with the first question. */
import type { Waiting } from "#base";
import type { Client, Init } from "#capnp";
import type { Ask, NarrowingRecord } from "#schema";

/** Something that the visitor has chosen to give. */
export interface Designation {
  /** What it is, for the visitor and the process. */
  readonly label: string;
  /** A capability to it, which the caller disposes; `undefined` for memory and time. */
  readonly open: () => Client | undefined;
  /** What a later visit opens it from, as IndexedDB stores it; `undefined` if it ends with the page. */
  readonly lasting: unknown;
}

/** What is left of a designation of an earlier visit. */
export type Reopened =
  | { readonly state: "ready"; readonly designation: Designation }
  /** The browser asks the visitor again, and wants a click before. */
  | { readonly state: "locked"; readonly unlock: () => Promise<Designation | undefined> };

export interface PickOptions {
  readonly writes: boolean;
}

/** Servers that an image may call. */
export interface ServerChoice {
  /** `api.example`, `http://127.0.0.1:8080`; https unless written. */
  readonly hosts: readonly string[];
  /** `GET`, `POST`. */
  readonly methods: readonly string[];
  /** Each stands for itself and what is below it; none for all. */
  readonly paths: readonly string[];
  /** What the page adds to each request, and the image never sees. */
  readonly header: { readonly name: string; readonly secret: string } | undefined;
}

/** What a peer serves by a name. */
export interface ServiceChoice {
  /** A multiaddr that ends with the peer's id. */
  readonly address: string;
  readonly service: string;
}

export interface Granting {
  /** Whether the browser gives access to the visitor's files, or copies of them. */
  readonly lendsFiles: boolean;
  /** Called in a click. `undefined` when the visitor picks nothing. */
  pickFolder(options: PickOptions): Promise<Designation | undefined>;
  /** The same for one file, as a folder of one entry. */
  pickFile(options: PickOptions): Promise<Designation | undefined>;
  toSecret(label: string, value: string): Designation;
  /** @param stepMs the time is told in such steps */
  toClock(label: string, stepMs: number): Designation;
  toRandomness(label: string): Designation;
  /** @throws {TypeError} in a sentence about what is wrong with the choice */
  toServers(choice: ServerChoice): Promise<Designation>;
  /** Dials the peer. @throws {Exception} in a sentence, for no address, and for a peer that does not serve it */
  toService(choice: ServiceChoice): Promise<Designation>;
  /** @throws {Exception} `failed` when it is there no more. */
  reopen(label: string, lasting: unknown): Promise<Reopened>;
  readonly kept: KeptGrants;
}

/** A grant that an image can restore in a later run. */
export interface KeptGrant {
  /** Ascending. */
  readonly id: number;
  /** The images whose union may restore it, base first. */
  readonly layers: readonly string[];
  readonly label: string;
  readonly ask: Ask;
  readonly narrowing: Init<NarrowingRecord>;
  readonly lasting: unknown;
  /** When it was granted, since 1970. */
  readonly sinceMs: number;
}

/** Grants by their tokens, which are not stored themselves. */
export interface KeptGrants {
  /** Whether these layers have names that always mean the same files. */
  canKeep(layers: readonly string[]): boolean;
  keep(grant: Omit<KeptGrant, "id">): Promise<{ readonly id: number; readonly token: Uint8Array }>;
  /** `undefined` for an unknown token, and for one of other layers. */
  find(token: Uint8Array, layers: readonly string[]): Promise<KeptGrant | undefined>;
  /** In the order of their ids. */
  list(): Promise<readonly KeptGrant[]>;
  remove(id: number): Promise<void>;
  /** Calls back after each change by any tab, with the id of what was removed, until the signal fires. */
  watch(changed: (removed: number | undefined) => unknown, options: Waiting): void;
}
