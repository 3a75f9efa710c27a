import { createDuplexPair, encodeText, HttpChannel } from "#base";
import { expect, test } from "vitest";
import { toResponse } from "./http-exchange.ts";

test("toResponse() has the trailers of a body whose end arrives as it is taken", () => {
  const [near, far] = createDuplexPair(64 * 1024);
  using host = new HttpChannel(near, { side: "host", openLimit: 0 });
  using cell = new HttpChannel(far, { side: "cell", openLimit: 1 });
  const head = { method: "GET", scheme: "http", authority: "a", path: "/", headers: [] };
  const asked = host.request(head);
  asked.finish();
  const served = cell.takeRequest();
  served?.respond({ status: 200, headers: [] });
  served?.sink.offer(encodeText("x"));
  host.pump();
  served?.finish([{ name: "x-last", value: "1" }]);
  const { content, trailers } = toResponse(asked);
  expect(content).toEqual(encodeText("x"));
  expect(trailers).toBeDefined();
});
