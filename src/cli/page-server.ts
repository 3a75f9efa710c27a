/** The built page: static files, with the headers that keep it isolated. */
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
import { createRefusal } from "./agent/refusal.ts";
import { readAcceptedEncodings } from "./encodings.ts";
import type { Encoding } from "./encodings.ts";
import type { RequestHandler } from "./gateway.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".txt": "text/plain; charset=utf-8",
  ".wasm": "application/wasm",
  ".webmanifest": "application/manifest+json",
  ".woff2": "font/woff2",
};

/**
 * A handler that serves the files of a folder; `connect` lists what pages may connect to beside their own origin.
 *
 * Files below `assets/` carry a hash in their name and are kept for ever; all others are asked for anew each time.
 */
export function createPageHandler(folder: string, connect: readonly string[]): RequestHandler {
  const root = normalize(folder);
  return async (request, response) => {
    const refuse = (status: number, reason: string): void => {
      const body = `${reason}\n`;
      response.writeHead(status, {
        "content-type": "text/plain; charset=utf-8",
        "content-length": Buffer.byteLength(body),
        "x-content-type-options": "nosniff",
      });
      response.end(request.method === "HEAD" ? undefined : body);
    };
    if (request.url?.startsWith(SANDBOXES) === true) {
      const wanted = readPath(request.url) ?? SANDBOXES;
      if ((await statFile(join(root, wanted))) === undefined)
        return refuseProgram(request, response);
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      refuse(405, `Files are read with GET or HEAD, not ${request.method}`);
      return;
    }
    const path = readPath(request.url ?? "/");
    const file = path === undefined ? undefined : normalize(join(root, path));
    const found =
      file?.startsWith(root + sep) === true
        ? await findForm(file, request.headers["accept-encoding"])
        : undefined;
    if (path === undefined || file === undefined || found === undefined) {
      refuse(404, "There is no such file here");
      return;
    }
    const { sizeBytes, modifiedMs, encoding } = found;
    const form = encoding === undefined ? "" : `-${encoding.name}`;
    const etag = `"${sizeBytes.toString(16)}-${Math.trunc(modifiedMs).toString(16)}${form}"`;
    const headers = {
      "content-security-policy": contentSecurityPolicy(path, connect),
      "cross-origin-opener-policy": "same-origin",
      "cross-origin-embedder-policy": "require-corp",
      "cross-origin-resource-policy": "same-origin",
      "referrer-policy": "no-referrer",
      "x-content-type-options": "nosniff",
      "cache-control": path.startsWith("/assets/")
        ? "public, max-age=31536000, immutable"
        : "no-cache",
      vary: "Accept-Encoding",
      etag,
    };
    if (request.headers["if-none-match"] === etag) {
      response.writeHead(304, headers).end();
      return;
    }
    response.writeHead(200, {
      ...headers,
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": sizeBytes,
      ...(encoding !== undefined && { "content-encoding": encoding.name }),
    });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    // Whoever goes away in the middle ends the pipeline; there is no one left to tell.
    await pipeline(createReadStream(found.file), response).catch(() => response.destroy());
  };
}

/** Below it, the service worker of a browser answers for the sandboxes of its tabs. */
const SANDBOXES = "/sandbox/";

/** A request that no service worker has answered comes from elsewhere. */
function refuseProgram(...[request, response]: Parameters<RequestHandler>): void {
  const { headers } = request;
  const { status, contentType, body } = createRefusal(
    { contentType: headers["content-type"] ?? "", isRpc: "connect-protocol-version" in headers },
    400,
    "this address of a sandbox is for pages below it, in the browser that has the sandbox; other programs reach it by its nodeName at the port of ww up --sandboxes",
  );
  response.writeHead(status, {
    "content-type": contentType,
    "content-length": body.length,
    "x-content-type-options": "nosniff",
  });
  response.end(request.method === "HEAD" ? undefined : body);
}

/**
 * What a document or worker script may do. `unsafe-eval` is nowhere.
 *
 * Only workers run WebAssembly. The kernel's and those of cells may ask nobody for anything, and even an `import()` of ours
 * would be a request; what the kernel's script imports at its start comes by the policy of the page. The kernel starts the workers of cells, each of which has the policy of its own script: cells start
 * nothing. The worker that sends requests of cells may connect, and do nothing else: which hosts an owner has named is known
 * at run time only. Plain HTTP reaches this computer alone, where the forwarder is as well.
 */
function contentSecurityPolicy(path: string, connect: readonly string[]): string {
  const isWorker = /\.worker\b/.test(path);
  const isCell = /\bcell\.worker\b/.test(path);
  const isHttp = /\bhttp\.worker\b/.test(path);
  const isConfined = isCell || isHttp || /\bkernel\.worker\b/.test(path);
  const servers = isHttp ? "https: http://127.0.0.1:* http://localhost:*" : "'none'";
  const wasm = isWorker && !isHttp ? ["'wasm-unsafe-eval'"] : [];
  const own = isConfined ? [] : ["'self'"];
  const directives = {
    "default-src": isConfined ? "'none'" : "'self'",
    "script-src": isHttp ? "'none'" : [...own, ...wasm].join(" "),
    "worker-src": isCell || isHttp ? "'none'" : isWorker && !isConfined ? "'self' blob:" : "'self'",
    "connect-src": isConfined ? servers : ["'self'", ...connect].join(" "),
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'none'",
    "frame-ancestors": "'none'",
  };
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join("; ");
}

function readPath(url: string): string | undefined {
  try {
    const path = decodeURIComponent(new URL(url, "http://page").pathname);
    if (path.includes("\0")) return undefined;
    return path.endsWith("/") ? `${path}index.html` : path;
  } catch {
    return undefined;
  }
}

/** A file as it is sent. */
interface Form {
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  readonly encoding?: Encoding;
}

/** The file, compressed if the build has left that beside it and the browser takes it. */
async function findForm(file: string, accepted = ""): Promise<Form | undefined> {
  const plain = await statFile(file);
  if (plain === undefined) return undefined;
  for (const encoding of readAcceptedEncodings(accepted)) {
    const found = await statFile(file + encoding.ending);
    if (found !== undefined) return { ...found, encoding };
  }
  return plain;
}

async function statFile(file: string): Promise<Form | undefined> {
  try {
    const found = await stat(file);
    return found.isFile() ? { file, sizeBytes: found.size, modifiedMs: found.mtimeMs } : undefined;
  } catch {
    return undefined;
  }
}
