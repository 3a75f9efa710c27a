/** Errors in the form that clients of sandboxes read, of plain HTTP or of Connect RPC, so that they show the message. */

export interface Refusal {
  readonly status: number;
  readonly contentType: string;
  readonly body: Uint8Array<ArrayBuffer>;
}

const CODES: Readonly<Record<number, string>> = {
  400: "invalid_argument",
  403: "permission_denied",
  500: "internal",
};
const STREAM = "application/connect+json";
/** The flag of a stream's last message. @see https://connectrpc.com/docs/protocol#error-end-stream */
const END = 2;
const HEAD_BYTES = 5;

/**
 * @param request the content type of the request, and whether it is an RPC
 * @param more further fields of a plain HTTP error
 */
export function createRefusal(
  request: { readonly contentType: string; readonly isRpc: boolean },
  status: number,
  message: string,
  more: Readonly<Record<string, string>> = {},
): Refusal {
  const code = CODES[status];
  if (code === undefined || !request.isRpc) {
    const body = encode({ code: status, message, ...more });
    return { status, contentType: "application/json", body };
  }
  if (!request.contentType.startsWith(STREAM)) {
    return { status, contentType: "application/json", body: encode({ code, message }) };
  }
  // Clients of a stream read errors only from the body.
  const end = encode({ error: { code, message } });
  const body = new Uint8Array(HEAD_BYTES + end.length);
  body[0] = END;
  new DataView(body.buffer).setUint32(1, end.length);
  body.set(end, HEAD_BYTES);
  return { status: 200, contentType: STREAM, body };
}

function encode(value: object): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(JSON.stringify(value));
}
