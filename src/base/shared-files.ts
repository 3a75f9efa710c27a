/** Files that several cells share, as their hosts pass them on. */

export interface SharedFiles {
  /** Opens a session for one cell. */
  openSession(options: FileSessionOptions): FileSession;
}

export interface FileSessionOptions {
  /** Number of files that may be open in it. */
  readonly openFiles: number;
  readonly signal: AbortSignal;
  readonly monotonicMs: () => number;
  /** Called with the time that the host has spent on a call. */
  readonly onUsed: (ms: number) => void;
}

/** The open files of one cell; disposing closes them. */
export interface FileSession extends Disposable {
  /**
   * The encoded answer to an untrusted call. Calls are carried out one after the other, and few of them wait.
   *
   * @throws {Error} when the guest has broken a rule, or its worker has sent an invalid call
   */
  answer(call: unknown, body: Uint8Array): Promise<Uint8Array>;
}
