/**
 * A server for delegated routing as a provider of blocks: the providers that it names are asked in turn.
 *
 * Only public gateways with TLS are asked, unless the router is on this computer, and only peers behind this tab's relays.
 * Their answers are checked like all others.
 *
 * @see https://specs.ipfs.tech/routing/http-routing-v1/
 */
import { concatBytes, decodeText } from "#base";
import { describeStatus } from "./describe-status.ts";
import type { CID } from "multiformats/cid";
import { openAnswer } from "./answer.ts";
import type { AskOptions, Fetch } from "./answer.ts";
import { createPeerProvider } from "./peer-blocks.ts";
import type { PeerAccess } from "./peer-blocks.ts";
import { createGateway } from "./provider.ts";
import type { Provider } from "./provider.ts";
import type { Trouble } from "./trouble.ts";

export interface RouterPowers {
  readonly fetch: Fetch;
  /** The longest silence of the router, and of each provider that it names. */
  readonly stallMs: number;
  /** Access to peers by their ids; without it, no peer is asked. */
  readonly foundPeers?: PeerAccess | undefined;
}

const TYPE = "application/json";
const LIMIT_BYTES = 1024 * 1024;
/** Named providers that are asked at most, in the router's order. */
const LIMIT_FOUND = 8;
/** Providers that are remembered, so that a repeated name gives the same object. */
const LIMIT_KNOWN = 64;

/** @param url its base address, with a slash at the end */
export function createRouter(url: string, powers: RouterPowers): Provider {
  const { fetch, stallMs, foundPeers } = powers;
  const name = { kind: "router", name: url } as const;
  const toMissing = (cid: CID): Trouble => ({
    type: "missing",
    provider: name,
    cid: cid.toString(),
  });
  const known = new Map<string, Provider>();
  /** Providers that had a block lately; they are asked before the router. */
  let useful: readonly Provider[] = [];
  const toProvider = (found: Found): Provider | undefined => {
    const { peerId, gateway } = found;
    const key = gateway ?? peerId;
    const provider =
      known.get(key) ??
      (gateway === undefined
        ? foundPeers && createPeerProvider(peerId, foundPeers, stallMs)
        : createGateway(gateway, fetch, stallMs));
    if (provider === undefined) return undefined;
    if (known.size >= LIMIT_KNOWN) known.clear();
    known.set(key, provider);
    return provider;
  };
  const find = async (cid: CID, options: AskOptions): Promise<readonly Provider[] | Trouble> => {
    const address = new URL(`routing/v1/providers/${cid.toV1().toString()}`, url).href;
    const asked = { provider: name, url: address, type: TYPE, fetch, stallMs };
    const answer = await openAnswer(asked, options);
    if (answer.type === "trouble") return answer.trouble;
    if (answer.type === "foreign") return { type: "refused", provider: name, found: answer.found };
    if (answer.type === "status") {
      if (answer.status === 404) return toMissing(cid);
      return { type: "refused", provider: name, found: describeStatus(answer.status) };
    }
    const parts: Uint8Array[] = [];
    let length = 0;
    try {
      for await (const part of answer.parts) {
        length += part.length;
        if (length > LIMIT_BYTES) {
          return { type: "unusable", provider: name, found: "sends a list larger than 1 MiB" };
        }
        parts.push(part);
      }
    } catch (reason) {
      return answer.explain(reason);
    }
    const found = parseFound(decodeText(concatBytes(parts)), isLocal(url));
    if (found === undefined) {
      return { type: "unusable", provider: name, found: "sends no list of providers" };
    }
    const providers = [...new Set(found.flatMap((record) => toProvider(record) ?? []))];
    return providers.length === 0 ? toMissing(cid) : providers.slice(0, LIMIT_FOUND);
  };
  /** Asks providers in turn until one succeeds. @returns the first trouble if none does */
  const askEach = async <T>(
    cid: CID,
    ask: (provider: Provider) => Promise<T | Trouble>,
    options: AskOptions,
  ): Promise<T | Trouble> => {
    let first: Trouble | undefined;
    const tried = new Set<Provider>();
    const attempt = async (providers: readonly Provider[]): Promise<T | undefined> => {
      for (const provider of providers) {
        if (tried.has(provider)) continue;
        tried.add(provider);
        options.signal?.throwIfAborted();
        const answer = await ask(provider);
        if (!isTrouble(answer)) {
          useful = [provider, ...useful.filter((other) => other !== provider)].slice(
            0,
            LIMIT_FOUND,
          );
          return answer;
        }
        first ??= answer;
      }
      return undefined;
    };
    const again = await attempt(useful);
    if (again !== undefined) return again;
    const found = await find(cid, options);
    if (isTrouble(found)) return first ?? found;
    return (await attempt(found)) ?? first ?? toMissing(cid);
  };
  return {
    name,
    fetchBlock: (cid, options = {}) =>
      askEach(cid, (provider) => provider.fetchBlock(cid, options), options),
    async fetchDag(root, listener, options = {}) {
      const answer = await askEach(
        root,
        async (provider) => (await provider.fetchDag(root, listener, options)) ?? DONE,
        options,
      );
      return answer === DONE ? undefined : answer;
    },
  };
}

