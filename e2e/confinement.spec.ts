/** What code in the worker of a cell reaches on the built page, with its content security policy. */
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { DIST_FOLDER, expect, test } from "./fixtures.ts";

/** The artefacts that the page has stored, their glue replaced by one that runs the function body; their hashes are right. */
async function replaceGlue(body: string): Promise<number> {
  const glue = new TextEncoder().encode(`export async function instantiate(getCoreModule, imports) {
    const out = imports["wasi:cli/stdout"].getStdout();
    const print = (text) => out.blockingWriteAndFlush(new TextEncoder().encode(text + "\\n"));
    return { "wasi:cli/run@0.2.0": { async run() { ${body} } } };
  }`);
  const text = JSON.stringify({ glueBytes: glue.length, cores: [], imports: [] });
  const header = new TextEncoder().encode(text);
  const rest = new Uint8Array(4 + header.length + glue.length);
  new DataView(rest.buffer).setUint32(0, header.length, true);
  rest.set(header, 4);
  rest.set(glue, 4 + header.length);
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", rest));
  const entry = new Uint8Array(32 + rest.length);
  entry.set(hash);
  entry.set(rest, 32);
  const cache = await caches.open("artefacts");
  const keys = (await cache.keys()).filter(({ url }) =>
    new URL(url).pathname.startsWith("/artefacts/"),
  );
  for (const key of keys) await cache.put(key, new Response(entry));
  return keys.length;
}

test("code in the worker of a cell can ask nobody for anything", async ({ visit, world }) => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const headers = { "access-control-allow-origin": "*", "content-type": "text/javascript" };
    response.writeHead(200, headers).end("export const stolen = 1;");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  await using stack = new AsyncDisposableStack();
  stack.defer(() => void server.close());
  const foreign = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const [script = ""] = readdirSync(`${DIST_FOLDER}/assets`).filter((name) => name.endsWith(".js"));

  await visit.open();
  const order = { layers: [world.path("traps")], args: [], env: [] };
  expect((await visit.run(order)).outcome).toMatchObject({ type: "trapped" });
  const notFetched = /^Failed to fetch dynamically imported module/;
  const notThere = /is not defined$/;
  const refusals: ReadonlyArray<readonly [trick: string, refusal: RegExp]> = [
    [`import("${foreign}/import")`, notFetched],
    [`import("${world.node.url}assets/${script}")`, notFetched],
    [`import("data:text/javascript,export default 1")`, notFetched],
    [`import("blob:${new URL(world.node.url).origin}/0000-00-00-00-000000")`, notFetched],
    [`fetch("${foreign}/fetch")`, notThere],
    [`new Worker("${world.node.url}assets/${script}")`, notThere],
    [`(0, eval)("1")`, notThere],
    [`WebAssembly.compileStreaming("${foreign}/wasm")`, /must be a Response/],
  ];
  const tricks = refusals.map(([trick]) => trick);
  const list = tricks.map((trick) => `async () => (${trick})`).join(",");
  const body = `for (const trick of [${list}]) {
    let outcome;
    try { outcome = "got " + String(await trick()); } catch (error) { outcome = error.message; }
    await print(outcome);
  }`;
  expect(await visit.page.evaluate(replaceGlue, body)).toBeGreaterThan(0);
  await visit.page.reload();
  const ran = await visit.run(order);
  expect(ran.outcome).toEqual({ type: "exited", code: 0 });
  expect(ran.stdout.split("\n").slice(0, -1)).toEqual(
    refusals.map(([, refusal]) => expect.stringMatching(refusal)),
  );
  expect(asked).toEqual([]);
  // Whoever may ask, is heard.
  await fetch(`${foreign}/heard`);
  expect(asked).toEqual(["/heard"]);
});
