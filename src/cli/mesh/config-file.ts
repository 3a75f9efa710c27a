/** Parses the file of `ww up --config <file>`: the options of `ww up` by their names. */
import { dirname, resolve } from "node:path";
import { parseLogLevel } from "#base";
import type { LogLevel } from "#base";
import { parseForm } from "#caps";
import type { JsonValue } from "#caps";
import { hasCredential, isIceUrl, NO_CREDENTIAL, NO_ICE_URL } from "#net";
import type { IceServer } from "#net";
import { ANNOUNCE, LISTEN, PEER } from "./address-kinds.ts";
import type { AddressKind } from "./address-kinds.ts";

/** The options of `ww up` that were given, in a file or on the command line. */
export interface UpConfig {
  readonly port?: number | undefined;
  readonly image?: readonly string[] | undefined;
  readonly gateway?: readonly string[] | undefined;
  readonly router?: readonly string[] | undefined;
  readonly forward?: boolean | undefined;
  readonly state?: string | undefined;
  readonly warm?: boolean | undefined;
  /** Seconds. */
  readonly idle?: number | undefined;
  readonly listen?: readonly string[] | undefined;
  readonly announce?: readonly string[] | undefined;
  readonly peer?: readonly string[] | undefined;
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
  readonly log?: LogLevel | undefined;
  readonly sandboxes?: boolean | undefined;
  readonly "agent-port"?: number | undefined;
  /** The path of a file. */
  readonly "api-key"?: string | undefined;
  /** STUN and TURN servers for the tabs; not on the command line, since they have credentials. */
  readonly ice?: readonly IceServer[] | undefined;
}

const KEYS = [
  "port",
  "image",
  "gateway",
  "router",
  "forward",
  "state",
  "warm",
  "idle",
  "listen",
  "announce",
  "peer",
  "cert",
  "key",
  "log",
  "sandboxes",
  "agent-port",
  "api-key",
  "ice",
] as const satisfies readonly (keyof UpConfig)[];

export const LAST_PORT = 65_535;

/**
 * Paths in the file are relative to its folder; options that may be repeated on the command line are lists.
 *
 * @param file the file's path
 * @throws {Exception} `failed` with file, line and key when it makes no sense.
 */
export function parseConfigFile(text: string, file: string): UpConfig {
  const fields = parseForm(text, file).fields(KEYS);
  const read = <T>(key: (typeof KEYS)[number], toValue: (value: JsonValue) => T): T | undefined => {
    const value = fields.get(key);
    return value === undefined ? undefined : toValue(value);
  };
  const toPath = (value: JsonValue): string => resolve(dirname(file), value.text());
  return {
    port: read("port", toPort),
    image: read("image", (value) => value.list().map(toPath)),
    gateway: read("gateway", (value) => value.list().map(toGateway)),
    router: read("router", (value) => value.list().map(toRouter)),
    forward: read("forward", (value) => value.boolean()),
    state: read("state", toPath),
    warm: read("warm", (value) => value.boolean()),
    idle: read("idle", toIdle),
    listen: read("listen", (value) => toAddresses(value, LISTEN)),
    announce: read("announce", (value) => toAddresses(value, ANNOUNCE)),
    peer: read("peer", (value) => toAddresses(value, PEER)),
    cert: read("cert", toPath),
    key: read("key", toPath),
    log: read("log", (value) => parseLogLevel(value.text()) ?? value.fail(NO_LEVEL)),
    sandboxes: read("sandboxes", (value) => value.boolean()),
    "agent-port": read("agent-port", toPort),
    "api-key": read("api-key", toPath),
    ice: read("ice", (value) => value.list().map(toIceServer)),
  };
}

export const NO_LEVEL = "is no level: error, warn, info or debug";
const NO_PORT: string = `is no port: a number from 0 to ${LAST_PORT}`;
/** Seconds; Node's timers take at most 2³¹ ms. */
const LONGEST_IDLE = 86_400;
export const NO_IDLE: string = `is no time: whole seconds from 1 to ${LONGEST_IDLE}`;
const NO_GATEWAY = "is no address of a gateway, such as https://gateway.example";

const NO_ROUTER = "is no address of a server for delegated routing, such as https://router.example";

export function isGateway(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

export function isIdle(seconds: number): boolean {
  return Number.isInteger(seconds) && seconds >= 1 && seconds <= LONGEST_IDLE;
}

function toIdle(value: JsonValue): number {
  const seconds = value.number();
  return isIdle(seconds) ? seconds : value.fail(NO_IDLE);
}

function toPort(value: JsonValue): number {
  const port = value.number();
  return Number.isInteger(port) && port <= LAST_PORT ? port : value.fail(NO_PORT);
}

function toGateway(value: JsonValue): string {
  const text = value.text();
  return isGateway(text) ? text : value.fail(NO_GATEWAY);
}

function toIceServer(value: JsonValue): IceServer {
  const fields = value.fields(["urls", "username", "credential"]);
  const [username, credential] = [fields.get("username")?.text(), fields.get("credential")?.text()];
  const urls = (fields.get("urls") ?? value.fail('has no "urls"')).list().map((url) => {
    const text = url.text();
    return isIceUrl(text) ? text : url.fail(NO_ICE_URL);
  });
  const server = {
    urls,
    ...(username !== undefined && { username }),
    ...(credential !== undefined && { credential }),
  };
  return hasCredential(server) ? server : value.fail(NO_CREDENTIAL);
}

function toRouter(value: JsonValue): string {
  const text = value.text();
  return isGateway(text) ? text : value.fail(NO_ROUTER);
}

function toAddresses(value: JsonValue, kind: AddressKind): readonly string[] {
  return value.list().map((address) => {
    const text = address.text();
    return kind.fits(text) ? text : address.fail(kind.why);
  });
}
