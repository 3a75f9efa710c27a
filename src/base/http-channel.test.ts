/** Messages between host and cell, whole and broken. */
import { expect, test } from "vitest";
import { concatBytes, decodeText, encodeText, equalBytes } from "./bytes.ts";
import { readAll } from "./duplex.ts";
import type { Duplex } from "./duplex.ts";
import { HttpChannel } from "./http-channel.ts";
import type { HttpExchange } from "./http-exchange.ts";
import type { HttpRequestHead } from "./http-message.ts";
import { createDuplexPair } from "./pipe.ts";

const HEAD: HttpRequestHead = {
  method: "POST",
  scheme: "https",
  authority: "cell.localhost",
  path: "/a?b=c",
  headers: [{ name: "x-text", value: "\u00fcber" }],
};
const MIB = 1024 * 1024;

interface Pair extends Disposable {
  readonly host: HttpChannel;
  readonly cell: HttpChannel;
}

function open(): Pair {
  const [near, far] = createDuplexPair(4096);
  const host = new HttpChannel(near, { side: "host", openLimit: 4 });
  const cell = new HttpChannel(far, { side: "cell", openLimit: 1 });
  for (const channel of [host, cell]) void channel.run();
  return {
    host,
    cell,
    [Symbol.dispose]() {
      host[Symbol.dispose]();
      cell[Symbol.dispose]();
    },
  };
}

async function next(channel: HttpChannel): Promise<HttpExchange> {
  for (;;) {
    const exchange = channel.takeRequest();
    if (exchange !== undefined) return exchange;
    await channel.arrived.wait();
  }
}

test("HttpChannel sends together what is sent at once, each way", async () => {
  const sent = { near: 0, far: 0 };
  const [near, far] = createDuplexPair(4096).map((duplex, at) => {
    const offer = duplex.sink.offer.bind(duplex.sink);
    duplex.sink.offer = (bytes) => {
      sent[at === 0 ? "near" : "far"]++;
      return offer(bytes);
    };
    return duplex;
  }) as [Duplex, Duplex];
  using host = new HttpChannel(near, { side: "host", openLimit: 0 });
  using cell = new HttpChannel(far, { side: "cell", openLimit: 1 });
  const asked = host.request(HEAD);
  asked.finish();
  const served = cell.takeRequest();
  served?.respond({ status: 200, headers: [] });
  served?.sink.offer(encodeText("all"));
  asked.pump();
  expect([asked.response?.status, decodeText(asked.source.take(100))]).toEqual([200, "all"]);
  expect(sent).toEqual({ near: 1, far: 1 });
});

async function until(exchange: HttpExchange, isSo: () => boolean): Promise<void> {
  while (!isSo()) await exchange.changed.wait();
}

test("HttpChannel carries heads, bodies longer than any window, and trailers, both ways", async () => {
  using pair = open();
  const asked = pair.host.request(HEAD);
  const body = crypto.getRandomValues(new Uint8Array(60_000));
  const long = concatBytes(Array.from({ length: 10 }, () => body));
  const serving = (async () => {
    const served = await next(pair.cell);
    expect(served.request).toEqual(HEAD);
    served.respond({ status: 201, headers: [] });
    for (let bytes; (bytes = await served.source.read(MIB)) !== undefined;) {
      await served.sink.write(bytes);
    }
    served.finish([{ name: "sum", value: served.trailers?.[0]?.value ?? "" }]);
    served.done();
  })();
  const writing = asked.sink
    .write(long.slice())
    .then(() => asked.finish([{ name: "n", value: "7" }]));
  const got = await readAll(asked.source, MIB);
  await Promise.all([serving, writing]);
  expect(asked.response).toEqual({ status: 201, headers: [] });
  expect(equalBytes(got, long)).toBe(true);
  expect(asked.trailers).toEqual([{ name: "sum", value: "7" }]);
  await until(asked, () => asked.isDone);
  expect(pair.host.openCount).toBe(0);
});

test("HttpChannel.request() sends no more than its window to one who does not read", async () => {
  using pair = open();
  const asked = pair.host.request(HEAD);
  const writing = asked.sink.write(new Uint8Array(MIB));
  const served = await next(pair.cell);
  await expect.poll(() => asked.sentBytes).toBe(64 * 1024);
  served.source[Symbol.dispose]();
  await expect(writing).rejects.toThrow("no more bytes");
});

test("HttpExchange.abort() ends both bodies there, with its reason", async () => {
  using pair = open();
  const asked = pair.host.request(HEAD);
  const served = await next(pair.cell);
  served.respond({ status: 200, headers: [] });
  const reading = served.source.read(1);
  asked.abort("connection-terminated");
  await expect(reading).rejects.toThrow("cut before its end");
  expect(served.failure).toBe("connection-terminated");
  served.done();
  await until(asked, () => asked.isDone);
  expect(pair.host.openCount).toBe(0);
});

