/** The page's configuration: served next to the page, never part of an image. */
import { Exception } from "#base";
import type { Waiting } from "#base";
import { DHT_PROTOCOLS, hasCredential, isIceUrl, MESH_DHT, NO_CREDENTIAL, NO_ICE_URL } from "#net";
import type { DhtProtocol, IceServer } from "#net";
import type { Sample } from "#ui";

export interface PageConfig {
  /** Base addresses of trustless gateways, absolute. */
  readonly gateways: readonly string[];
  /** Multiaddrs with peer ids. */
  readonly relays: readonly string[];
  /** Sample images, with the paths of their links. */
  readonly images: readonly Sample[];
  /** How long a gateway may stall before its request is aborted. */
  readonly stallMs: number | undefined;
  /** Where requests of cells leave through the local node, absolute. */
  readonly forward: string | undefined;
  /** Where this page opens what its cells serve to the computer, absolute, of a WebSocket. */
  readonly previews: string | undefined;
  /** Whether it answers there for sandboxes of this page as well. */
  readonly sandboxes: boolean;
  /** Base addresses of servers for delegated routing, absolute, that are asked for names as well. */
  readonly routers: readonly string[];
  /** Hash tables that the page's node asks, by their protocols. */
  readonly tables: readonly DhtProtocol[];
  /** STUN and TURN servers, by which browsers find a way to each other. */
  readonly iceServers: readonly IceServer[];
  /** How long until the name of an image that runs is resolved again. */
  readonly namePollMs: number;
}

const NAME_POLL_MS = 30_000;

/**
 * Fetches the configuration from the page's server.
 *
 * @throws {Exception} `failed` when it is missing or malformed.
 */
export async function loadConfig(
  name: string,
  fetch: (url: string, init: Waiting) => Promise<Response>,
  base: string,
  { signal }: Waiting = {},
): Promise<PageConfig> {
  const url = new URL(name, base).href;
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`the answer was ${response.status}`);
    const config: unknown = await response.json();
    return {
      gateways: readList(config, "gateways").map((gateway) => new URL(gateway, base).href),
      relays: readList(config, "relays"),
      images: readImages(config),
      stallMs: readDelay(config, "stallMs"),
      forward: readOwnAddress(config, "forward", base),
      previews: readOwnAddress(config, "previews", base)?.replace(/^http/, "ws"),
      sandboxes: readField(config, "sandboxes") === true,
      routers: (readField(config, "routers") === undefined ? [] : readList(config, "routers")).map(
        (router) => new URL(router, base).href,
      ),
      tables: readTables(config),
      iceServers: readIceServers(config),
      namePollMs: readDelay(config, "namePollMs") ?? NAME_POLL_MS,
    };
  } catch (error) {
    signal?.throwIfAborted();
    throw new Exception(
      "failed",
      `Cannot read the page's configuration, "${url}"; reload the page`,
      {
        cause: error,
      },
    );
  }
}

function readList(config: unknown, name: string): readonly string[] {
  const list = readField(config, name);
  if (Array.isArray(list) && list.every((entry) => typeof entry === "string")) return list;
  throw new SyntaxError(`"${name}" is not a list of texts`);
}

function readImages(config: unknown): readonly Sample[] {
  const list = readField(config, "images") ?? [];
  if (Array.isArray(list) && list.every(isSample)) return list;
  throw new SyntaxError('"images" is not a list of names and paths');
}

function isSample(entry: unknown): entry is Sample {
  return (
    typeof readField(entry, "name") === "string" && typeof readField(entry, "path") === "string"
  );
}

function readDelay(config: unknown, name: string): number | undefined {
  const delayMs = readField(config, name);
  if (delayMs === undefined || (typeof delayMs === "number" && delayMs > 0)) return delayMs;
  throw new SyntaxError(`"${name}" is not a positive number`);
}

function readTables(config: unknown): readonly DhtProtocol[] {
  if (readField(config, "tables") === undefined) return [MESH_DHT];
  return readList(config, "tables").map((name) => {
    const known = DHT_PROTOCOLS.find((protocol) => protocol === name);
    if (known === undefined) throw new SyntaxError(`"tables" has an unknown one: "${name}"`);
    return known;
  });
}

function readIceServers(config: unknown): readonly IceServer[] {
  const list = readField(config, "iceServers") ?? [];
  if (!Array.isArray(list)) throw new SyntaxError('"iceServers" is not a list of servers');
  return list.map((entry) => {
    const urls = readList(entry, "urls");
    const wrong = urls.find((url) => !isIceUrl(url));
    if (wrong !== undefined) throw new SyntaxError(`"${wrong}" in "iceServers" ${NO_ICE_URL}`);
    const [username, credential] = [readText(entry, "username"), readText(entry, "credential")];
    const server = {
      urls,
      ...(username !== undefined && { username }),
      ...(credential !== undefined && { credential }),
    };
    if (!hasCredential(server)) throw new SyntaxError(`"${urls[0]}" ${NO_CREDENTIAL}`);
    return server;
  });
}

function readText(config: unknown, name: string): string | undefined {
  const text = readField(config, name);
  if (text === undefined || typeof text === "string") return text;
  throw new SyntaxError(`"${name}" is not a text`);
}

/** On the page's own server only: what is sent there holds the owner's secrets, or what an image serves. */
function readOwnAddress(config: unknown, name: string, base: string): string | undefined {
  const address = readField(config, name);
  if (address === undefined) return undefined;
  if (typeof address === "string") {
    const url = new URL(address, base);
    if (url.origin === new URL(base).origin) return url.href;
  }
  throw new SyntaxError(`"${name}" is no address of this server`);
}

function readField(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null)?.[name];
}
