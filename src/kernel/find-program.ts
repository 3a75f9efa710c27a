/** Finds the component of a process, and the files that the process sees. */
import { Exception, untilAborted } from "#base";
import type { FileTree } from "#base";
import type { SpawnProgram } from "#caps";
import type { Images, OpenedImage, TreeCache } from "./powers.ts";

/** Size of the largest component that a tab can compile. */
export const COMPONENT_LIMIT_BYTES: number = 128 * 1024 * 1024;
/** Images that processes of one run can be started from, besides the run's own. */
const IMAGE_LIMIT = 16;

/** The files that a process sees, and starts other processes from. */
export interface Home {
  readonly tree: FileTree;
  /** The names of its layers, base first. */
  readonly layers: readonly string[];
}

export interface FoundProgram {
  readonly component: Uint8Array;
  /** Name of the process in messages. */
  readonly name: string;
  readonly home: Home;
}

/** Finds programs. Disposing closes the images that were opened for them. */
export interface ProgramFinder extends Disposable {
  find(program: SpawnProgram, home: Home, signal: AbortSignal): Promise<FoundProgram>;
}

export function createProgramFinder(images: Images, cache: TreeCache): ProgramFinder {
  const opened = new Map<string, Promise<OpenedImage>>();
  const closed = new AbortController();

  /** Concurrent callers share one opening, which goes on when one of them stops waiting. */
  const open = async (name: string, signal: AbortSignal): Promise<OpenedImage> => {
    const known = opened.get(name);
    if (known !== undefined) return untilAborted(known, signal);
    if (opened.size >= IMAGE_LIMIT) {
      const state = `processes of this run were started from ${IMAGE_LIMIT} other images`;
      throw new Exception("overloaded", `Cannot open "${name}": ${state}`);
    }
    const opening = images.open(
      // A process must not name peers, since the node would dial them.
      { layers: [name], mounts: [], peers: [] },
      { signal: closed.signal },
    );
    opened.set(name, opening);
    // Later callers try again.
    opening.catch(() => void opened.delete(name));
    return untilAborted(opening, signal);
  };
  return {
    async find(program, home, signal) {
      switch (program.type) {
        case "bytes":
          return { component: program.component, name: "process", home };
        case "path": {
          const path = program.path.replace(/^\//, "");
          return { component: await readComponent(home.tree, path, signal), name: path, home };
        }
        case "image": {
          const { name } = program;
          if (!/^\/ip[fn]s\/.{1,1000}$/.test(name)) {
            const shown = name.slice(0, 100);
            throw new Exception(
              "failed",
              `Cannot start process: "${shown}" is not the path of an image`,
            );
          }
          const image = await open(name, signal);
          const tree = cache.open(image.tree);
          const component = await readComponent(image.tree, image.entrypoint, signal);
          return { component, name, home: { tree, layers: [name] } };
        }
        default:
          return program satisfies never;
      }
    },
    [Symbol.dispose]() {
      closed.abort(new Exception("disconnected", "The run has ended"));
      for (const opening of opened.values()) {
        void opening.then(
          (image) => image[Symbol.dispose](),
          () => undefined,
        );
      }
    },
  };
}

/** @throws {Exception} `failed` when the tree has no such file, or the file is larger than `COMPONENT_LIMIT_BYTES`. */
export async function readComponent(
  tree: FileTree,
  path: string,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const entry = tree.entries.get(path);
  if (entry?.type !== "file") {
    throw new Exception("failed", `Image has no "${path}", so there is nothing to run`);
  }
  if (entry.sizeBytes > COMPONENT_LIMIT_BYTES) {
    throw new Exception(
      "failed",
      `"${path}" has ${entry.sizeBytes} bytes; at most ${COMPONENT_LIMIT_BYTES} can be run`,
    );
  }
  return tree.read(path, 0, entry.sizeBytes, { signal });
}
