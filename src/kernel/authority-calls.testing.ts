/** Calls on folders that the model of authority tells of: rules for both ways to narrow, and a folder that counts what arrives. */
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

/** @param onCall told of each call that no rule has refused */
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

/** As an owner narrows. */
export function toNarrowing({ methods = [], readBytes, calls }: Rule): Init<NarrowingRecord> {
  const params = readBytes === undefined ? [] : [{ name: "lengthBytes", atMost: readBytes }];
  return {
    methods: methods.map((name) => ({ name, params: name === "read" ? params : [] })),
    ...(calls !== undefined && { calls }),
  };
}

/** As a process narrows in its own vat. */
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

/** The call fails by law, or since whoever would have passed it on is gone. */
export async function expectRefusal(make: () => PromiseLike<unknown>): Promise<void> {
  const reason = await make().then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(reason).toBeInstanceOf(Exception);
  const { kind, message } = reason as Exception;
  if (kind !== "disconnected") expect(message).toMatch(REFUSED);
}
