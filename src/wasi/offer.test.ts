import { expect, test } from "vitest";
import { createHttp } from "./http.ts";
import { listOffer } from "./offer.ts";

test("listOffer() names what components of WASI 0.2 and wetware:streams import", () => {
  const offer = listOffer();
  expect(offer.get("wetware:streams/streams")).toEqual(new Set(["Connection", "createConnection"]));
  expect(offer.get("wasi:io/poll")).toEqual(new Set(["Pollable", "poll"]));
  for (const name of ["wasi:http/types", "wasi:sockets/udp", "wasi:random/insecure-seed"]) {
    expect(offer.has(name)).toBe(true);
  }
  expect(offer.has("wasi:http/incoming-handler")).toBe(false);
});

test("wasi:http refuses every request with its own error code", () => {
  const handle = createHttp()["wasi:http/outgoing-handler"]?.["handle"] as () => unknown;
  let refusal: unknown;
  try {
    handle();
  } catch (error) {
    refusal = error;
  }
  expect(refusal).toEqual({ tag: "HTTP-request-denied" });
});
