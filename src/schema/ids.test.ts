import { describe, expect, test } from "vitest";
import * as first from "#schema";
import * as later from "#schema/later";

/** Ids that guests and peers in other languages rely on. */
const IDS = {
  Host: 0x9ea70c8c9aefb70cn,
  Executor: 0xbfa37c1e99b4a492n,
  Signer: 0xafafaf9468b6a274n,
  Membrane: 0xdb52c25106bc2c5en,
};

describe("interfaces of both generations", () => {
  test("have one id and other methods", () => {
    const membrane = first.Membrane(first.WetwareSession);
    expect({ ...idsOf(first), Membrane: membrane.id }).toMatchObject(IDS);
    expect(idsOf(later)).toMatchObject(IDS);
    expect(methodsOf(first.Executor)).toEqual(["runBytes", "echo"]);
    expect(methodsOf(later.Executor)).toEqual(["spawn", "cid"]);
    expect(methodsOf(first.Host)).toEqual(["id", "addrs", "peers", "connect", "executor"]);
    expect(methodsOf(later.Host)).toEqual(["id", "addrs", "peers", "network"]);
  });
});

test("other interfaces of the contract have its ids", () => {
  expect(idsOf(first)).toMatchObject({
    ByteStream: 0xcb8707ff6dc46ee0n,
    HttpClient: 0xf00a15d09fb8f360n,
    InitialGrants: 0xae9edc968ee787fen,
    Ipfs: 0xaf76aeff44d753dfn,
    Routing: 0xc03344a7b0a317ben,
    Process: 0x97d4030d8435f0b1n,
    StatusPoller: 0xc1464c90f23af390n,
  });
  expect(idsOf(later)).toMatchObject({
    Authority: 0xd11909df3e523d41n,
    Identity: 0xa7c200e5b4726d89n,
    OpaqueSession: 0xc11f8355d7fce6bbn,
    Runtime: 0x87384748df10173cn,
  });
});

function idsOf(door: object): Record<string, bigint> {
  const named = Object.entries(door).filter(([, type]) => typeof type === "object");
  return Object.fromEntries(named.map(([name, type]) => [name, (type as { id: bigint }).id]));
}

function methodsOf(type: {
  readonly id: bigint;
  readonly methods: ReadonlyMap<bigint, readonly { readonly name: string }[]>;
}): string[] {
  return (type.methods.get(type.id) ?? []).map(({ name }) => name);
}
