/** Watches directories: changes below one of them, queued for one reader. */
import { Code, ConnectError } from "@connectrpc/connect";
import { serve } from "#capnp";
import { FileWatcher } from "#schema";
import type { FileChange, Files } from "#schema";
import { BOUNDS } from "./bounds.ts";
import { invalid, requireGranted } from "./errors.ts";
import { EventQueue } from "./event-queue.ts";
import { EventType } from "./generated/filesystem/filesystem.ts";
import type { AgentPowers } from "./powers.ts";

export interface Change {
  /** Relative to the watched directory. */
  readonly name: string;
  readonly type: EventType;
}

export interface Watching extends Disposable {
  readonly events: EventQueue<Change>;
}

export interface Watchers extends Disposable {
  /** @throws {ConnectError} when there is no such directory, or too many are watched. */
  watch(path: string, recursive: boolean): Promise<Watching>;
}

export function createWatchers(files: Files, powers: AgentPowers): Watchers {
  const open = new Set<Disposable>();
  let opening = 0;
  return {
    async watch(path, recursive) {
      if (open.size + opening >= BOUNDS.watchers) {
        const state = `${BOUNDS.watchers} directories are watched already`;
        throw new ConnectError(`cannot watch '${path}': ${state}`, Code.ResourceExhausted);
      }
      opening++;
      try {
        const watching = await openWatching(files, path, recursive, powers, () => {
          open.delete(watching);
        });
        open.add(watching);
        return watching;
      } finally {
        opening--;
      }
    },
    [Symbol.dispose]() {
      for (const watching of open) watching[Symbol.dispose]();
    },
  };
}

async function openWatching(
  files: Files,
  path: string,
  recursive: boolean,
  powers: AgentPowers,
  onClose: () => void,
): Promise<Watching> {
  const found = await files.stat(path, true);
  if (found.refusal === "noEntry") {
    throw new ConnectError(`path ${path} not found`, Code.NotFound);
  }
  requireGranted(`error watching '${path}'`, found.refusal);
  if (found.entry.which !== "directory") throw invalid(`path ${path} is not a directory`);
  const relate = createRelation([path.slice(1), found.entry.path]);
  const events = new EventQueue<Change>(powers, BOUNDS.unreadEvents);
  const lost = (reason: string): void =>
    events.end(new ConnectError(`changes were lost: ${reason}`, Code.ResourceExhausted));
  const watcher = serve(FileWatcher, {
    changed(changes) {
      for (const change of changes) {
        for (const event of toEvents(change, relate)) events.push(event);
      }
      if (!events.hasRoom) lost(`more than ${BOUNDS.unreadEvents} were not read`);
    },
    lost,
  });
  using _ = watcher;
  const { watching, refusal } = await files.watch(path, recursive, watcher);
  if (refusal !== "none") watching[Symbol.dispose]();
  requireGranted(`error watching '${path}'`, refusal);
  return {
    events,
    [Symbol.dispose]() {
      onClose();
      events.end();
      watching[Symbol.dispose]();
    },
  };
}

/** A path relative to the watched directory; `undefined` for a path outside of it. */
type Relation = (path: string) => string | undefined;

/** The client may have named the directory by a link, while changes name it by its own path. */
function createRelation(roots: readonly string[]): Relation {
  return (path) => {
    for (const root of roots) {
      if (path === root) return ".";
      if (root === "") return path;
      if (path.startsWith(`${root}/`)) return path.slice(root.length + 1);
    }
    return undefined;
  };
}

function* toEvents(change: FileChange, relate: Relation): Generator<Change> {
  const name = relate(change.path);
  if (name !== undefined) {
    const type = typeOf(change);
    if (type !== undefined) yield { name, type };
  }
  const renamed = change.which === "renamed" ? relate(change.renamed) : undefined;
  if (renamed !== undefined) yield { name: renamed, type: EventType.CREATE };
}

function typeOf({ which }: FileChange): EventType | undefined {
  if (which === "created") return EventType.CREATE;
  if (which === "written") return EventType.WRITE;
  if (which === "removed") return EventType.REMOVE;
  if (which === "touched") return EventType.CHMOD;
  return which === "renamed" ? EventType.RENAME : undefined;
}
