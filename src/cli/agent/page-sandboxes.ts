/** Sandboxes on a page of a headless browser, which this process drives. */
import { mkdtemp, rm } from "node:fs/promises";
import { createWriteStream } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Exception, toException } from "#base";
import type { Waiting } from "#base";
import { onBroken } from "#capnp";
import { readPieces } from "#caps";
import { parseImageName } from "#image";
import { DIST_FOLDER } from "../dist-folder.ts";
import { launchBrowser } from "../launch-browser.ts";
import { startLocalNode } from "../local-node.ts";
import { openPage } from "../run-in-browser.ts";
import type { Sandboxes } from "./sandboxes.ts";

export interface PageSandboxesOptions extends Waiting {
  /** Folder or CAR of the layer below every template: a shell and its tools. */
  readonly userland: string;
  /** Gateways for templates that this node does not have. */
  readonly gateways: readonly string[];
  /** How cells wait; by default, the page chooses. */
  readonly cells?: string | undefined;
}

/** The template "base", the default of SDKs, is the userland alone. */
export interface PageSandboxes extends Sandboxes, AsyncDisposable {
  /** Loads an image from the disk, and gives the path of its link. @throws {Exception} `failed` when it cannot be read */
  addImage(path: string, options?: Waiting): Promise<string>;
  /** Lets `create` find a template by this name as well; "base" cannot be renamed. */
  nameTemplate(name: string, template: string): void;
  /** Resolves with the reason when the page or its browser has crashed, after which `create` fails. */
  readonly gone: Promise<unknown>;
}

export const BASE = "base";

/**
 * Starts the browser, its page and a private node for it.
 *
 * @throws {Exception} `failed` when the browser cannot be started, or the userland cannot be read.
 */
export async function openPageSandboxes({
  userland,
  gateways,
  cells,
  signal,
}: PageSandboxesOptions): Promise<PageSandboxes> {
  await using stack = new AsyncDisposableStack();
  const launching = launchBrowser();
  stack.defer(async () => (await launching.catch(() => undefined))?.[Symbol.asyncDispose]());
  const node = stack.use(
    await startLocalNode({
      port: 0,
      images: [],
      distFolder: DIST_FOLDER,
      gateways: ["./", ...gateways],
      isPrivate: true,
      signal,
    }),
  );
  const [base, page] = await Promise.all([
    node.addImage(userland, { signal }),
    openPage(node, { browser: launching, cells, signal }),
  ]);
  stack.use(page);
  const { owner } = page;
  const addImage: PageSandboxes["addImage"] = async (path, options) =>
    (await node.addImage(path, options)).path;
  /** Paths of snapshots, which contain the userland already, unless it was removed in the sandbox. */
  const kept = new Set<string>();
  const templates = new Map<string, string>();
  const owned = stack.move();
  return {
    addImage,
    nameTemplate: (name, template) => void templates.set(name, template),
    gone: new Promise((resolve) => onBroken(owner, resolve)),
    async create({ template }, options) {
      const path = template === BASE ? undefined : toPath(templates.get(template) ?? template);
      const below = path !== undefined && kept.has(path) ? [] : [base.path];
      const layers = path === undefined ? below : [...below, path];
      if (path !== undefined && gateways.length === 0 && !(await node.has(path))) {
        throw notHere(template);
      }
      const opened = await owner.sandbox({ layers }, options).catch((reason: unknown) => {
        options.signal?.throwIfAborted();
        throw withoutAddress(reason, node.url);
      });
      const { sandbox } = opened;
      const gone = new Promise((resolve) => onBroken(sandbox, resolve));
      return { sandbox, gone, end: async () => opened[Symbol.dispose]() };
    },
    async keep(path, car, options) {
      const folder = await mkdtemp(join(tmpdir(), "ww-snapshot-"));
      try {
        const file = join(folder, "snapshot.car");
        await pipeline(Readable.from(readPieces(car, undefined, options)), createWriteStream(file));
        await addImage(file, options);
        kept.add(path);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    async readKept(path, { signal: until = null }) {
      const { ok, body } = await fetch(`${node.url}${path.slice(1)}?format=car`, { signal: until });
      if (ok && body !== null) return body;
      throw new Exception("failed", `This node no longer has the image "${path}"`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

function notHere(template: string): Exception {
  const state =
    "a node keeps snapshots until it ends, or as the files of ww sandbox snapshot --save";
  const asked = JSON.stringify(template.slice(0, 100));
  const advice = "start this node with --gateway <url> if a gateway has it";
  return new Exception("failed", `This node has no image ${asked}: ${state}; ${advice}`);
}

/** Removes the private node's address from a reason: whoever knows it can read all images. */
function withoutAddress(reason: unknown, url: string): Exception {
  const { kind, message } = toException(reason);
  return new Exception(kind, message.replaceAll(`gateway ${url}`, "this node"), { cause: reason });
}

/** @throws {Exception} `failed` for a text that does not name an image. */
function toPath(template: string): string {
  const name = parseImageName(template);
  if (name.type !== "unreadable") return name.path;
  const asked = JSON.stringify(template.slice(0, 100));
  throw new Exception(
    "failed",
    `No template ${asked}: it is "base", the name of an image that ww sandbox was given, or a CID`,
  );
}
