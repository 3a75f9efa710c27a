/** Turns failures into codes of Connect and statuses of HTTP. */
import { Code, ConnectError } from "@connectrpc/connect";
import { Exception } from "#base";
import type { ExceptionKind } from "#base";
import type { FileRefusal } from "#schema";

const KINDS: Readonly<Record<ExceptionKind, Code>> = {
  overloaded: Code.ResourceExhausted,
  disconnected: Code.Unavailable,
  unimplemented: Code.Unimplemented,
  failed: Code.Internal,
};

const STATUSES: Partial<Record<Code, number>> = {
  [Code.Canceled]: 499,
  [Code.InvalidArgument]: 400,
  [Code.FailedPrecondition]: 400,
  [Code.OutOfRange]: 400,
  [Code.Unauthenticated]: 401,
  [Code.PermissionDenied]: 403,
  [Code.NotFound]: 404,
  [Code.AlreadyExists]: 409,
  [Code.ResourceExhausted]: 429,
  [Code.Unimplemented]: 501,
  [Code.Unavailable]: 503,
  [Code.DeadlineExceeded]: 504,
};

/** The error that a Connect client gets for anything that was thrown. */
export function toConnectError(reason: unknown): ConnectError {
  if (reason instanceof ConnectError) return reason;
  if (reason instanceof HttpError) return new ConnectError(reason.message, codeOf(reason.status));
  if (reason instanceof Exception) {
    const code = reason.refusal === undefined ? KINDS[reason.kind] : Code.PermissionDenied;
    return new ConnectError(reason.message, code);
  }
  if (reason instanceof Error && reason.name === "AbortError") {
    return new ConnectError("the client has disconnected", Code.Canceled);
  }
  return new ConnectError("internal error", Code.Internal, undefined, undefined, reason);
}

/** A failure with its HTTP status; the message reaches the client. */
export class HttpError extends Error {
  override readonly name = "HttpError";
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

/** The error that a client of plain HTTP gets for anything that was thrown. */
export function toHttpError(reason: unknown): HttpError {
  if (reason instanceof HttpError) return reason;
  const { code, rawMessage } = toConnectError(reason);
  return new HttpError(STATUSES[code] ?? 500, rawMessage);
}

export function toErrorResponse({ status, message, headers }: HttpError): Response {
  return Response.json({ code: status, message }, { status, headers: { ...headers, ...PLAIN } });
}

const PLAIN = { "cache-control": "no-store", "x-content-type-options": "nosniff" };

function codeOf(status: number): Code {
  if (status === 499) return Code.Canceled;
  if (status === 503) return Code.Unavailable;
  if (status === 408) return Code.DeadlineExceeded;
  if (status === 413 || status === 429) return Code.ResourceExhausted;
  return status < 500 ? Code.InvalidArgument : Code.Internal;
}

const REFUSALS: Partial<Record<FileRefusal, readonly [Code, string]>> = {
  noEntry: [Code.NotFound, "no such file or directory"],
  loop: [Code.FailedPrecondition, "too many levels of symbolic links"],
  notDirectory: [Code.InvalidArgument, "not a directory"],
  isDirectory: [Code.InvalidArgument, "is a directory"],
  invalid: [Code.InvalidArgument, "invalid path"],
  nameTooLong: [Code.InvalidArgument, "file name too long"],
  notPermitted: [Code.PermissionDenied, "operation not permitted"],
  readOnly: [Code.PermissionDenied, "read-only file system"],
  insufficientSpace: [Code.ResourceExhausted, "not enough disk space available"],
  insufficientMemory: [Code.ResourceExhausted, "not enough memory available"],
  fileTooLarge: [Code.ResourceExhausted, "file too large"],
  exist: [Code.Internal, "file exists"],
  notEmpty: [Code.Internal, "directory not empty"],
  busy: [Code.Unavailable, "device or resource busy"],
};

/** The error for a refusal by the files. @param doing what was being done, as the start of the message */
export function toRefusedError(doing: string, refusal: FileRefusal): ConnectError {
  const [code, state] = REFUSALS[refusal] ?? [Code.Internal, `refused (${refusal})`];
  return new ConnectError(`${doing}: ${state}`, code);
}

/** @throws {ConnectError} if there is a refusal. */
export function requireGranted(doing: string, refusal: FileRefusal): void {
  if (refusal !== "none") throw toRefusedError(doing, refusal);
}

export function invalid(message: string): ConnectError {
  return new ConnectError(message, Code.InvalidArgument);
}
