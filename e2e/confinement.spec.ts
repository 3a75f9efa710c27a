/** What a script in the worker of a cell reaches on the built page, with its content security policy. */
import { readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright/test";
import { DIST_FOLDER, expect, test } from "./fixtures.ts";

/** Lays a script behind the one that workers of cells are started from. */
async function addToCells(page: Page, script: string): Promise<void> {
  await page.route("**/cell.worker-*.js", async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, body: `${await response.text()}\n${script}` });
  });
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
  const [asset = ""] = readdirSync(`${DIST_FOLDER}/assets`).filter((name) => name.endsWith(".js"));

  const notFetched = /^Failed to fetch dynamically imported module/;
  const notThere = /is not defined/;
  const refusals: ReadonlyArray<readonly [trick: string, refusal: RegExp]> = [
    [`import("${foreign}/import")`, notFetched],
    [`import("${world.node.url}assets/${asset}")`, notFetched],
    [`import("data:text/javascript,export default 1")`, notFetched],
    [`import("blob:${new URL(world.node.url).origin}/0000-00-00-00-000000")`, notFetched],
    [`fetch("${foreign}/fetch")`, notThere],
    [`new Worker("${world.node.url}assets/${asset}")`, notThere],
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
  await addToCells(visit.page, script);
  // Where a guest is suspended, the event loop of its worker goes on.
  await visit.page.goto(`${world.node.url}?cells=jspi#${world.path("shell")}`);
  await expect(visit.status).toHaveText(/OUTCOMES/);
  const [, told = ""] = ((await visit.status.textContent()) ?? "").split("OUTCOMES");
  expect(told.split("|")).toEqual(refusals.map(([, refusal]) => expect.stringMatching(refusal)));
  expect(asked).toEqual([]);
  // Whoever may ask, is heard.
  await fetch(`${foreign}/heard`);
  expect(asked).toEqual(["/heard"]);
});
