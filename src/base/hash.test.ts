import { expect, test } from "vitest";
import { encodeText } from "./bytes.ts";
import { canCheckHash, loadMatcher, matchesHash, sha256 } from "./hash.ts";

const hello = encodeText("hello world\n");
const none = new Uint8Array(0);

/** From sha256sum, sha512sum and b2sum of GNU coreutils; for BLAKE3, its published vector for no bytes. */
const DIGESTS: readonly (readonly [name: string, code: number, bytes: Uint8Array, hex: string])[] =
  [
    ["SHA-256", 0x12, hello, "a948904f2f0f479b8f8197694b30184b0d2ed1c1cd2a1ec0fb85d299a192a447"],
    [
      "SHA-512",
      0x13,
      hello,
      "db3974a97f2407b7cae1ae637c0030687a11913274d578492558e39c16c017de84eacdc8c62fe34ee4e12b4b1428817f09b6a2760c3f8a664ceae94d2434a593",
    ],
    [
      "BLAKE2b-256",
      0xb220,
      hello,
      "c71b05fd1d1c7bf7e928ff18e58db5193e9316416cc26ba9cc9094da80d7011e",
    ],
    [
      "BLAKE2b-512",
      0xb240,
      hello,
      "fec91c70284c72d0d4e3684788a90de9338a5b2f47f01fedbe203cafd68708718ae5672d10eca804a8121904047d40d1d6cf11e7a76419357a9469af41f22d01",
    ],
    ["BLAKE3", 0x1e, none, "af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"],
    ["the bytes themselves", 0x00, hello, "68656c6c6f20776f726c640a"],
  ];

for (const [name, code, bytes, hex] of DIGESTS) {
  test(`matchesHash() checks ${name}`, async () => {
    const digest = fromHex(hex);
    expect(canCheckHash({ code, digest })).toBe(true);
    expect(await matchesHash({ code, digest }, bytes)).toBe(true);
    expect(await matchesHash({ code, digest }, encodeText("hello"))).toBe(false);
  });
}

test("matchesHash() believes no hash that it does not know, nor one that is cut short", async () => {
  const digest = fromHex(DIGESTS[0]![3]);
  for (const multihash of [
    { code: 0x11, digest },
    { code: 0xb220, digest: digest.subarray(0, 16) },
    { code: 0x12, digest: digest.subarray(0, 8) },
  ]) {
    expect(canCheckHash(multihash)).toBe(false);
    expect(await matchesHash(multihash, hello)).toBe(false);
  }
});

test("loadMatcher() tells as matchesHash() does, of short blocks at once", async () => {
  const matches = await loadMatcher();
  for (const [, code, bytes, hex] of DIGESTS) {
    const digest = fromHex(hex);
    expect(await matches({ code, digest }, bytes)).toBe(true);
    expect(await matches({ code, digest }, encodeText("hello"))).toBe(false);
  }
  const digest = fromHex(DIGESTS[0]![3]);
  expect(matches({ code: 0x12, digest }, hello)).toBe(true);
  expect(await matches({ code: 0x12, digest: digest.subarray(0, 8) }, hello)).toBe(false);
  for (const length of [4095, 4096, 4097, 10_000]) {
    const bytes = new Uint8Array(length).fill(7);
    expect(await matches({ code: 0x12, digest: await sha256(bytes) }, bytes)).toBe(true);
  }
});

function fromHex(hex: string): Uint8Array {
  return Uint8Array.from({ length: hex.length / 2 }, (_, at) =>
    Number.parseInt(hex.slice(2 * at, 2 * at + 2), 16),
  );
}
