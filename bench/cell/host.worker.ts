/** Entry of the worker that starts cells and their workers, as the kernel's worker does. */
import { expose } from "comlink";
import { createHost } from "./host.ts";

addEventListener(
  "message",
  ({ data }: MessageEvent<string>) =>
    expose(createHost(() => new Worker(data, { type: "module" }))),
  { once: true },
);
