/** The service `filesystem.Filesystem`. @see proto/filesystem/filesystem.proto */
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { MessageInitShape } from "@bufbuild/protobuf";
import type { Files } from "#schema";
import { BOUNDS } from "./bounds.ts";
import { toEntryInfo } from "./entries.ts";
import type { EntryInit } from "./entries.ts";
import { invalid, requireGranted } from "./errors.ts";
import { EventType } from "./generated/filesystem/filesystem.ts";
import type { Filesystem, FilesystemEventSchema } from "./generated/filesystem/filesystem.ts";
import type { AgentPowers } from "./powers.ts";
import { retryBusy } from "./retry-busy.ts";
import { readQueue, streaming, unary } from "./rpc-handlers.ts";
import type { Settings } from "./settings.ts";
import { readUser, resolvePath } from "./users.ts";
import type { Change, Watchers, Watching } from "./watchers.ts";

export interface FilesystemServiceParts {
  readonly files: Files;
  readonly watchers: Watchers;
  readonly settings: Settings;
  readonly powers: AgentPowers;
}

/** A watcher whose client polls for events. */
interface Polled {
  readonly watching: Watching;
  readonly root: string;
  readonly withEntries: boolean;
}

export function createFilesystemService(
  parts: FilesystemServiceParts,
): ServiceImpl<typeof Filesystem> {
  const { files, watchers, settings, powers } = parts;
  const polled = new Map<string, Polled>();
  const resolve = (path: string, { requestHeader }: HandlerContext): string =>
    resolvePath(path, readUser(requestHeader, settings), settings);
  const describe = async (path: string): Promise<EntryInit | undefined> => {
    const { entry, refusal } = await files.stat(path, false);
    if (refusal === "noEntry") return undefined;
    requireGranted(`error getting file info of '${path}'`, refusal);
    return await toEntryInfo(files, entry, path, settings.defaultUser);
  };
  const requireEntry = async (path: string): Promise<EntryInit> => {
    const entry = await describe(path);
    if (entry !== undefined) return entry;
    throw new ConnectError(`file not found: ${path}`, Code.NotFound);
  };
  const toEvent = async (
    { name, type }: Change,
    root: string,
    withEntries: boolean,
  ): Promise<MessageInitShape<typeof FilesystemEventSchema>> => {
    const event = { name, type };
    if (!withEntries || type === EventType.REMOVE || type === EventType.RENAME) return event;
    const path = name === "." ? root : `${root === "/" ? "" : root}/${name}`;
    // The file may be gone again.
    const entry = await describe(path).catch(() => undefined);
    return entry === undefined ? event : { ...event, entry };
  };
  const findPolled = (id: string): Polled => {
    const found = polled.get(id);
    if (found !== undefined) return found;
    const shown = JSON.stringify(id.slice(0, 64));
    throw new ConnectError(`watcher with id ${shown} not found`, Code.NotFound);
  };
  return {
    stat: unary(async ({ path }, context) => ({
      entry: await requireEntry(resolve(path, context)),
    })),
    makeDir: unary(async ({ path }, context) => {
      const at = resolve(path, context);
      const { refusal } = await retryBusy(() => files.makeDirectory(at), powers, context.signal);
      if (refusal === "exist") {
        const found = await files.stat(at, true);
        if (found.refusal === "none" && found.entry.which === "directory") {
          throw new ConnectError(`directory already exists: ${at}`, Code.AlreadyExists);
        }
        throw invalid(`path already exists but it is not a directory: ${at}`);
      }
      requireGranted(`error creating directory '${at}'`, refusal);
      return { entry: await requireEntry(at) };
    }),
    move: unary(async ({ source, destination }, context) => {
      const from = resolve(source, context);
      const to = resolve(destination, context);
      const { refusal } = await retryBusy(() => files.move(from, to), powers, context.signal);
      if (refusal === "noEntry") {
        throw new ConnectError(`source file not found: ${from}`, Code.NotFound);
      }
      requireGranted(`error renaming '${from}' to '${to}'`, refusal);
      return { entry: await requireEntry(to) };
    }),
    listDir: unary(async ({ path, depth }, context) => {
      const at = resolve(path, context);
      const { entries, refusal } = await files.list(at, Math.min(depth || 1, BOUNDS.depth));
      if (refusal === "noEntry") {
        throw new ConnectError(`directory not found: ${at}`, Code.NotFound);
      }
      if (refusal === "notDirectory") throw invalid(`path is not a directory: ${at}`);
      requireGranted(`error reading directory '${at}'`, refusal);
      const infos: EntryInit[] = [];
      for (const entry of entries) {
        infos.push(await toEntryInfo(files, entry, `/${entry.path}`, settings.defaultUser));
      }
      return { entries: infos };
    }),
    remove: unary(async ({ path }, context) => {
      const at = resolve(path, context);
      const { refusal } = await retryBusy(() => files.remove(at), powers, context.signal);
      if (refusal !== "noEntry") requireGranted(`error removing '${at}'`, refusal);
      return {};
    }),
    watchDir: streaming(async function* watchDir(request, context) {
      const root = resolve(request.path, context);
      using watching = await watchers.watch(root, request.recursive);
      yield { event: { case: "start", value: {} } };
      for await (const change of readQueue(watching.events, context)) {
        if (change === undefined) yield { event: { case: "keepalive", value: {} } };
        else {
          const value = await toEvent(change, root, request.includeEntry);
          yield { event: { case: "filesystem", value } };
        }
      }
    }),
    createWatcher: unary(async (request, context) => {
      const root = resolve(request.path, context);
      const watching = await watchers.watch(root, request.recursive);
      const watcherId = toHex(powers.randomBytes(16));
      polled.set(watcherId, { watching, root, withEntries: request.includeEntry });
      return { watcherId };
    }),
    getWatcherEvents: unary(async ({ watcherId }) => {
      const { watching, root, withEntries } = findPolled(watcherId);
      const events: MessageInitShape<typeof FilesystemEventSchema>[] = [];
      for (const change of watching.events.takeAll()) {
        events.push(await toEvent(change, root, withEntries));
      }
      return { events };
    }),
    removeWatcher: unary(({ watcherId }) => {
      findPolled(watcherId).watching[Symbol.dispose]();
      polled.delete(watcherId);
      return {};
    }),
  };
}

function toHex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
