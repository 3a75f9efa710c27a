/** The page: asks a warm cell that answers HTTP requests, and beside it a worker that does so over a port. */
import { decodeText } from "#base";
import { readContent } from "#caps";
import type { HttpHandler } from "#schema";
import { createContentLoad } from "../../src/boot/content.ts";
import { createImages } from "../../src/boot/images.ts";
import { race, toRow } from "../measure.ts";
import type { Row, Timing } from "../measure.ts";
import { startSampleKernel } from "../sample-kernel.ts";
import type { PlainRequest } from "./answers.worker.ts";

const TEXT = "Hello from C\n";
const resolve = (): Promise<never> => Promise.reject(new Error("No name is resolved"));

async function measure(timing: Timing): Promise<Row[]> {
  const response = await fetch("/config.json");
  const config = (await response.json()) as { readonly images: readonly { path: string }[] };
  const content = createContentLoad({
    config: async () => ({ routers: [], gateways: [`${location.origin}/`], stallMs: undefined }),
    wallMs: () => Date.now(),
    fetch: (url, init) => fetch(url, init),
  });
  using kernel = startSampleKernel(createImages({ content, resolve, isSecure: true }));
  using booted = kernel.owner.boot({ layers: [config.images[0]?.path ?? ""] });
  using found = booted.run.handler("program");
  const plain = openPlainWorker();
  const rows: Row[] = [];
  for (const inFlight of [1, 4]) {
    const rates = await race(
      { cell: () => askCell(found.handler), plain: () => plain() },
      inFlight,
      timing,
    );
    const measured = `requests to a warm wasi:http cell, ${inFlight} at a time, per s`;
    rows.push(
      toRow(measured, rates.cell, rates.plain, "worker over a port", inFlight === 1 ? 0.4 : 0),
    );
  }
  await booted.run.stop("Measured");
  return rows;
}

async function askCell(handler: HttpHandler): Promise<void> {
  using results = await handler.handle({
    method: "GET",
    path: "/",
    authority: "cell.localhost",
    scheme: "http",
  });
  const { response } = results;
  let text = "";
  for await (const piece of readContent(response)) text += decodeText(piece);
  if (response.status !== 200 || text !== TEXT) {
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

Object.assign(globalThis, { measure });
