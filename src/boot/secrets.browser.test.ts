import { openDB } from "idb";
import { expect, test } from "vitest";
import { SecretText } from "#http";
import { openSecretStore } from "./secrets.ts";

const VALUE = "hidden-0123456789";
const newName = (): string => `secrets-${crypto.randomUUID()}`;

test("openSecretStore() keeps secrets by name for the next time it is opened", async () => {
  const name = newName();
  {
    using store = await openSecretStore(name);
    expect(await store.list()).toEqual([]);
    expect(await store.get("token")).toBeUndefined();
    await store.put("token", new SecretText("first"));
    await store.put("token", new SecretText(VALUE));
    await store.put("another", new SecretText("ä"));
  }
  using store = await openSecretStore(name);
  expect(await store.list()).toEqual(["another", "token"]);
  expect((await store.get("token"))?.reveal()).toBe(VALUE);
  expect((await store.get("another"))?.reveal()).toBe("ä");
  await store.delete("token");
  expect(await store.list()).toEqual(["another"]);
  expect(await store.get("token")).toBeUndefined();
});

test("openSecretStore() has no plaintext in its database, and a key that no script can export", async () => {
  const name = newName();
  using store = await openSecretStore(name);
  await store.put("token", new SecretText(VALUE));
  await store.put("again", new SecretText(VALUE));
  const database = await openDB(name);
  const dump = new Map<string, unknown[]>();
  for (const each of database.objectStoreNames) dump.set(each, await database.getAll(each));
  database.close();
  const sealed = dump.get("secrets") as { nonce: Uint8Array; bytes: ArrayBuffer }[];
  expect(sealed).toHaveLength(2);
  const texts = sealed.flatMap(({ nonce, bytes }) => [nonce, new Uint8Array(bytes)].map(toLatin));
  for (const text of texts) expect(text).not.toContain(VALUE.slice(0, 4));
  // The same secret has a different ciphertext each time.
  expect(new Set(texts).size).toBe(4);
  const [key] = dump.get("keys") as CryptoKey[];
  expect(key?.extractable).toBe(false);
  for (const format of ["raw", "jwk"] as const) {
    await expect(crypto.subtle.exportKey(format as "raw", key as CryptoKey)).rejects.toThrow(
      /extractable/,
    );
  }
});

test("openSecretStore() shows no value by accident", async () => {
  using store = await openSecretStore(newName());
  await store.put("token", new SecretText(VALUE));
  const secret = await store.get("token");
  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    JSON.stringify(structuredClone(secret)),
  ];
  expect(shown.join()).not.toContain("hidden");
  const long = new SecretText(VALUE.repeat(10_000));
  const failure: unknown = await store.put("long", long).catch((reason: unknown) => reason);
  expect(failure).toEqual(new RangeError('Secret "long" is longer than 65536 bytes'));
  await expect(store.put("", new SecretText("x"))).rejects.toThrow(
    "The name of a secret has 1 to 100 characters",
  );
});

test("openSecretStore() says in one sentence that its key is lost, and takes secrets again", async () => {
  const name = newName();
  using store = await openSecretStore(name);
  await store.put("token", new SecretText(VALUE));
  const database = await openDB(name);
  await database.clear("keys");
  database.close();
  await expect(store.get("token")).rejects.toMatchObject({
    kind: "failed",
    message:
      'Cannot read secret "token": the browser has lost the key of this page; enter it again',
  });
  expect(await store.list()).toEqual(["token"]);
  await store.put("token", new SecretText("new"));
  expect((await store.get("token"))?.reveal()).toBe("new");
});

test("openSecretStore() refuses a secret that was altered, or moved to another name", async () => {
  const name = newName();
  using store = await openSecretStore(name);
  await store.put("token", new SecretText(VALUE));
  const database = await openDB(name);
  const sealed = (await database.get("secrets", "token")) as { bytes: ArrayBuffer };
  await database.put("secrets", sealed, "moved");
  const bytes = new Uint8Array(sealed.bytes).map((byte, at) => (at === 0 ? byte ^ 1 : byte));
  await database.put("secrets", { ...sealed, bytes: bytes.buffer }, "token");
  database.close();
  for (const label of ["moved", "token"]) {
    await expect(store.get(label)).rejects.toThrow(
      `Cannot read secret "${label}": its stored data was altered; enter it again`,
    );
  }
});

test("openSecretStore() has one key, also when two tabs store their first secrets at once", async () => {
  const name = newName();
  using mine = await openSecretStore(name);
  using theirs = await openSecretStore(name);
  await Promise.all([
    mine.put("mine", new SecretText("a")),
    theirs.put("theirs", new SecretText("b")),
  ]);
  expect((await mine.get("theirs"))?.reveal()).toBe("b");
  expect((await theirs.get("mine"))?.reveal()).toBe("a");
});

function toLatin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
