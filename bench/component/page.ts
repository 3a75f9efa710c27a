/** The page: measures the linker beside jco and the platform, in a worker. */
import { wrap } from "comlink";
import type { Row, Timing } from "../measure.ts";
import type { Size } from "./contest.ts";
import type { Measuring } from "./measure.worker.ts";
import { SIZES } from "./sizes.ts";

async function measure(timing: Timing): Promise<Row[]> {
  const measuring = wrap<Measuring>(
    new Worker(new URL("measure.worker.ts", import.meta.url), { type: "module" }),
  );
  const sizes: Size[] = [];
  for (const [file, size] of Object.entries(SIZES)) {
    sizes.push({ ...size, component: await fetchBytes(`/guests/${file}.wasm`) });
  }
  return [
    ...(await measuring.starts(sizes, timing.turns)),
    ...(await measuring.calls(await fetchBytes("/guests/host-calls.wasm"), timing)),
  ];
}

async function fetchBytes(path: string): Promise<Uint8Array> {
  return new Uint8Array(await (await fetch(path)).arrayBuffer());
}

Object.assign(globalThis, { measure });
