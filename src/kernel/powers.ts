/** The interfaces of the devices that the kernel needs; its callers pass them in. */
import type {
  ByteSink,
  ByteSource,
  CellMode,
  Duplex,
  ExitStatus,
  FileTree,
  Mount,
  ProcessLimits,
  Program,
  SharedFiles,
  TerminalSize,
  Snapshot,
  View,
  Waiting,
} from "#base";
import type { FilesDevice, PeerPlace } from "#caps";
import type { ByteStream, Fetching, Order } from "#schema";

/** A running component. Disposing kills it. */
export interface Cell extends AsyncDisposable {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** The guest's `wetware:streams` connection. */
  readonly rpc: Duplex;
  /** The near end of an `HttpChannel`, if the cell was started with HTTP. */
  readonly http: Duplex | undefined;
  /** Tells the program about its terminal, if the request gave it one. */
  readonly tty?: CellTerminal | undefined;
  /** Resolves when the cell and its worker have ended; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Milliseconds of processor time used and charged, up to the last wait of the guest that the host knows of. */
  readonly cpuMs: number;
  /**
   * Whether its guest waits for standard input, perhaps beside other things. Where memory is not shared, the worker answers
   * when the guest next waits.
   */
  waitsForInput(): Promise<boolean>;
  /** Charges kernel time to the cell's CPU meter. */
  chargeCpu(ms: number): void;
}

export interface CellTerminal {
  resize(size: TerminalSize): void;
  /** Notifies the program of an interrupt; `false` when the program has not subscribed to interrupts. */
  interrupt(): boolean;
}

export interface CellRequest extends Program, View {
  /** The device chooses the limits that are left out. */
  readonly limits?: Partial<ProcessLimits> | undefined;
  /** Called with the cell's files after the guest has exited; the cell ends when it resolves. Must not reject. */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** `serves`: the cell answers HTTP requests and is not run. `asks`: it may send requests. Neither by default. */
  readonly http?: { readonly serves?: boolean; readonly asks?: boolean } | undefined;
  /** Files that the cell shares with others, in place of a tree of its own. Lent. */
  readonly sharedFiles?: SharedFiles | undefined;
  /** The terminal behind its streams, if the program uses more of a terminal than streams. */
  readonly tty?:
    | {
        readonly size: TerminalSize;
        /** Called with each mode that the program sets. */
        readonly onMode: (mode: "cooked" | "raw") => void;
      }
    | undefined;
}

/** A writable tree that processes share. */
export interface SharedTree extends SharedFiles, AsyncDisposable {
  readonly service: FilesDevice;
  /** Quota for written files, and the part of it that is left. */
  readonly diskBytes: { readonly limit: number; readonly left: number };
  /**
   * Calls `keep` with the current files. Until the promise settles, calls of processes that would change them wait.
   */
  freeze<T>(keep: (snapshot: Snapshot) => Promise<T>, options?: Waiting): Promise<T>;
  /** Copies the files to a new tree. @throws {Exception} `overloaded` when there is no room for it */
  fork(options: Waiting): Promise<SharedTree>;
}

/** The cache through which all processes of one run read their trees. */
export interface TreeCache {
  /** A view of the tree that reads through the cache. */
  open(tree: FileTree): FileTree;
}

/** Starts cells. */
export interface Cells {
  readonly mode: CellMode;
  /** Opens a cache of `limitBytes` bytes. */
  openCache(limitBytes: number): TreeCache;
  /** Opens a tree as files that processes share. `memoryBytes` limits what the host keeps of them in memory. */
  openTree(tree: FileTree, memoryBytes: number): SharedTree;
  /**
   * Compiles a component.
   *
   * @throws {Exception} in one sentence, when the component cannot run here.
   */
  prepare(
    component: Uint8Array,
    limits?: Partial<ProcessLimits>,
    options?: PrepareOptions,
  ): Promise<PreparedCell>;
}

export interface PrepareOptions extends Waiting {
  /** Promises that the bytes never change, so that the compiler recognizes the array without comparing its content. */
  readonly isFixed?: boolean | undefined;
}

/** A compiled component that can be started once. */
export interface PreparedCell {
  /** Full names of the interfaces that it imports. */
  readonly imports: readonly string[];
  /** Whether it is an HTTP handler and not a command. */
  readonly isHandler: boolean;
  /** The signal kills the cell. @throws {Exception} `overloaded` when the browser has no room for it. */
  start(request: CellRequest, options?: Waiting): Cell;
}

/** A stored image that contains the changes of a run. */
export interface SavedImage {
  /** The path that a link to the image has. */
  readonly path: string;
  /** The whole image as a CAR. */
  readonly car: ByteStream;
}

/** An opened image. Disposing releases its resources. */
export interface OpenedImage extends Disposable {
  /** Path of the program as the link names it, its `argv[0]`. */
  readonly program: string;
  /** Path of the program's component in the tree. */
  readonly entrypoint: string;
  /** The union of its layers. */
  readonly tree: FileTree;
  readonly mounts: readonly Mount[];
  /** Peers that its `boot` folder names. */
  readonly peers: readonly PeerPlace[];
  /**
   * Stores a snapshot, whose volumes are the image and then its mounts.
   *
   * @throws {Exception} when files cannot be read or stored.
   */
  save(snapshot: Snapshot, options?: Waiting): Promise<SavedImage>;
}

export interface ImageOptions extends Waiting {
  readonly onProgress?: ((progress: Fetching) => void) | undefined;
  /** Whether an image without a program is accepted. */
  readonly filesOnly?: boolean;
}

/** Fetches images. */
export interface Images {
  /** @throws {Exception} in one sentence, when the image cannot be opened. */
  open(
    order: Pick<Order, "layers" | "mounts" | "peers">,
    options?: ImageOptions,
  ): Promise<OpenedImage>;
}
