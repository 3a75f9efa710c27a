/** Why a command ends before it is done, with the exit code that tells it to whoever waits for it. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("Stopped");
    this.exitCode = exitCode;
  }
}

/** What shells say of a command that a signal ended: 128, and the signal's number. */
export const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
