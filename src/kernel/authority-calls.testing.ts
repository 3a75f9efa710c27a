/** Calls on folders for tests of the authority model: rules for both ways to narrow, and a folder that counts calls. */
import { expect } from "vitest";
import { Exception } from "#base";
import { cast } from "#capnp";
import type { Client, Init } from "#capnp";
import { createPolicy } from "#caps";
import { Folder } from "#schema";
import type { FolderServer, NarrowingRecord } from "#schema";
import type { Method, Rule } from "./authority-model.testing.ts";

export const METHODS: readonly Method[] = ["list", "read", "write"];
const EMPTY = new Uint8Array(0);
export const HANGS = "hangs";

/** @param onCall called for each call that no rule has refused */
export function serveArrivals(onCall: () => void): FolderServer {
  return {
    list() {
      onCall();
      return { entries: [] };
    },
    write: onCall,
    async read(path, _offset, _bytes, { signal }) {
      onCall();
      if (path === HANGS) await new Promise((_, reject) => (signal.onabort = reject));
      return { data: EMPTY };
    },
    stat: refuse,
    truncate: refuse,
    makeFolder: refuse,
    remove: refuse,
  };
}

const refuse = (): never => expect.unreachable("no rule allows it");

/** The rule as an owner's narrowing. */
export function toNarrowing({ methods = [], readBytes, calls }: Rule): Init<NarrowingRecord> {
  const params = readBytes === undefined ? [] : [{ name: "lengthBytes", atMost: readBytes }];
  return {
    methods: methods.map((name) => ({ name, params: name === "read" ? params : [] })),
    ...(calls !== undefined && { calls }),
  };
}

/** The rule as the policy of a process that narrows in its own vat. */
export function toPolicy({
  methods = METHODS,
  readBytes,
  calls,
}: Rule): Omit<Parameters<typeof createPolicy>[0], "label"> {
  const params = readBytes === undefined ? {} : { lengthBytes: { atMost: readBytes } };
  const rules = methods.map((name) => (name === "read" ? { name, params } : name));
  return {
    allow: [{ interface: Folder, methods: rules }],
    ...(calls !== undefined && { calls }),
  };
}

/** @param path `HANGS` for a read that is never answered */
export async function invoke(
  client: Client,
  method: Method,
  bytes: number,
  path = "",
): Promise<unknown> {
  const folder = cast(client, Folder);
  if (method === "list") return await folder.list(path);
  if (method === "read") return await folder.read(path, 0, bytes);
  return await folder.write(path, 0, EMPTY);
}

const REFUSED = /permission-denied|call-guard\/target-revoked|call-guard\/staleEpoch/;

/** Expects that the call is refused, or that the process which would have passed it on has ended. */
export async function expectRefusal(make: () => PromiseLike<unknown>): Promise<void> {
  const reason = await make().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(Exception);
  const { kind, message } = reason as Exception;
  if (kind !== "disconnected") expect(message).toMatch(REFUSED);
}
