import { expect, test } from "vitest";
import { nameArguments, nameImage } from "./image-name.ts";

const CID = "/ipfs/bafybeigeiijk4pvdsfq54ukfzjnvn3rjk6jrrgd2jylt4ser6jnarotmdm";
const OTHER = "/ipfs/bafybeid6xblqxzqt45y4vzej6g7urjs762yqxdvbtcdwxniiq3axqqabq";

test("nameImage() gives a sample its name, and others a short CID", () => {
  const samples = [{ name: "shell", path: CID }];
  expect(nameImage(CID, samples)).toBe("shell");
  expect(nameImage(`${CID}?peer=%2Fip4%2F1`, samples)).toBe("shell");
  expect(nameImage(CID, [])).toBe("bafybe…rotmdm");
  expect(nameImage(`${CID}/bin/tool.wasm`, samples)).toBe("bafybe…rotmdm/bin/tool.wasm");
  expect(nameImage("/ipns/example.org", [])).toBe("example.org");
});

test("nameImage() joins layers, and leaves out what the author of a link can write", () => {
  const samples = [{ name: "shell", path: CID }];
  const link = `${CID}?layer=${encodeURIComponent(OTHER)}&arg=a%20b&arg=c`;
  expect(nameImage(link, samples)).toBe("shell + bafybe…xqqabq");
  expect(nameArguments(link)).toBe(" a b c");
  expect(nameArguments(CID)).toBe("");
  expect(nameImage(`${CID}/${"x".repeat(500)}`, samples)).toHaveLength(61);
});
