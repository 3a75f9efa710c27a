/** The reason of a command that is stopped before it is done, with the exit code that reports it. */
export class Stopped extends Error {
  override readonly name = "Stopped";
  readonly exitCode: number;

  constructor(exitCode: number) {
    super("Stopped");
    this.exitCode = exitCode;
  }
}

/** Exit codes of commands that a signal ended, as shells report them: 128 plus the signal's number. */
export const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;
