/** Designations of the page's visitor; the page loads them with the first petition of an image. */
import { Exception } from "#base";
import { AnyClient, createPromisedClient, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { serveClock, serveFolder, serveRandomness, serveSecret } from "#caps";
import type { FolderDevice } from "#caps";
import { createHttpBinding, describeHttpBinding, SecretText } from "#http";
import { parsePeerAddress } from "#net";
import { Clock, Folder, HttpClient, Randomness, Secret } from "#schema";
import type { Designation, Granting, PickOptions, ServerChoice, ServiceChoice } from "#ui";
import type { PageHttp } from "../http.ts";
import type { LoadedKernel } from "../kernel.ts";
import { openKeptGrants } from "../kept-grants.ts";
import type { Load } from "../load.ts";
import { nameLayers } from "../name-layers.ts";
import { openCopiedFile, openCopiedFolder } from "./copied-folder.ts";
import { openFile } from "./file-handle.ts";
import { findPickers, hasPermission, isCancelled, requestPermission } from "./file-system.ts";
import { openFolder } from "./folder-handle.ts";
import { pickFiles } from "./upload.ts";

/** The form in which IndexedDB stores a designation. */
type Lasting =
  | { readonly type: "handle"; readonly handle: FileSystemHandle; readonly writes: boolean }
  | { readonly type: "clock"; readonly stepMs: number }
  | { readonly type: "randomness" }
  | { readonly type: "servers"; readonly choice: ServerChoice }
  | { readonly type: "service"; readonly choice: ServiceChoice };

export interface GrantingPowers {
  readonly http: Load<PageHttp>;
  readonly kernel: Load<Pick<LoadedKernel, "owner">>;
}

/** Wires designations to the browser's APIs. */
export async function openGranting({ http, kernel }: GrantingPowers): Promise<Granting> {
  const pickers = findPickers(globalThis);
  return {
    lendsFiles: pickers !== undefined,
    async pickFolder({ writes }) {
      if (pickers === undefined) return pickCopies();
      return unlessCancelled(async () => {
        const mode = writes ? "readwrite" : "read";
        const handle = await pickers.showDirectoryPicker({ mode });
        return toHandle(handle.name, handle, { writes });
      });
    },
    async pickFile(options) {
      if (pickers === undefined) return pickCopy();
      return unlessCancelled(async () => {
        const [handle] = await pickers.showOpenFilePicker();
        if (handle === undefined) return undefined;
        // The permission to write is requested now, so that the browser does not ask in the middle of a call.
        if (options.writes && !(await requestPermission(handle, "readwrite"))) return undefined;
        return toHandle(handle.name, handle, options);
      });
    },
    toSecret: (label, value) => ({
      label,
      open: () => serve(Secret, serveSecret(value)),
      lasting: undefined,
    }),
    toClock,
    toRandomness,
    toServers: (choice) => toServers(http, choice),
    toService: (choice) => toService(kernel, choice),
    async reopen(label, stored) {
      const lasting = stored as Lasting;
      if (lasting.type === "clock") {
        return { state: "ready", designation: toClock(label, lasting.stepMs) };
      }
      if (lasting.type === "randomness") {
        return { state: "ready", designation: toRandomness(label) };
      }
      if (lasting.type === "servers") {
        const designation = await toServers(http, lasting.choice);
        return { state: "ready", designation: { ...designation, label } };
      }
      if (lasting.type === "service") {
        const designation = await toService(kernel, lasting.choice);
        return { state: "ready", designation: { ...designation, label } };
      }
      const { handle, writes } = lasting;
      const mode = writes ? "readwrite" : "read";
      const designation = toHandle(label, handle, lasting);
      if (await hasPermission(handle, mode)) return { state: "ready", designation };
      return {
        state: "locked",
        unlock: async () => ((await requestPermission(handle, mode)) ? designation : undefined),
      };
    },
    kept: await openKeptGrants("kept-grants", nameLayers),
  };
}

function toClock(label: string, stepMs: number): Designation {
  return {
    label,
    open: () => serve(Clock, serveClock(Date.now, stepMs)),
    lasting: { type: "clock", stepMs } satisfies Lasting,
  };
}

function toRandomness(label: string): Designation {
  return {
    label,
    open: () =>
      serve(
        Randomness,
        serveRandomness((bytes) => crypto.getRandomValues(bytes)),
      ),
    lasting: { type: "randomness" } satisfies Lasting,
  };
}

async function toServers(http: Load<PageHttp>, choice: ServerChoice): Promise<Designation> {
  const { hosts, methods, paths, header } = choice;
  const binding = createHttpBinding({
    hosts,
    methods,
    ...(paths.length > 0 && { paths }),
    ...(header && { attached: [{ name: header.name, value: new SecretText(header.secret) }] }),
  });
  const page = await http.get();
  return {
    label: describeHttpBinding(binding),
    open: () => serve(HttpClient, page.createClient(binding)),
    // A secret is not stored next to the servers that it gives access to.
    lasting: header === undefined ? ({ type: "servers", choice } satisfies Lasting) : undefined,
  };
}

/** How long meeting and dialling a peer may take. */
const DIAL_MS = 45_000;

async function toService(
  kernel: GrantingPowers["kernel"],
  choice: ServiceChoice,
): Promise<Designation> {
  const address = choice.address.trim();
  const name = parsePeerAddress(address).peerId.toString();
  const { owner } = await kernel.get();
  const { service } = choice;
  const dial = async (): Promise<Client> => {
    const signal = AbortSignal.timeout(DIAL_MS);
    using met = await owner.meet(address, { signal });
    using results = await owner.dial(met.peer, service, { signal });
    return dup(results.cap);
  };
  // Dialled once now, to report an unreachable peer while the visitor chooses; each holder later gets a vat of its own.
  (await dial())[Symbol.dispose]();
  return {
    label: `Service "${service}" of ${name}`,
    open: () => createPromisedClient(AnyClient, dial()),
    lasting: { type: "service", choice } satisfies Lasting,
  };
}

async function pickCopies(): Promise<Designation | undefined> {
  const files = await pickFiles(document, "folder");
  if (files.length === 0) return undefined;
  const { name, device } = openCopiedFolder(files);
  return toFolder(name, () => device, undefined);
}

async function pickCopy(): Promise<Designation | undefined> {
  const [file] = await pickFiles(document, "file");
  return file && toFolder(file.name, () => openCopiedFile(file), undefined);
}

function toHandle(label: string, handle: FileSystemHandle, { writes }: PickOptions): Designation {
  const open = (): FolderDevice =>
    handle.kind === "directory"
      ? openFolder(handle as FileSystemDirectoryHandle)
      : openFile(handle as FileSystemFileHandle);
  return toFolder(label, open, { type: "handle", handle, writes } satisfies Lasting);
}

function toFolder(label: string, open: () => FolderDevice, lasting: unknown): Designation {
  return { label, open: () => serve(Folder, serveFolder(open())), lasting };
}

async function unlessCancelled(
  pick: () => Promise<Designation | undefined>,
): Promise<Designation | undefined> {
  try {
    return await pick();
  } catch (error) {
    if (isCancelled(error)) return undefined;
    throw new Exception("failed", "The browser could not open it", { cause: error });
  }
}
