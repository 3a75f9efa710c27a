import { expect, test } from "vitest";
import { readAcceptedEncodings } from "./encodings.ts";

test.each([
  ["gzip, deflate, br, zstd", ["br", "gzip"]],
  ["gzip", ["gzip"]],
  ["GZIP;q=1.0, br;q=0", ["gzip"]],
  ["*", ["br", "gzip"]],
  ["*;q=0.5, br; q=0", ["gzip"]],
  ["identity", []],
  ["", []],
  ["br;q=x", []],
])("readAcceptedEncodings() reads %j", (header, names) => {
  expect(readAcceptedEncodings(header).map(({ name }) => name)).toEqual(names);
});
