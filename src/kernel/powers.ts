/** The interfaces of devices that the kernel needs; doors pass them in. */
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
  /** The near end of an `HttpChannel`, for one that has HTTP. */
  readonly http: Duplex | undefined;
  /** What its program is told of its terminal, if it was given one. */
  readonly tty?: CellTerminal | undefined;
  /** Resolves when the cell and its worker have ended; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Processor time that it has used, as far as its waits have told. */
  readonly cpuMs: number;
  /** Charges kernel time to the cell's CPU meter. */
  chargeCpu(ms: number): void;
}

export interface CellTerminal {
  resize(size: TerminalSize): void;
  /** Tells the program that it is interrupted; false when it has not asked to be told. */
  interrupt(): boolean;
}

export interface CellRequest extends Program, View {
  /** What is left out is the device's to choose. */
  readonly limits?: Partial<ProcessLimits> | undefined;
  /** Called with the cell's files after the guest has exited; the cell ends when it resolves. Must not reject. */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
  /** Whether it answers HTTP requests instead of being run, and whether it may call out; neither by default. */
  readonly http?: { readonly serves?: boolean; readonly asks?: boolean } | undefined;
  /** Files that it shares with others, in the place of its own tree. Lent. */
  readonly sharedFiles?: SharedFiles | undefined;
  /** The terminal that its streams are connected to, if its program asks for more than they give. */
  readonly tty?:
    | {
        readonly size: TerminalSize;
        /** Called with each mode that the program sets. */
        readonly onMode: (mode: "cooked" | "raw") => void;
      }
    | undefined;
}

/** A tree that processes share. */
export interface SharedTree extends SharedFiles, AsyncDisposable {
  readonly service: FilesDevice;
  /** What files may have that were written, and what of that is left. */
  readonly diskBytes: { readonly limit: number; readonly left: number };
  /**
   * Gives what the files are now. No process changes them until the promise has settled: calls that would wait.
   */
  freeze<T>(keep: (snapshot: Snapshot) => Promise<T>, options?: Waiting): Promise<T>;
  /** Another tree with the same files. @throws {Exception} `overloaded` when there is no room for it */
  fork(options: Waiting): Promise<SharedTree>;
}

/** The cache through which all processes of one run read their trees. */
export interface TreeCache {
  /** The same tree, read through the cache. */
  open(tree: FileTree): FileTree;
}

/** Starts cells. */
export interface Cells {
  readonly mode: CellMode;
  /** Opens a cache of `limitBytes` bytes. */
  openCache(limitBytes: number): TreeCache;
  /** Opens a tree as files that processes share, which may take so much memory. */
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
  /** Whether the bytes never change, so that the same array need not be compared again. */
  readonly isFixed?: boolean | undefined;
}

/** A component that can be started, once. */
export interface PreparedCell {
  /** Full names of the interfaces that it imports. */
  readonly imports: readonly string[];
  /** Whether it is no command, and answers HTTP requests. */
  readonly isHandler: boolean;
  /** The signal kills the cell. @throws {Exception} `overloaded` when the browser has no room for it. */
  start(request: CellRequest, options?: Waiting): Cell;
}

/** A stored image with the changes of a run. */
export interface SavedImage {
  /** The path of its link. */
  readonly path: string;
  /** The whole image as a CAR. */
  readonly car: ByteStream;
}

/** An opened image. Disposing releases its resources. */
export interface OpenedImage extends Disposable {
  /** The program's path, as the link names it. */
  readonly program: string;
  /** The path of its component in the tree. */
  readonly entrypoint: string;
  /** The union of its layers. */
  readonly tree: FileTree;
  readonly mounts: readonly Mount[];
  /** Of its `boot` folder. */
  readonly peers: readonly PeerPlace[];
  /**
   * Stores a snapshot, whose volumes are the image and then the mounts.
   *
   * @throws {Exception} when files cannot be read or stored.
   */
  save(snapshot: Snapshot, options?: Waiting): Promise<SavedImage>;
}

export interface ImageOptions extends Waiting {
  readonly onProgress?: ((progress: Fetching) => void) | undefined;
  /** Whether the image needs no program. */
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
