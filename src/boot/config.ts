/** The page's configuration, which is served next to the page and never part of an image. */
import { Exception } from "#base";
import type { Waiting } from "#base";
import { DHT_PROTOCOLS, hasCredential, isIceUrl, MESH_DHT, NO_CREDENTIAL, NO_ICE_URL } from "#net";
import type { DhtProtocol, IceServer } from "#net";
import type { Sample } from "#ui";

export interface PageConfig {
  /** Absolute base URLs of trustless gateways. */
  readonly gateways: readonly string[];
  /** Multiaddrs with peer ids. */
  readonly relays: readonly string[];
  /** Sample images that can be opened, with the paths of their links. */
  readonly images: readonly Sample[];
  /** Time without progress, in milliseconds, after which a request to a gateway is aborted. */
  readonly stallMs: number | undefined;
  /** Absolute URL of the local node's forwarder for requests of cells. */
  readonly forward: string | undefined;
  /** Absolute URL of the WebSocket through which this page opens previews of its cells. */
  readonly previews: string | undefined;
  /** Whether the local node accepts offers of this page's sandboxes there too. */
  readonly sandboxes: boolean;
  /** Absolute base URLs of delegated routing servers, which are asked for names too. */
  readonly routers: readonly string[];
  /** Protocols of the hash tables that the page's node queries. */
  readonly tables: readonly DhtProtocol[];
  /** STUN and TURN servers, which help browsers to connect directly. */
  readonly iceServers: readonly IceServer[];
  /** Interval at which the name of a running image is resolved again. */
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
  if (Array.isArray(list) && list.every(isSample)) {
    return list.filter((image) => readField(image, "isLayer") !== true);
  }
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
    if (known === undefined) throw new SyntaxError(`"tables" has an unknown protocol: "${name}"`);
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

/** Reads a URL that must be on the page's own server, since the owner's secrets and images' content are sent there. */
function readOwnAddress(config: unknown, name: string, base: string): string | undefined {
  const address = readField(config, name);
  if (address === undefined) return undefined;
  if (typeof address === "string") {
    const url = new URL(address, base);
    if (url.origin === new URL(base).origin) return url.href;
  }
  throw new SyntaxError(`"${name}" is not an address of this server`);
}

function readField(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null)?.[name];
}
