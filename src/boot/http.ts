/** HTTP for cells of this page: clients that are bound to servers, and their worker, which the first request starts. */
import type { Waiting } from "#base";
import type { HopSender, HttpBinding, RemoteSender } from "#http";
import type { HttpClientServer } from "#schema";
import type { PageConfig } from "./config.ts";
import { createLoad } from "./load.ts";
import type { Load } from "./load.ts";

export interface PageHttp {
  /** Creates the server of an `HttpClient` with a binding. */
  createClient(binding: HttpBinding): HttpClientServer;
}

export interface HttpPowers {
  readonly config: (waiting: Waiting) => Promise<Pick<PageConfig, "forward">>;
  /** Starts the worker. */
  readonly spawn: () => Worker;
  readonly nowMs: () => number;
}

/** Enough to load the script over a slow network. */
const LIMIT_MS = 60_000;
/** Most requests of one client that are in flight at the forwarder: half of what the forwarder carries for the page. */
const FORWARDED_LIMIT = 2;

/** Creates a `Load` of the page's HTTP; nothing is loaded before the first `get`. */
export function createHttpLoad({ config, spawn, nowMs }: HttpPowers): Load<PageHttp> {
  return createLoad({
    what: "the sender of requests",
    limitMs: LIMIT_MS,
    async open(signal) {
      const [{ forward }, parts] = await Promise.all([
        config({ signal }),
        import("./http-parts.ts"),
      ]);
      const { createHttpClient, limitSender, openSender, serveHttpClient } = parts;
      let running: RemoteSender | undefined;
      /** Clients outlive a failed worker: the next request starts another one. */
      const start = (): RemoteSender => {
        const worker = spawn();
        const sender = openSender(worker, forward);
        worker.addEventListener("error", (event) => {
          event.preventDefault();
          running = undefined;
          sender[Symbol.dispose]();
          worker.terminate();
        });
        return sender;
      };
      const sender: HopSender = {
        way: forward === undefined ? "tab" : "forwarder",
        send: (hop, waiting) => (running ??= start()).send(hop, waiting),
      };
      return {
        createClient(binding) {
          // A client whose servers answer slowly must leave room for others.
          const own = forward === undefined ? sender : limitSender(sender, FORWARDED_LIMIT);
          return serveHttpClient(createHttpClient(binding, own), { nowMs });
        },
      };
    },
  });
}
