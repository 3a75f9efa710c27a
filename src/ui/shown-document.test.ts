import { expect, test } from "vitest";
import { encodeText, Exception } from "#base";
import { serve } from "#capnp";
import type { Init } from "#capnp";
import { servePieces } from "#caps";
import { HttpHandler } from "#schema";
import type { HttpHandlerServer, HttpRequest, HttpResponse } from "#schema";
import { DOCUMENT_BYTES } from "./fetch-document.ts";
import type { PreviewedSession } from "./previews.ts";
import { createShownDocument } from "./shown-document.ts";
import type { ShownDocument } from "./shown-document.ts";

const HTML = [{ name: "Content-Type", value: "text/HTML; charset=utf-8" }];

interface Bench extends PreviewedSession {
  readonly shown: ShownDocument;
  readonly asked: HttpRequest[];
  /** As if the answer had taken too long. */
  readonly limit: () => void;
  readonly end: () => void;
}

function openBench(answer: (request: HttpRequest) => Promise<Init<HttpResponse>>): Bench {
  const limit = new AbortController();
  const { promise: ended, resolve: end } = Promise.withResolvers<void>();
  const asked: HttpRequest[] = [];
  const server: HttpHandlerServer = {
    async handle(request) {
      asked.push(request);
      return { response: await answer(request) };
    },
    upgrade() {
      throw new Exception("unimplemented", "Nothing is upgraded here");
    },
  };
  return {
    path: "/ipfs/one",
    ended,
    handler: () => serve(HttpHandler, server),
    shown: createShownDocument(() => limit.signal),
    asked,
    limit: () => limit.abort(new Error("too late")),
    end,
  };
}

async function* pieces(...texts: (string | Uint8Array)[]): AsyncGenerator<Uint8Array> {
  for (const text of texts) yield typeof text === "string" ? encodeText(text) : text;
}

function respond(
  body: AsyncGenerator<Uint8Array>,
  headers: { name: string; value: string }[] = HTML,
  status = 200,
): Init<HttpResponse> {
  return { status, headers, body: servePieces(body) };
}

test("open() asks for the path, and shows the document until it is closed", async () => {
  const bench = openBench(async () => respond(pieces("<h1>Hel", "lo"), HTML, 404));
  await bench.shown.open(bench, "a b?c=d#e");
  expect(bench.asked).toMatchObject([
    { method: "GET", path: "/a%20b?c=d", authority: "localhost" },
  ]);
  expect(bench.shown.state.value).toEqual({
    type: "shown",
    image: "/ipfs/one",
    path: "/a b?c=d#e",
    status: 404,
    html: "<h1>Hello",
  });
  bench.shown.close();
  expect(bench.shown.state.value).toEqual({ type: "closed" });
});

test("a document is read by its charset, or as UTF-8", async () => {
  const latin = [{ name: "content-type", value: 'text/html;charset="ISO-8859-1"' }];
  const odd = [{ name: "content-type", value: "text/html; charset=none-such" }];
  for (const [headers, bytes] of [
    [latin, Uint8Array.of(0xe9)],
    [odd, encodeText("é")],
  ] as const) {
    const bench = openBench(async () => respond(pieces(bytes), headers));
    await bench.shown.open(bench, "/");
    expect(bench.shown.state.value).toMatchObject({ html: "é" });
  }
});

const failed = (reason: string): object => ({ type: "failed", reason });

test.each([
  ["text/plain", {}, "the program does not call it HTML"],
  ["text/html", { "content-encoding": "gzip" }, "it is compressed"],
])("what is no plain HTML is refused in a sentence: %s %j", async (type, more, state) => {
  const headers = Object.entries({ "content-type": type, ...more }).map(([name, value]) => ({
    name,
    value,
  }));
  const bench = openBench(async () => respond(pieces("x"), headers));
  await bench.shown.open(bench, "/x");
  expect(bench.shown.state.value).toEqual(failed(`Cannot show "/x" (status 200): ${state}`));
});

test("a redirect is not followed, and a program that fails is a sentence", async () => {
  const moved = openBench(async () => respond(pieces(), [{ name: "location", value: "/" }], 302));
  await moved.shown.open(moved, "/");
  expect(moved.shown.state.value).toEqual(
    failed('Cannot show "/" (status 302): the program sends visitors elsewhere'),
  );
  const failing = openBench(() => Promise.reject(new Exception("failed", "It broke down")));
  await failing.shown.open(failing, "/");
  expect(failing.shown.state.value).toMatchObject({
    reason: expect.stringContaining("broke down"),
  });
});

test("a body that never ends is left at the limit, and its program told so", async () => {
  const { promise: left, resolve } = Promise.withResolvers<void>();
  async function* endless(): AsyncGenerator<Uint8Array> {
    try {
      for (;;) yield new Uint8Array(65_536).fill(32);
    } finally {
      resolve();
    }
  }
  const bench = openBench(async () => respond(endless()));
  await bench.shown.open(bench, "/");
  expect(bench.shown.state.value).toEqual(
    failed('Cannot show "/" (status 200): it is larger than 8 MiB'),
  );
  await left;
  const whole = openBench(async () => respond(pieces(new Uint8Array(DOCUMENT_BYTES).fill(32))));
  await whole.shown.open(whole, "/");
  expect(whole.shown.state.value).toMatchObject({ type: "shown" });
});

test("a program that does not answer is left when the limit fires, and when it is closed", async () => {
  const slow = openBench(() => new Promise(() => undefined));
  const opening = slow.shown.open(slow, "/");
  expect(slow.shown.state.value).toEqual({ type: "asking" });
  slow.limit();
  await opening;
  expect(slow.shown.state.value).toEqual(
    failed('Cannot show "/": the program takes too long to answer'),
  );
  const closed = openBench(() => new Promise(() => undefined));
  const closing = closed.shown.open(closed, "/");
  closed.shown.close();
  await closing;
  expect(closed.shown.state.value).toEqual({ type: "closed" });
});

test("a document goes with its run, and with none that ended before", async () => {
  const first = openBench(async () => respond(pieces("one")));
  const second = openBench(async () => respond(pieces("two")));
  await first.shown.open(first, "/");
  await first.shown.open(second, "/");
  first.end();
  await first.ended;
  expect(first.shown.state.value).toMatchObject({ html: "two" });
  second.end();
  await second.ended;
  await Promise.resolve();
  expect(first.shown.state.value).toEqual({ type: "closed" });
});
