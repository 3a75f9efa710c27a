/** Requests from this computer to what a tab serves: a cell, and beside it a function of the tab. */
import { Agent, request } from "node:http";
import { text } from "node:stream/consumers";
import { chromium } from "playwright";
import { chromiumLaunch } from "../../src/cli/chromium.ts";
import { startLocalNode } from "../../src/cli/index.ts";
import { race, toRow } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";

interface Scope {
  openPreviews(): Promise<{ readonly cell: string; readonly plain: string }>;
}

/** @param distFolder has the bench's own page */
export async function measurePreviews(
  distFolder: string,
  image: string,
  timing: Timing,
): Promise<Row> {
  await using node = await startLocalNode({ port: 0, images: [image], distFolder });
  const browser = await chromium.launch(chromiumLaunch());
  const agent = new Agent({ keepAlive: true });
  try {
    const tab = await browser.newPage();
    await tab.goto(node.url);
    const { cell, plain } = await tab.evaluate(() =>
      (globalThis as unknown as Scope).openPreviews(),
    );
    const ask = (url: string) => (): Promise<void> => get(new URL(url), agent);
    const rates = await race({ cell: ask(cell), plain: ask(plain) }, 1, timing);
    const measured = "requests through the local node to a cell, per s";
    return toRow(measured, rates.cell, rates.plain, "function of the tab", 0.6);
  } finally {
    agent.destroy();
    await browser.close();
  }
}

/** Node's resolver knows no names below localhost. */
async function get({ host, hostname, port, pathname: path }: URL, agent: Agent): Promise<void> {
  if (!hostname.endsWith(".localhost")) throw new Error(`No preview is at "${host}"`);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const options = { host: "127.0.0.1", port, path, headers: { host }, agent };
  const sent = request(options, (response) => {
    void text(response).then((body) => {
      if (response.statusCode === 200 && body === "Hello from C\n") resolve();
      else reject(new Error(`Preview answered ${response.statusCode}: ${body}`));
    }, reject);
  });
  sent.on("error", reject);
  sent.end();
  return promise;
}
