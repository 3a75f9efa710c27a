import { expect, test } from "vitest";
import { isPublicAddress } from "./public-address.ts";

test.each(["1.1.1.1", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001:82a::200e"])(
  "isPublicAddress() takes %s",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test.each([
  "127.0.0.1",
  "127.255.255.254",
  "0.0.0.0",
  "0.1.2.3",
  "10.0.0.1",
  "172.16.0.1",
  "172.31.255.255",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "192.0.0.1",
  "192.0.2.1",
  "198.18.0.1",
  "198.51.100.1",
  "203.0.113.1",
  "224.0.0.1",
  "240.0.0.1",
  "255.255.255.255",
  "::",
  "::1",
  "::127.0.0.1",
  "::ffff:127.0.0.1",
  "::ffff:7f00:1",
  "::ffff:0:7f00:1",
  "64:ff9b::7f00:1",
  "64:ff9b:1::7f00:1",
  "100::1",
  "fc00::1",
  "fd12:3456::1",
  "fe80::1",
  "fe80::1%eth0",
  "fec0::1",
  "ff02::1",
  "2001::1",
  "2001:db8::1",
  "2002:7f00:1::",
  "4000::1",
  "",
  "localhost",
  "127.1",
])("isPublicAddress() refuses %j", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test("isPublicAddress() does not take the neighbours of this computer for the public", () => {
  const own = ["2a02:1:2:3::9/64", "198.20.1.5/24"];
  for (const address of ["2a02:1:2:3::1", "2a02:1:2:3::9", "198.20.1.77"]) {
    expect(isPublicAddress(address)).toBe(true);
    expect(isPublicAddress(address, own)).toBe(false);
  }
  expect(isPublicAddress("2a02:1:2:4::1", own)).toBe(true);
  expect(isPublicAddress("198.20.2.77", own)).toBe(true);
});
