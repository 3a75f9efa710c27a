/** The page: asks a warm cell that answers HTTP requests, and beside it a worker that does so over a port. */
import { wrap } from "comlink";
import { decodeText, encodeText } from "#base";
import { serve } from "#capnp";
import { readContent } from "#caps";
import type { StartedKernel } from "#kernel";
import { HttpHandler, PreviewVisitor } from "#schema";
import type { HttpHandlerServer } from "#schema";
import { createContentLoad } from "../../src/boot/content.ts";
import { createImages } from "../../src/boot/images.ts";
import { createNodeDoor } from "../../src/boot/node-door.ts";
import cellScript from "../../src/workers/cell.worker.ts?script-address";
import type { Host } from "../cell/host.ts";
import { race, raceTimes, timed, toRow, toRowAtMost } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { startSampleKernel } from "../sample-kernel.ts";
import type { PlainRequest } from "./answers.worker.ts";

const TEXT = "Hello from C\n";
const resolve = (): Promise<never> => Promise.reject(new Error("No name is resolved"));

/** The image that serves by `wasi:http`, and the one that does by CGI. */
let paths: readonly string[] = [];

async function startKernel(): Promise<StartedKernel> {
  const response = await fetch("/config.json");
  const config = (await response.json()) as { readonly images: readonly { path: string }[] };
  paths = config.images.map(({ path }) => path);
  const content = createContentLoad({
    config: async () => ({ routers: [], gateways: [`${location.origin}/`], stallMs: undefined }),
    wallMs: () => Date.now(),
    fetch: (url, init) => fetch(url, init),
  });
  return startSampleKernel(createImages({ content, resolve, isSecure: true }));
}

async function measure(timing: Timing): Promise<Row[]> {
  using kernel = await startKernel();
  using booted = kernel.owner.boot({ layers: [paths[0] ?? ""] });
  using found = booted.run.handler("program");
  const plain = openPlainWorker();
  const rows: Row[] = [];
  for (const inFlight of [1, 4]) {
    const rates = await race(
      { cell: () => ask(found.handler), plain: () => plain() },
      inFlight,
      timing,
    );
    const measured = `requests to a warm wasi:http cell, ${inFlight} at a time, per s`;
    rows.push(
      toRow(measured, rates.cell, rates.plain, "worker over a port", inFlight === 1 ? 0.4 : 0),
    );
  }
  await booted.run.stop("Measured");
  rows.push(await measureCgi(kernel, timing));
  return rows;
}

/** A process for each request, beside starting a cell of the same kind by a waiting worker. */
async function measureCgi(kernel: StartedKernel, { turns }: Timing): Promise<Row> {
  const worker = new Worker(new URL("../cell/host.worker.ts", import.meta.url), { type: "module" });
  worker.postMessage(cellScript);
  const host = wrap<Host>(worker);
  await host.prepare();
  using booted = kernel.owner.boot({
    layers: [paths[1] ?? ""],
    args: ["serve", "bin/cgi.wasm"],
  });
  using stdout = booted.run.stdout();
  // It says so once it listens.
  await stdout.stream.read(1);
  using found = booted.run.handler("/cgi");
  const times = await raceTimes(
    {
      cgi: () => timed(() => ask(found.handler, "/cgi", "Hello\n")),
      start: () => host.timePooledCell("shared-memory"),
    },
    turns * 6,
  );
  await booted.run.stop("Measured");
  worker.terminate();
  return toRowAtMost("CGI request, ms", times.cgi, times.start, "pooled start of a cell", 1.5);
}

/** What is not held any more is released. */
const held: unknown[] = [];

/** Shows a cell at the local node, and a function of this thread that answers the same, until the page is closed. */
async function openPreviews(): Promise<Record<"cell" | "plain", string>> {
  const kernel = await startKernel();
  const { run } = kernel.owner.boot({ layers: [paths[0] ?? ""] });
  held.push(kernel, run);
  const response = await fetch("/config.json");
  const { previews } = (await response.json()) as { readonly previews: string };
  const address = new URL(previews, location.href).href.replace(/^http/, "ws");
  const node = createNodeDoor({ address, openSocket: (url) => new WebSocket(url) });
  const { door } = await node.open();
  const show = async (name: string, handler: HttpHandler): Promise<string> => {
    const visitor = serve(PreviewVisitor, { came: () => undefined });
    const { preview } = await door.open(name, handler, visitor);
    held.push(handler, preview);
    return (await preview.url()).url;
  };
  const content = encodeText(TEXT);
  const plain: HttpHandlerServer = {
    handle: () => ({ response: { status: 200, content } }),
    upgrade: () => ({ response: { status: 501 }, outgoing: null }),
  };
  const cell = await show("cell", run.handler("program").handler);
  return { cell, plain: await show("plain", serve(HttpHandler, plain)) };
}

async function ask(handler: HttpHandler, path = "/", expected = TEXT): Promise<void> {
  using results = await handler.handle({
    method: "GET",
    path,
    authority: "cell.localhost",
    scheme: "http",
  });
  const { response } = results;
  let text = "";
  for await (const piece of readContent(response)) text += decodeText(piece);
  if (response.status !== 200 || text !== expected) {
    throw new Error(`Cell answered ${response.status}: ${text}`);
  }
}

function openPlainWorker(): () => Promise<void> {
  const worker = new Worker(new URL("answers.worker.ts", import.meta.url), { type: "module" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(port2, [port2]);
  const waiting = new Map<number, (body: Uint8Array) => void>();
  let next = 0;
  port1.onmessage = ({ data }: MessageEvent<{ id: number; body: Uint8Array }>) => {
    waiting.get(data.id)?.(data.body);
    waiting.delete(data.id);
  };
  return async () => {
    const { promise, resolve } = Promise.withResolvers<Uint8Array>();
    const id = next++;
    waiting.set(id, resolve);
    port1.postMessage({ id, method: "GET", path: "/" } satisfies PlainRequest);
    if (decodeText(await promise) !== TEXT) throw new Error("Worker answered something else");
  };
}

Object.assign(globalThis, { measure, openPreviews });
