/** Reads the options of `ww up`, from the command line and from a file. */
import { readFile } from "node:fs/promises";
import { parseLogLevel } from "#base";
import { explainFile } from "./explain-file.ts";
import { ANNOUNCE, isSecure, LISTEN, PEER } from "./mesh/address-kinds.ts";
import type { AddressKind } from "./mesh/address-kinds.ts";
import {
  isGateway,
  isIdle,
  LAST_PORT,
  NO_IDLE,
  NO_LEVEL,
  parseConfigFile,
} from "./mesh/config-file.ts";
import type { UpConfig } from "./mesh/config-file.ts";
import { parseCommandLine, UsageError } from "./usage.ts";

/**
 * Options on the command line override those of the file, lists as a whole.
 *
 * @throws {UsageError} that says what to write instead.
 * @throws {Exception} `failed` when the file makes no sense.
 */
export async function readUpOptions(args: readonly string[]): Promise<UpConfig> {
  const { values, positionals } = parseCommandLine(args, {
    port: { type: "string" },
    image: { type: "string", multiple: true },
    gateway: { type: "string", multiple: true },
    router: { type: "string", multiple: true },
    forward: { type: "boolean" },
    warm: { type: "boolean" },
    idle: { type: "string" },
    state: { type: "string" },
    listen: { type: "string", multiple: true },
    announce: { type: "string", multiple: true },
    peer: { type: "string", multiple: true },
    cert: { type: "string" },
    key: { type: "string" },
    log: { type: "string" },
    sandboxes: { type: "boolean" },
    "agent-port": { type: "string" },
    "api-key": { type: "string" },
    config: { type: "string" },
  });
  if (positionals.length > 0) {
    throw new UsageError(`ww up takes no ${positionals[0]}: images are given with --image`);
  }
  for (const gateway of values.gateway ?? []) {
    if (!isGateway(gateway)) throw new UsageError(`Not the address of a gateway: "${gateway}"`);
  }
  for (const router of values.router ?? []) {
    if (!isGateway(router)) throw new UsageError(`Not the address of a router: "${router}"`);
  }
  requireAddresses("listen", values.listen, LISTEN);
  requireAddresses("announce", values.announce, ANNOUNCE);
  requireAddresses("peer", values.peer, PEER);
  const { config, port, idle, log, "agent-port": agentPort, ...rest } = values;
  const file = config === undefined ? {} : await readConfig(config);
  const options: UpConfig = {
    ...file,
    ...rest,
    port: port === undefined ? file.port : parsePort(port),
    "agent-port": agentPort === undefined ? file["agent-port"] : parsePort(agentPort),
    idle: idle === undefined ? file.idle : parseIdle(idle),
    log: log === undefined ? file.log : parseLevel(log),
  };
  if ((options.cert === undefined) !== (options.key === undefined)) {
    throw new UsageError("A certificate needs its key: give both --cert and --key");
  }
  if (options.idle !== undefined && options.warm !== true) {
    throw new UsageError("--idle says when the browser of --warm ends: give both");
  }
  const isAgent = options["agent-port"] !== undefined || options["api-key"] !== undefined;
  if (isAgent && options.sandboxes !== true) {
    throw new UsageError("--agent-port and --api-key are for --sandboxes: give that as well");
  }
  const secure = options.listen?.find(isSecure);
  if (secure !== undefined && options.cert === undefined) {
    throw new UsageError(`--listen "${secure}" needs a certificate: give --cert and --key`);
  }
  return options;
}

function requireAddresses(
  option: string,
  texts: readonly string[] | undefined,
  kind: AddressKind,
): void {
  for (const text of texts ?? []) {
    if (!kind.fits(text)) throw new UsageError(`--${option} "${text}" ${kind.why}`);
  }
}

async function readConfig(file: string): Promise<UpConfig> {
  const text = await readFile(file, "utf8").catch((cause: unknown) => {
    const why = `Cannot read the file "${file}" of --config: ${explainFile(cause)}`;
    throw new UsageError(why, { cause });
  });
  return parseConfigFile(text, file);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > LAST_PORT) {
    throw new UsageError(`Not a port: "${text}"; give a number from 0 to ${LAST_PORT}`);
  }
  return port;
}

function parseIdle(text: string): number {
  const seconds = Number(text);
  if (/^\d+$/.test(text) && isIdle(seconds)) return seconds;
  throw new UsageError(`--idle "${text}" ${NO_IDLE}`);
}

function parseLevel(text: string): UpConfig["log"] {
  const level = parseLogLevel(text);
  if (level === undefined) throw new UsageError(`--log "${text}" ${NO_LEVEL}`);
  return level;
}
