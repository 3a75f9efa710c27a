import { print } from "@bytecodealliance/jco-transpile/wasm-tools";
import { expect, test } from "vitest";
import { OFFER } from "./generated/offer.ts";
import { createIdleWasi } from "./idle-wasi.ts";
import { Uninhabited } from "./uninhabited.ts";

/** Members of classes for the host only, which no component can call. */
const OWN = new Set([
  // The `Awaited` of a pollable, for `poll`.
  "wasi:io/poll [static]pollable.awaited",
]);

type Class = { readonly prototype: object } & Record<string, unknown>;

test("OFFER has what createWasi() gives, and nothing else", async () => {
  const offered = await readOffer();
  const given = new Map(
    Object.entries(createIdleWasi().imports).map(([name, members]) => {
      const callable = Object.entries(members).flatMap(([member, value]) =>
        isClass(member, value) ? listClass(member, value) : [toWit(member)],
      );
      return [name, callable.filter((callee) => !OWN.has(`${name} ${callee}`))];
    }),
  );
  expect([...offered.keys()].toSorted()).toEqual([...given.keys()].toSorted());
  for (const [name, callees] of offered) {
    const needed = callees.filter((callee) => !isOutOfReach(name, callee));
    expect([name, given.get(name)?.toSorted()]).toEqual([name, needed.toSorted()]);
  }
});

/**
 * Whether no component can call it: a function of a resource without instances. Nothing makes a socket, so those classes
 * are `Uninhabited`. Constructors count, too, since every class has one.
 */
function isOutOfReach(name: string, callee: string): boolean {
  const resource = /^\[(?:method|static|constructor)\]([^.]+)/.exec(callee)?.[1];
  if (resource === undefined) return false;
  if (callee.startsWith("[constructor]")) return true;
  const found = Object.entries(createIdleWasi().imports[name] ?? {}).find(
    ([member]) => toWit(member) === resource && /^[A-Z]/.test(member),
  );
  return found?.[1] === Uninhabited;
}

/** Functions and resources by interface, in the words of WIT and without versions. */
async function readOffer(): Promise<Map<string, string[]>> {
  const lines = (await print(Uint8Array.from(atob(OFFER), (byte) => byte.charCodeAt(0)))).split(
    "\n",
  );
  const offered = new Map<string, string[]>();
  let callees: string[] = [];
  for (const line of lines) {
    const [, callee] =
      /^ {6}\(export \(;\d+;\) "([^"]+)" \((?:func|type \(sub resource\))/.exec(line) ?? [];
    if (callee !== undefined) callees.push(callee);
    const [, name] = /^ {2}\(import "([^"@]+)@[^"]+" \(instance/.exec(line) ?? [];
    if (name === undefined) continue;
    offered.set(name, callees);
    callees = [];
  }
  return offered;
}

function isClass(member: string, value: unknown): value is Class {
  return typeof value === "function" && /^[A-Z]/.test(member);
}

/** A resource, and the functions that its class has. */
function listClass(member: string, found: Class): string[] {
  const name = toWit(member);
  const methods = Object.getOwnPropertyNames(found.prototype).filter(
    (method) => method !== "constructor",
  );
  const statics = Object.getOwnPropertyNames(found).filter(
    (property) => typeof found[property] === "function" && property !== "prototype",
  );
  return [
    name,
    ...methods.map((method) => `[method]${name}.${toWit(method)}`),
    ...statics.map((method) => `[static]${name}.${toWit(method)}`),
  ];
}

/** `getRandomU64` is `get-random-u64`, and `TcpSocket` is `tcp-socket`. */
function toWit(name: string): string {
  return name.replace(/(?<!^)[A-Z]/g, "-$&").toLowerCase();
}
