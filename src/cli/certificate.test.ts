import { once } from "node:events";
import { get } from "node:https";
import type { IncomingMessage } from "node:http";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { generate } from "selfsigned";
import { expect, test, vi } from "vitest";
import { WebSocket } from "ws";
import { readCertificate } from "./certificate.ts";
import { makeFolder } from "./folder.testing.ts";
import { startLocalNode } from "./local-node.ts";

vi.setConfig({ testTimeout: 30_000 });

/** A certificate for DNS names and addresses. */
const NAME = 2;
const ADDRESS = 7;

type AltName = NonNullable<
  Extract<
    NonNullable<NonNullable<Parameters<typeof generate>[1]>["extensions"]>[number],
    { readonly altNames?: unknown }
  >["altNames"]
>[number];

function make(...altNames: readonly AltName[]): Readonly<Record<"cert.pem" | "key.pem", string>> {
  const made = generate([{ name: "commonName", value: "node.example" }], {
    keySize: 2048,
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [...altNames] },
    ],
  });
  return { "cert.pem": made.cert, "key.pem": made.private };
}

const ofName = make({ type: NAME, value: "node.example" });
const ofComputer = make({ type: NAME, value: "localhost" }, { type: ADDRESS, ip: "127.0.0.1" });

test("readCertificate() finds its names, and what this computer can call the node", async () => {
  await using folder = await makeFolder(ofName);
  const [cert, key] = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")];
  expect(await readCertificate(cert, key)).toMatchObject({
    names: ["node.example"],
    localName: "node.example",
  });
  await using local = await makeFolder(ofComputer);
  expect(
    await readCertificate(join(local.path, "cert.pem"), join(local.path, "key.pem")),
  ).toMatchObject({ names: ["localhost"], localName: "127.0.0.1" });
});

test("readCertificate() says which file is of no use", async () => {
  await using folder = await makeFolder({
    ...ofName,
    "other.pem": ofComputer["key.pem"],
    "no.pem": "no",
  });
  const at = (name: string): string => join(folder.path, name);
  const read = (cert: string, key: string): Promise<unknown> => readCertificate(at(cert), at(key));
  await expect(read("none.pem", "key.pem")).rejects.toThrow(
    /^Cannot read ".*none\.pem": it does not exist$/,
  );
  await expect(read("no.pem", "key.pem")).rejects.toThrow(/^Cannot use ".*no\.pem": /);
  await expect(read("cert.pem", "no.pem")).rejects.toThrow(/^Cannot use ".*no\.pem": /);
  await expect(read("cert.pem", "other.pem")).rejects.toThrow(
    /other\.pem" is not the key of the certificate ".*cert\.pem"$/,
  );
});

test("startLocalNode() speaks HTTPS and secure WebSockets with a certificate, under its names", async () => {
  await using folder = await makeFolder(ofName);
  const [cert, key] = [join(folder.path, "cert.pem"), join(folder.path, "key.pem")];
  const certificate = await readCertificate(cert, key);
  const mesh = { listen: ["/ip4/127.0.0.1/tcp/0/tls/ws"] };
  await using node = await startLocalNode({ port: 0, images: [], certificate, mesh });
  expect(node.url).toMatch(/^https:\/\/node\.example:\d+\/$/);
  const { port, host } = new URL(node.url);
  expect(node.relay).toMatch(new RegExp(`^/dns4/node\\.example/tcp/${port}/tls/ws/p2p/`));
  const options = { ca: certificate.cert, servername: "node.example" };
  const ask = async (name: string): Promise<readonly unknown[]> => {
    const asking = get(`https://127.0.0.1:${port}/healthz`, {
      ...options,
      headers: { host: name },
    });
    const [response] = (await once(asking, "response")) as [IncomingMessage];
    return [response.statusCode, await text(response)];
  };
  expect(await ask(host)).toEqual([200, "ok\n"]);
  expect((await ask("other.example"))[0]).toBe(403);
  const origin = node.url.slice(0, -1);
  const page = new WebSocket(`wss://127.0.0.1:${port}`, { ...options, origin, headers: { host } });
  await once(page, "open");
  page.close();
  const open = node.addresses().find((address) => address.startsWith("/ip4/127.0.0.1/"));
  const openPort = /^\/ip4\/127\.0\.0\.1\/tcp\/(\d+)\/tls\/ws\/p2p\//.exec(open ?? "")?.[1];
  expect(openPort).not.toBe(port);
  const peer = new WebSocket(`wss://127.0.0.1:${openPort}`, options);
  await once(peer, "open");
  peer.close();
});
