/** What leaves the ordinary flow of a script; each is thrown and caught by the construct it is meant for. */

/** A reader is gone: a program is ended by SIGPIPE then. */
export class PipeClosed extends Error {
  constructor() {
    super("Broken pipe");
    this.name = "PipeClosed";
  }
}

/** The reason of a signal that ends a process of the shell. */
export class Killed extends Error {
  readonly signal: number;
  constructor(signal: number) {
    super(`Killed by signal ${signal}`);
    this.name = "Killed";
    this.signal = signal;
  }
}

export class Exit extends Error {
  readonly status: number;
  constructor(status: number) {
    super("exit");
    this.name = "Exit";
    this.status = status & 0xff;
  }
}

export class Return extends Error {
  readonly status: number;
  constructor(status: number) {
    super("return");
    this.name = "Return";
    this.status = status & 0xff;
  }
}

/** Leaves loops, or goes on with one, `levels` further out. */
export class Jump extends Error {
  readonly kind: "break" | "continue";
  levels: number;
  constructor(kind: "break" | "continue", levels: number) {
    super(kind);
    this.name = "Jump";
    this.kind = kind;
    this.levels = levels;
  }
}

/** An expansion or assignment that cannot be: it ends the command, and a script with it where bash does so. */
export class Failure extends Error {
  readonly status: number;
  readonly isFatal: boolean;
  constructor(
    message: string,
    { status = 1, isFatal = false }: { readonly status?: number; readonly isFatal?: boolean } = {},
  ) {
    super(message);
    this.name = "Failure";
    this.status = status;
    this.isFatal = isFatal;
  }
}

const SIGPIPE = 13;

/** The exit code of a process that ended with this error; undefined for others. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof Exit || error instanceof Return) return error.status;
  if (error instanceof Killed) return 128 + error.signal;
  if (error instanceof PipeClosed) return 128 + SIGPIPE;
  return undefined;
}

export const SIGNALS: Readonly<Record<string, number>> = {
  EXIT: 0,
  HUP: 1,
  INT: 2,
  QUIT: 3,
  ILL: 4,
  TRAP: 5,
  ABRT: 6,
  BUS: 7,
  FPE: 8,
  KILL: 9,
  USR1: 10,
  SEGV: 11,
  USR2: 12,
  PIPE: 13,
  ALRM: 14,
  TERM: 15,
  CHLD: 17,
  CONT: 18,
  STOP: 19,
  TSTP: 20,
  TTIN: 21,
  TTOU: 22,
  WINCH: 28,
};

/** A signal by name, with or without SIG, or number. */
export function toSignal(text: string): number | undefined {
  if (/^\d+$/.test(text)) return Number(text) < 65 ? Number(text) : undefined;
  return SIGNALS[text.toUpperCase().replace(/^SIG/, "")];
}
