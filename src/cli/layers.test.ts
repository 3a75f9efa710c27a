import { expect, test } from "vitest";
import { findLayers, readGateway } from "./layers.ts";

const CID = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
const KEY = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8";

test.each([
  [`http://127.0.0.1:9797/ipfs/${CID}`, "http://127.0.0.1:9797/"],
  [`https://gateway.example/ipfs/${CID}/?format=car`, "https://gateway.example/"],
  [`  HTTPS://gateway.example/sub/ipfs/${CID} `, "https://gateway.example/sub/"],
  [`https://${CID}.ipfs.gateway.example:8080/`, "https://gateway.example:8080/"],
  [`http://127.0.0.1:9797/#/ipfs/${CID}`, "http://127.0.0.1:9797/"],
  [`https://page.example/ww/index.html#/ipfs/${CID}`, "https://page.example/ww/"],
  [`http://127.0.0.1:9797/#/ipns/${KEY}`, "http://127.0.0.1:9797/"],
  [`https://gateway.example/sub/ipns/${KEY}`, "https://gateway.example/sub/"],
  [`https://${KEY}.ipns.gateway.example/`, "https://gateway.example/"],
  [`/ipfs/${CID}`, undefined],
  [`ipfs://${CID}`, undefined],
  ["https://page.example/", undefined],
])("readGateway() reads %j", (text, gateway) => {
  expect(readGateway(text)).toBe(gateway);
});

test("findLayers() says where arguments go when a later layer is no image", async () => {
  const image = `/ipfs/${CID}`;
  expect(await findLayers([image])).toEqual([{ type: "name", text: image, gateway: undefined }]);
  await expect(findLayers([image, "a"])).rejects.toThrow(/No image at "a".*; arguments follow --$/);
  await expect(findLayers(["a"])).rejects.toThrow(/\/ipns\/<key>$/);
});
