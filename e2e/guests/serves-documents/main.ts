/** Serves documents, a hostile one first. Arguments: the two origins that it tries to reach. */
import { encodeText } from "#base";
import { serve } from "#capnp";
import { HttpHandler, type HttpHandlerServer } from "#schema";
import { servePieces } from "../../../guests/sdk/streams-of-rpc.ts";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";
import { writeHostileDocument, writeHostileFrameset } from "./hostile.ts";

export async function main(cell: Cell): Promise<void> {
  using handler = serve(HttpHandler, createSite(cell));
  using connection = connectHost(cell, handler);
  await connection.closed;
}

function createSite({ args }: Cell): HttpHandlerServer {
  const [far = "", own = ""] = args.slice(-2);
  const pages: Readonly<Record<string, string>> = {
    "/": writeHostileDocument(far, own),
    "/frames": writeHostileFrameset(far),
    "/plain": `<!doctype html><link rel="icon"><h1>One document</h1><a href="#end">to its end</a>
      <p style="height: 100rem"></p><p id="end">The end</p>`,
  };
  return {
    handle({ path }) {
      if (path === "/endless") return answer("text/html", endless());
      const page = pages[path];
      if (page === undefined) return answer("text/plain", [encodeText("No document")]);
      return answer("text/html; charset=utf-8", [encodeText(page)]);
    },
    upgrade() {
      throw new TypeError("Nothing is upgraded here");
    },
  };
}

function answer(
  type: string,
  body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
): {
  readonly response: {
    status: number;
    headers: { name: string; value: string }[];
    body: ReturnType<typeof servePieces>;
  };
} {
  const headers = [{ name: "content-type", value: type }];
  return { response: { status: 200, headers, body: servePieces(body) } };
}

function* endless(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(65_536).fill(32);
}
