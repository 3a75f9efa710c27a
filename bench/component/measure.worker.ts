/** Measures in a worker of the browser: only there may large modules be instantiated at once. */
import { transpile } from "@bytecodealliance/jco/component";
import { expose } from "comlink";
import type { Row, Timing } from "../measure.ts";
import { measureCalls, measureStarts } from "./contest.ts";
import type { Place, Size } from "./contest.ts";
import { toTranspiled, TRANSPILE_OPTIONS } from "./jco.ts";

const place: Place = {
  name: "Chromium",
  transpile: async (component) => toTranspiled(await transpile(component, TRANSPILE_OPTIONS)),
  async importText(text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/javascript" }));
    return import(/* @vite-ignore */ address);
  },
};

export interface Measuring {
  starts(sizes: readonly Size[], rounds: number): Promise<Row[]>;
  calls(component: Uint8Array, timing: Timing): Promise<Row[]>;
}

expose({
  starts: (sizes, rounds) => measureStarts(place, sizes, rounds),
  calls: (component, timing) => measureCalls(place, component, timing),
} satisfies Measuring);
