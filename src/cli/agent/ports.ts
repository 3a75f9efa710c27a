/** Ports of sandboxes: what their processes serve, at an origin of its own, `http://<port>-<id>.localhost:<port of agents>/`. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex as NodeStream } from "node:stream";
import { toMessage } from "#base";
import { cast } from "#capnp";
import { HttpHandler } from "#schema";
import { answerByHandler, upgradeByHandler } from "../http-handler.ts";
import { isOfOthers, refuseSocket } from "../preview-request.ts";
import { AGENT_PORT } from "./agent-port.ts";
import type { Entry, Registry } from "./registry.ts";

export interface PortFront {
  /** Answers a request for a port of a sandbox; `false` for any other request. */
  answer(request: IncomingMessage, response: ServerResponse): boolean;
  /** The same for a request for an upgrade. */
  upgrade(request: IncomingMessage, socket: NodeStream, head: Buffer): boolean;
}

interface Meant {
  readonly id: string;
  readonly port: number;
}

interface Refusal {
  readonly status: number;
  readonly message: string;
}

/** Requests of one sandbox in flight. */
const OPEN_LIMIT = 256;
const LAST_PORT = 65_535;

export function createPortFront(registry: Registry): PortFront {
  const open = new WeakMap<Entry, number>();
  const count = (entry: Entry, change: number): void => {
    open.set(entry, (open.get(entry) ?? 0) + change);
  };
  const find = (request: IncomingMessage, { id }: Meant): Entry | Refusal => {
    const entry = registry.find(id);
    if (entry === undefined) return { status: 502, message: registry.describeMissing(id) };
    if (isOfOthers(request))
      return { status: 403, message: "ports are not shown to pages of other sites" };
    if ((open.get(entry) ?? 0) < OPEN_LIMIT) return entry;
    return { status: 503, message: "too many requests are under way" };
  };
  /** Never rejects. */
  const pass = async (
    entry: Entry,
    port: number,
    answer: (handler: HttpHandler) => Promise<void>,
    refuse: (refusal: Refusal) => void,
  ): Promise<void> => {
    count(entry, 1);
    try {
      using opened = await entry.running.sandbox.port(port);
      using handler = cast(opened.handler, HttpHandler);
      await answer(handler);
    } catch (reason) {
      refuse({ status: 502, message: toMessage(reason) });
    } finally {
      count(entry, -1);
    }
  };
  return {
    answer(request, response) {
      const meant = readMeant(request);
      if (meant === undefined) return false;
      const refuse = ({ status, message }: Refusal): void => {
        if (response.headersSent) return void response.destroy();
        const headers = { "content-type": "application/json", "x-content-type-options": "nosniff" };
        response.writeHead(status, headers);
        response.end(
          JSON.stringify({ code: status, message, sandboxId: meant.id, port: meant.port }),
        );
      };
      const found = find(request, meant);
      if ("status" in found) refuse(found);
      else {
        void pass(
          found,
          meant.port,
          (handler) => answerByHandler(handler, request, response),
          refuse,
        );
      }
      return true;
    },
    upgrade(request, socket, head) {
      const meant = readMeant(request);
      if (meant === undefined) return false;
      socket.on("error", () => undefined);
      const refuse = ({ status }: Refusal): void => refuseSocket(socket, status);
      const found = find(request, meant);
      if ("status" in found) refuse(found);
      else {
        void pass(
          found,
          meant.port,
          (handler) => upgradeByHandler(handler, request, socket, head),
          refuse,
        );
      }
      return true;
    },
  };
}

function readMeant({ headers: { host = "" } }: IncomingMessage): Meant | undefined {
  const [, digits, id] = /^(\d{1,5})-([a-z0-9-]+)\.localhost(?::\d+)?$/i.exec(host) ?? [];
  const port = Number(digits);
  if (id === undefined || port === AGENT_PORT || port < 1 || port > LAST_PORT) return undefined;
  return { id: id.toLowerCase(), port };
}
