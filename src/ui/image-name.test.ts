import { expect, test } from "vitest";
import { nameImage } from "./image-name.ts";

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

test("nameImage() tells layers and arguments apart", () => {
  const samples = [{ name: "shell", path: CID }];
  const link = `${CID}?layer=${encodeURIComponent(OTHER)}&arg=a%20b&arg=c`;
  expect(nameImage(link, samples)).toBe("shell + bafybe…xqqabq a b c");
});
