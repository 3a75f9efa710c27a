/** The device shapes that the kernel needs; doors hand them in. */
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
  Snapshot,
  View,
  Waiting,
} from "#base";
import type { ByteStream, Fetching, Order } from "#schema";

/** A running component. Disposing kills it. */
export interface Cell extends AsyncDisposable {
  readonly stdin: ByteSink;
  readonly stdout: ByteSource;
  readonly stderr: ByteSource;
  /** The guest's `wetware:streams` connection. */
  readonly rpc: Duplex;
  /** Resolves once, when nothing of it is left; never rejects. */
  readonly exited: Promise<ExitStatus>;
  /** Counts time that the kernel was busy for it as time that its guest has run. */
  chargeCpu(ms: number): void;
}

export interface CellRequest extends Program, View {
  readonly component: Uint8Array;
  /** What is left out is the device's to choose. */
  readonly limits?: Partial<ProcessLimits> | undefined;
  /** Given what its files have become when the guest has exited; nothing of it ends before this. Must not reject. */
  readonly keepFiles?: ((snapshot: Snapshot) => Promise<void>) | undefined;
}

/** What all processes of one run read their trees through. */
export interface TreeCache {
  /** The same tree. */
  open(tree: FileTree): FileTree;
}

/** Makes cells. */
export interface Cells {
  readonly mode: CellMode;
  /** Keeps so many bytes in memory. */
  openCache(limitBytes: number): TreeCache;
  /**
   * Resolves when the component is prepared and its worker starts; the signal then kills the cell.
   *
   * @throws {Exception} in one sentence, when the component cannot run here.
   */
  start(request: CellRequest, options?: Waiting): Promise<Cell>;
}

/** An image that is stored, with what a run has written. */
export interface SavedImage {
  /** The path of its link. */
  readonly path: string;
  /** The whole of it, as a CAR. */
  readonly car: ByteStream;
}

/** An image that was opened. Disposing lets go of what it was opened with. */
export interface OpenedImage extends Disposable {
  /** The program's path as it was named. */
  readonly program: string;
  /** The path of its component. */
  readonly entrypoint: string;
  /** The union of its layers. */
  readonly tree: FileTree;
  readonly mounts: readonly Mount[];
  /**
   * Stores what the files have become; the image, then the mounts, are the volumes of the snapshot.
   *
   * @throws {Exception} when they cannot be read or stored.
   */
  save(snapshot: Snapshot, options?: Waiting): Promise<SavedImage>;
}

export interface ImageOptions extends Waiting {
  readonly onProgress?: ((progress: Fetching) => void) | undefined;
}

/** Fetches images. */
export interface Images {
  /** @throws {Exception} in one sentence, when the image cannot be had. */
  open(order: Pick<Order, "layers" | "mounts">, options?: ImageOptions): Promise<OpenedImage>;
}
