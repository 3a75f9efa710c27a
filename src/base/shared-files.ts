/** Files that several cells share, as their hosts pass them on. */

export interface SharedFiles {
  /** A session of one cell. */
  openSession(options: FileSessionOptions): FileSession;
}

export interface FileSessionOptions {
  /** How many files may be open in it. */
  readonly openFiles: number;
  readonly signal: AbortSignal;
  readonly monotonicMs: () => number;
  /** Called with the time that the host was busy for a call. */
  readonly onUsed: (ms: number) => void;
}

/** What one cell has open; disposing closes it. */
export interface FileSession extends Disposable {
  /**
   * The encoded answer to a call, which may be anything. Calls are carried out one after the other, and few wait.
   *
   * @throws {Error} when the guest has broken a rule, or its worker asks what cannot be asked
   */
  answer(call: unknown, body: Uint8Array): Promise<Uint8Array>;
}
