import { base16 } from "multiformats/bases/base16";
import { base36 } from "multiformats/bases/base36";
import { base58btc } from "multiformats/bases/base58";
import { CID } from "multiformats/cid";
import { identity } from "multiformats/hashes/identity";
import { describe, expect, test } from "vitest";
import { parseImageName } from "./name.ts";

const V1 = "bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354";
/** An Ed25519 key in the forms in which names are written. */
const KEY = "k51qzi5uqu5dlvj2baxnqndepeb86cbk3ng7n3i46uzyxzyqj2xjonzllnv0v8";
const KEY_CID = CID.parse(KEY, base36);
const PEER_ID = base58btc.baseEncode(KEY_CID.multihash.bytes);
const V0 = CID.parse(V1).toV0().toString();

describe("parseImageName() reads", () => {
  for (const text of [
    V1,
    `  ${V1}\n`,
    `/ipfs/${V1}`,
    `/ipfs/${V1}/`,
    `ipfs://${V1}`,
    `ipfs://${V1}/`,
    `ipfs://ipfs/${V1}`,
    `IPFS://${V1}`,
    `https://gateway.example/ipfs/${V1}`,
    `https://gateway.example/ipfs/${V1}/?format=car`,
    `https://${V1}.ipfs.gateway.example/`,
    `http://${V1}.ipfs.localhost:8080`,
    `http://127.0.0.1:9797/#/ipfs/${V1}`,
    `https://wetware.example/app/index.html#/ipfs/${V1}`,
    `%20${V1}%20%20`,
    `/ipfs/%20${V1}%20`,
    `https://wetware.example/#/ipfs/${V1}%20`,
    `https://gateway.example/ipfs/%20${V1}/`,
    `ipfs/${V1}`,
    `IPFS/${V1}`,
    V1.toUpperCase(),
    `/ipfs/${V1.toUpperCase()}/`,
    CID.parse(V1).toString(base16),
    CID.parse(V1).toString(base16).toUpperCase(),
    CID.parse(V1).toString(base36),
  ]) {
    test(JSON.stringify(text), () => {
      expect(parseImageName(text)).toMatchObject({ type: "name", path: `/ipfs/${V1}` });
    });
  }

  for (const text of [
    `${V1}/bin/tool.wasm`,
    ` /ipfs/${V1}/bin/tool.wasm`,
    `ipfs://${V1}//bin/tool.wasm/`,
    `http://127.0.0.1:9797/#/ipfs/${V1}/bin/tool.wasm`,
    `https://${V1}.ipfs.gateway.example/bin/tool.wasm?download=true`,
  ]) {
    test(`the program in ${JSON.stringify(text)}`, () => {
      const program = "bin/tool.wasm";
      expect(parseImageName(text)).toMatchObject({ program, path: `/ipfs/${V1}/${program}` });
    });
  }

  for (const text of [
    KEY,
    `/ipns/${KEY}`,
    `ipns/${KEY}/`,
    `IPNS://${KEY}`,
    `/ipns/${PEER_ID}`,
    `/ipns/${KEY_CID.toString()}`,
    `/ipns/${KEY_CID.toString(base16)}`,
    `https://gateway.example/ipns/${KEY}/?format=ipns-record`,
    `https://${KEY}.ipns.gateway.example/`,
    `http://127.0.0.1:9797/#/ipns/${KEY}`,
  ]) {
    test(`the mutable name ${JSON.stringify(text)}`, () => {
      expect(parseImageName(text)).toMatchObject({
        type: "mutable",
        program: undefined,
        path: `/ipns/${KEY}`,
      });
    });
  }

  test("the program of a mutable name", () => {
    const name = parseImageName(`/ipns/${PEER_ID}/bin/tool.wasm`);
    expect(name).toMatchObject({ program: "bin/tool.wasm", path: `/ipns/${KEY}/bin/tool.wasm` });
    expect(name.type === "mutable" && name.key.equals(KEY_CID)).toBe(true);
  });

  test("version 0, as it is", () => {
    const name = parseImageName(`/ipfs/${V0}`);
    expect(name).toMatchObject({ type: "name", path: `/ipfs/${V0}` });
    expect(name.type === "name" && name.cid.toV1().toString()).toBe(V1);
  });
});

describe("parseImageName() says what is wrong with", () => {
  const cases: [string, RegExp][] = [
    ["", /^Nothing to open/],
    ["hello", /^Not a CID: "hello"/],
    [V1.slice(0, -3), /^Not a CID: /],
    [`${V1} ${V1}`, /^Not a CID: /],
    ["/ipfs/", /^Not a CID: /],
    ["ipfs://", /^Not a CID: /],
    [`/ipfs/${V1}/etc/motd`, /leave out "\/etc\/motd"/],
    ["/ipns/example.org", /^Names of DNS are not resolved: .*"example.org"/],
    ["ipns://example.org/", /^Names of DNS are not resolved/],
    [`https://gateway.example/ipns/${V1}`, /^Not the key of a name: /],
    ["https://en-wikipedia--on--ipfs-org.ipns.gateway.example/", /^Names of DNS/],
    ["/ipns/", /^Not the key of a name: "\/ipns\/"/],
    ["/ipns/hello", /^Not the key of a name: "hello"/],
    [`/ipns/${V0}`, /^Not the key of a name: /],
    [`/ipns/${KEY}/etc/motd`, /leave out "\/etc\/motd"/],
    [PEER_ID, /^Not a CID: /],
    [CID.createV1(0x72, CID.parse(V1).multihash).toString(), /only Ed25519 keys/],
    [
      `/ipns/${CID.createV1(0x72, identity.digest(Uint8Array.of(8, 1, 18, 32, 1))).toString()}`,
      /^Not the key of a name/,
    ],
    ["https://example.org/", /^No CID in the address/],
    ["http://", /^Not a readable address/],
    ["bafkreifjjcie6lypi6ny7amxnfftagclbuxndqonfipmb64f2km2devei4", /single file/],
    [CID.createV1(0x71, identity.digest(new Uint8Array())).toString(), /codec 0x71/],
    [CID.createV1(0x70, identity.digest(new Uint8Array())).toString(), /of kind 0x0/],
  ];
  for (const [text, reason] of cases) {
    test(JSON.stringify(text), () => {
      const name = parseImageName(text);
      expect(name.type).toBe("unreadable");
      expect(name.type === "unreadable" && name.reason).toMatch(reason);
    });
  }

  test("long input, without repeating all of it", () => {
    const name = parseImageName("x".repeat(10_000));
    expect(name.type === "unreadable" && name.reason.length).toBeLessThan(200);
  });
});

test("parseImageName() takes little for a long text of blanks, or of letters of a CID", () => {
  const start = performance.now();
  for (const text of [" ", "%20", "z"].map((part) => part.repeat(40_000))) {
    for (const before of ["", "a", "k", "/ipfs/a", "/ipns/", "https://a.example/#/ipfs/"]) {
      expect(parseImageName(`${before}${text}a`).type).toBe("unreadable");
    }
  }
  // Takes half a minute and more if each blank is tried as the start of a run.
  expect(performance.now() - start).toBeLessThan(3_000);
});
