/** Bodies that a guest writes before its message is sent. */
import { createDuplexPair, HttpChannel, readAll } from "#base";
import type { HttpRequestHead } from "#base";
import type { Quota } from "#vfs";
import { expect, test } from "vitest";
import { BodyWriter } from "./http-bodies.ts";
import { createFieldsClass } from "./http-fields.ts";

const HEAD: HttpRequestHead = {
  method: "POST",
  scheme: "http",
  authority: "server.example",
  path: "/",
  headers: [],
};
/** Grants everything. */
const QUOTA: Quota = {
  takeBytes: () => true,
  takeNodes: () => true,
  takeMemory: () => true,
  bytes: { limit: 0, left: 0 },
};

test("BodyWriter sends all that it held back, also over a channel in which much waits already", async () => {
  const Fields = createFieldsClass(QUOTA);
  const [near, far] = createDuplexPair(4096);
  using cell = new HttpChannel(near, { side: "cell", openLimit: 1 });
  using host = new HttpChannel(far, { side: "host", openLimit: 64 });
  const others = Array.from({ length: 40 }, () => cell.request(HEAD));
  for (const { sink } of others) sink.offer(new Uint8Array(60_000));
  expect(others.at(-1)?.sink.room).toBe(0);

  using writer = new BodyWriter(QUOTA, new Fields());
  const body = crypto.getRandomValues(new Uint8Array(50_000));
  expect(writer.sink.offer(body.slice())).toBe(body.length);
  writer.attach(cell.request(HEAD));
  expect(writer.finish([])).toBeUndefined();

  for (const channel of [cell, host]) void channel.run();
  const served = [];
  while (served.length <= others.length) {
    const exchange = host.takeRequest();
    if (exchange === undefined) await host.arrived.wait();
    else served.push(exchange);
  }
  const last = served.at(-1);
  if (last === undefined) throw new Error("No request has come");
  expect(await readAll(last.source, body.length + 1)).toEqual(body);
});
