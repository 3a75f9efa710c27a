/** JSON requests and errors of the control plane and the door of agents. */
import { createRefusal } from "./refusal.ts";

/** A failure with its HTTP status; the message reaches the client. */
export class RequestError extends Error {
  override readonly name = "RequestError";
  readonly status: number;
  readonly more: Readonly<Record<string, string>>;

  constructor(status: number, message: string, more: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.more = more;
  }
}

/** @param request the request that is answered: errors of an RPC have another form than those of plain HTTP */
export function toErrorResponse(
  { status, message, more }: RequestError,
  { headers }: Pick<Request, "headers"> = NO_REQUEST,
): Response {
  const contentType = headers.get("content-type") ?? "";
  const isRpc = headers.has("connect-protocol-version");
  const refusal = createRefusal({ contentType, isRpc }, status, message, more);
  return new Response(refusal.body, {
    status: refusal.status,
    headers: {
      "content-type": refusal.contentType,
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
    },
  });
}

const NO_REQUEST = { headers: new Headers() };

export type Fields = Readonly<Record<string, unknown>>;

const LIMIT_BYTES = 1024 * 1024;

/** An empty body is an object without fields. @throws {RequestError} */
export async function readJson(request: Request): Promise<Fields> {
  const decoder = new TextDecoder();
  let text = "";
  let length = 0;
  for await (const piece of request.body ?? []) {
    length += piece.length;
    if (length > LIMIT_BYTES) throw new RequestError(413, "the body is too long");
    text += decoder.decode(piece, { stream: true });
  }
  if (text.trim() === "") return {};
  try {
    const value = JSON.parse(text) as unknown;
    if (typeof value === "object" && value !== null && !Array.isArray(value)) {
      return value as Fields;
    }
  } catch {
    throw new RequestError(400, "the body is not JSON");
  }
  throw new RequestError(400, "the body is not a JSON object");
}

interface Types {
  readonly string: string;
  readonly number: number;
  readonly boolean: boolean;
}

/** @throws {RequestError} 400 for another type */
export function field<T extends keyof Types>(
  fields: Fields,
  name: string,
  type: T,
): Types[T] | undefined {
  const value = fields[name] ?? undefined;
  if (value === undefined) return undefined;
  if (typeof value === type) return value as Types[T];
  throw new RequestError(400, `${name} is not a ${type}`);
}

/** @throws {RequestError} 400 for another type */
export function texts(fields: Fields, name: string): Readonly<Record<string, string>> {
  const value = fields[name] ?? {};
  const isMap = typeof value === "object" && !Array.isArray(value);
  if (isMap && Object.values(value).every((item) => typeof item === "string")) {
    return value as Record<string, string>;
  }
  throw new RequestError(400, `${name} is not a map of strings`);
}
