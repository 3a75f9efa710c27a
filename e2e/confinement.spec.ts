/** What a script in the worker of a cell reaches on the built page, with its content security policy. */
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright/test";
import { startLocalNode } from "#cli";
import { copyDist } from "./dist-copy.ts";
import { expect, STARTERS, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";

for (const [starter, context] of STARTERS) {
  test.describe(`in a worker that the ${starter} has started`, () => {
    test.use(context);
    test("code beside a cell can ask nobody for anything", ({ page, world }) =>
      expectConfined(page, world.node.url, world.path("shell")));
  });
}

/** Code laid behind the script of cells tries to reach something, while the image at the path runs. */
async function expectConfined(page: Page, gateway: string, path: string): Promise<void> {
  await using dist = await copyDist();
  const options = { port: 0, images: [], distFolder: dist.folder, gateways: [gateway] };
  await using node = await startLocalNode(options);
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
  const [asset = ""] = readdirSync(`${dist.folder}/assets`).filter((name) => name.endsWith(".js"));

  const notFetched = /^Failed to fetch dynamically imported module/;
  const notThere = /is not defined/;
  const refusals: ReadonlyArray<readonly [trick: string, refusal: RegExp]> = [
    [`import("${foreign}/import")`, notFetched],
    [`import("${node.url}assets/${asset}")`, notFetched],
    [`import("data:text/javascript,export default 1")`, notFetched],
    [`import("blob:${new URL(node.url).origin}/0000-00-00-00-000000")`, notFetched],
    [`fetch("${foreign}/fetch")`, notThere],
    [`new Worker("${node.url}assets/${asset}")`, notThere],
    [`(0, eval)("1")`, notThere],
    [`WebAssembly.compileStreaming("${foreign}/wasm")`, /must be a Response/],
  ];
  const tricks = refusals.map(([trick]) => trick);
  const list = tricks.map((trick) => `async () => (${trick})`).join(",");
  // What an error says that nobody handles is how the cell ended.
  const script = `(async () => {
    const outcomes = [];
    for (const trick of [${list}]) {
      try { outcomes.push("got " + String(await trick())); } catch (error) { outcomes.push(error.message); }
    }
    setTimeout(() => { throw new Error("OUTCOMES" + outcomes.join("|")); });
  })()`;
  await dist.append("cell.worker", script);
  const visit = await openVisit(page, `${node.url}?cells=jspi`);
  // Where a guest is suspended, the event loop of its worker goes on.
  await visit.open(path);
  await expect(visit.status).toHaveText(/OUTCOMES/);
  const [, told = ""] = ((await visit.status.textContent()) ?? "").split("OUTCOMES");
  expect(told.split("|")).toEqual(refusals.map(([, refusal]) => expect.stringMatching(refusal)));
  expect(asked).toEqual([]);
  // Whoever may ask, is heard.
  await fetch(`${foreign}/heard`);
  expect(asked).toEqual(["/heard"]);
}
