/** A web server by capability: a page with a script, an image, server-sent events and a WebSocket. */
import { encodeText } from "#base";
import { dup, serve } from "#capnp";
import { HttpHandler, type ByteStream, type HttpHandlerServer, type HttpRequest } from "#schema";
import { readPieces, servePieces } from "../sdk/streams-of-rpc.ts";
import { connectHost, type Cell } from "../sdk/index.ts";
import { acceptKey, createFrames, TEXT } from "./web-socket.ts";

export async function main(cell: Cell): Promise<number> {
  using handler = serve(HttpHandler, createSite(cell));
  using connection = connectHost(cell, handler);
  await connection.closed;
  return 0;
}

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Files of the image below `www`, and what the page asks for. */
function createSite({ readFile }: Cell): HttpHandlerServer {
  let visits = 0;
  return {
    async handle({ method, path, body }) {
      const [plain = ""] = path.split("?");
      if (plain === "/visits") return answer(200, "text/plain", `${++visits}`);
      if (plain === "/echo") {
        return { response: { status: 200, body: servePieces(echo(dup(body))) } };
      }
      if (plain === "/events")
        return answer(200, "text/event-stream", "data: one\n\ndata: two\n\n");
      if (method !== "GET") return answer(405, "text/plain", "Only GET is answered here\n");
      const name = plain === "/" ? "index.html" : plain.slice(1);
      const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
      if (type === undefined || name.includes("/")) return answer(404, "text/plain", "Not here\n");
      try {
        return answer(200, type, await readFile(`www/${name}`));
      } catch {
        return answer(404, "text/plain", "Not here\n");
      }
    },
    upgrade({ path, headers }, incoming) {
      const key = findKey(headers);
      if (path !== "/socket" || key === undefined) {
        return { ...answer(400, "text/plain", "A WebSocket is at /socket\n"), outgoing: null };
      }
      const accepted = [
        { name: "upgrade", value: "websocket" },
        { name: "connection", value: "Upgrade" },
        { name: "sec-websocket-accept", value: acceptKey(key) },
      ];
      return {
        response: { status: 101, headers: accepted },
        outgoing: servePieces(shout(dup(incoming))),
      };
    },
  };
}

function answer(
  status: number,
  type: string,
  text: string | Uint8Array,
): {
  readonly response: {
    status: number;
    headers: { name: string; value: string }[];
    content: Uint8Array;
  };
} {
  const content = typeof text === "string" ? encodeText(text) : text;
  const headers = [{ name: "content-type", value: type }];
  return { response: { status, headers, content } };
}

/** Takes it over. */
async function* echo(body: ByteStream): AsyncGenerator<Uint8Array> {
  using stream = body;
  yield* readPieces(stream);
}

/** What comes by a WebSocket, in capitals. Takes it over. */
async function* shout(incoming: ByteStream): AsyncGenerator<Uint8Array> {
  using stream = incoming;
  const frames = createFrames();
  for await (const piece of readPieces(stream)) {
    for (const { type, text, reply } of frames.take(piece)) {
      if (reply !== undefined) yield reply;
      if (type === TEXT) yield frames.encode(text.toUpperCase());
      if (frames.isClosed) return;
    }
  }
}

function findKey(headers: HttpRequest["headers"]): string | undefined {
  const find = (wanted: string): string =>
    headers.find(({ name }) => name.toLowerCase() === wanted)?.value ?? "";
  return find("upgrade").toLowerCase() === "websocket" ? find("sec-websocket-key") : undefined;
}