test("HttpExchange.done() fails a response that was not finished", async () => {
  using pair = open();
  const asked = pair.host.request(HEAD);
  const served = await next(pair.cell);
  served.respond({ status: 200, headers: [] });
  await served.sink.write(encodeText("half"));
  served.done();
  await until(asked, () => asked.isDone);
  expect(asked.failure).toBe("HTTP-response-incomplete");
  await expect(readAll(asked.source, MIB)).rejects.toThrow("cut before its end");
});

/** Passes a host the frames of a cell that breaks the rules. */
async function hear(
  frames: readonly (readonly [id: number, type: number, bytes: Uint8Array])[],
): Promise<{
  readonly host: HttpChannel;
  readonly asked: HttpExchange;
}> {
  const [near, far] = createDuplexPair(512 * 1024);
  const host = new HttpChannel(near, { side: "host", openLimit: 2 });
  const asked = host.request(HEAD);
  for (const [id, type, bytes] of frames) {
    const header = new Uint8Array(8);
    new DataView(header.buffer).setUint32(0, id, true);
    new DataView(header.buffer).setUint32(4, (bytes.length << 8) | type, true);
    await far.sink.write(concatBytes([header, bytes]));
  }
  for (let round = 0; round < 4; round++) host.pump();
  return { host, asked };
}

const [HEAD_FRAME, DATA, END, , CREDIT, , DONE] = [0, 1, 2, 3, 4, 5, 6];
const json = (value: unknown): Uint8Array => encodeText(JSON.stringify(value));
const FINE = json({ status: 200, headers: [] });

test.each<[string, Parameters<typeof hear>[0]]>([
  ["an unknown type", [[2, 99, FINE]]],
  ["an exchange that was not begun", [[4, DATA, FINE]]],
  [
    "a response that has two heads",
    [
      [2, HEAD_FRAME, FINE],
      [2, HEAD_FRAME, FINE],
    ],
  ],
  ["a body without a head", [[2, DATA, FINE]]],
  ["an end without a head", [[2, END, new Uint8Array(0)]]],
  ["a head that is no JSON", [[2, HEAD_FRAME, encodeText("{")]]],
  ["a status that is none", [[2, HEAD_FRAME, json({ status: 99, headers: [] })]]],
  [
    "a header with a line end",
    [[2, HEAD_FRAME, json({ status: 200, headers: [{ name: "a", value: "b\r\nc: d" }] })]],
  ],
  [
    "a header with a malformed name",
    [[2, HEAD_FRAME, json({ status: 200, headers: [{ name: "a b", value: "" }] })]],
  ],
  [
    "headers of 64 KiB",
    [[2, HEAD_FRAME, json({ status: 200, headers: [{ name: "a", value: "b".repeat(65536) }] })]],
  ],
  [
    "trailers that are none",
    [
      [2, HEAD_FRAME, FINE],
      [2, END, json({})],
    ],
  ],
  [
    "more than its credit",
    [
      [2, HEAD_FRAME, FINE],
      ...Array.from({ length: 3 }, () => [2, DATA, new Uint8Array(30_000)] as const),
    ],
  ],
  ["credit for what was not sent", [[2, CREDIT, Uint8Array.of(1, 0, 0, 0)]]],
  ["too many requests", [1, 3, 5].map((id) => [id, HEAD_FRAME, json(HEAD)] as const)],
  [
    "numbers that go back",
    [
      [3, HEAD_FRAME, json(HEAD)],
      [1, HEAD_FRAME, json(HEAD)],
    ],
  ],
  ["a request that is malformed", [[1, HEAD_FRAME, json({ ...HEAD, path: "no slash" })]]],
  [
    "an exchange of its own that is done",
    [
      [1, HEAD_FRAME, json(HEAD)],
      [1, DONE, new Uint8Array(0)],
    ],
  ],
])("HttpChannel cuts a cell that sends %s, and fails all its exchanges", async (_, frames) => {
  const { host, asked } = await hear(frames);
  expect(host.failure?.message).toMatch(
    /^(Cannot exchange HTTP with a cell|HTTP message cannot be passed on): /,
  );
  expect(asked.failure).toBe("connection-terminated");
  expect(() => host.request(HEAD)).toThrow();
});

test("HttpChannel goes on where frames come in pieces", async () => {
  const { host, asked } = await hear([
    [2, HEAD_FRAME, FINE],
    [2, DATA, encodeText("text")],
  ]);
  expect(host.failure).toBeUndefined();
  expect(decodeText(asked.source.take(10))).toBe("text");
});
