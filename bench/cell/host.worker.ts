/** Entry of the worker that starts cells, as the kernel's worker does: the page starts their workers. */
import { expose } from "comlink";
import { openRemoteWorkers } from "#cell";
import { createHost } from "./host.ts";

addEventListener(
  "message",
  ({ data }: MessageEvent<MessagePort>) => expose(createHost(openRemoteWorkers(data))),
  { once: true },
);