const DONE = Symbol("done");

function isTrouble(answer: unknown): answer is Trouble {
  return typeof answer === "object" && answer !== null && "provider" in answer;
}

/** A provider that the router names. */
interface Found {
  readonly peerId: string;
  /** The base address of its gateway, if it is one. */
  readonly gateway: string | undefined;
}

/** `undefined` if the text is no answer of a router; records that are unusable, or of other schemas, are left out. */
function parseFound(text: string, takesLocal: boolean): readonly Found[] | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const records = readField(answer, "Providers") ?? [];
  if (typeof answer !== "object" || answer === null || !Array.isArray(records)) return undefined;
  return records.flatMap((record: unknown) => {
    const [id, addresses] = [readField(record, "ID"), readField(record, "Addrs")];
    if (typeof id !== "string" || !/^\w{1,128}$/.test(id)) return [];
    const texts = Array.isArray(addresses)
      ? addresses.filter((address) => typeof address === "string")
      : [];
    const gateway = texts.flatMap((address) => toGateway(address, takesLocal) ?? [])[0];
    const isPeer = texts.length === 0 || texts.some((address) => !isHttp(address));
    return gateway === undefined && !isPeer ? [] : [{ peerId: id, gateway }];
  });
}

function readField(value: unknown, name: string): unknown {
  return (value as Readonly<Record<string, unknown>> | null)?.[name];
}

const HTTP = /^\/(dns[46]?|ip4|ip6)\/([\w.:-]+)(?:\/tcp\/(\d{1,5}))?\/(https?|tls\/http)$/;

const isHttp = (address: string): boolean => HTTP.test(address);

/** The base URL of a gateway, from its multiaddress; `undefined` if the gateway may not be asked. */
function toGateway(address: string, takesLocal: boolean): string | undefined {
  const [, family = "", host = "", port, scheme] = HTTP.exec(address) ?? [];
  if (scheme === undefined) return undefined;
  const isSecure = scheme !== "http";
  const isPublic = isSecure && family.startsWith("dns") && isPublicName(host);
  if (!isPublic && !takesLocal) return undefined;
  const shown = family === "ip6" ? `[${host}]` : host;
  const url = `${isSecure ? "https" : "http"}://${shown}${port === undefined ? "" : `:${port}`}/`;
  return URL.canParse(url) ? url : undefined;
}

/** Whether the host is neither a local name, nor one without a dot, nor a number. */
function isPublicName(host: string): boolean {
  return /\.[a-z][a-z\d-]*$/i.test(host) && !/(?:^|\.)(?:localhost|local|internal)$/i.test(host);
}

function isLocal(url: string): boolean {
  return /^(?:localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(new URL(url).hostname);
}
