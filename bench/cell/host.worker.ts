/** Entry of the worker that starts cells, as the kernel's worker does. */
import { expose } from "comlink";
import { createHost } from "./host.ts";

expose(createHost());
