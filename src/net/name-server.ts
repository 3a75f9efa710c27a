/** A server with records of names: a gateway, or a delegated router. Every answer and wait is bounded. */
import { concatBytes, toMessage } from "#base";
import { describeStatus } from "./describe-status.ts";
import type { Waiting } from "#base";
import { base36 } from "multiformats/bases/base36";
import type { CID } from "multiformats/cid";
import { openAnswer } from "./answer.ts";
import type { Fetch } from "./answer.ts";
import { LIMIT_RECORD_BYTES } from "./name-record.ts";
import { describeProvider, describeTrouble } from "./trouble.ts";

/** A source of records, which the caller verifies. */
export interface NameSource {
  /** A record, at most `LIMIT_RECORD_BYTES` long, or a clause about why there is none. Rejects with the signal only. */
  fetchRecord(key: CID, options?: Waiting): Promise<Uint8Array | string>;
  /** The source as the subject of a sentence. */
  readonly label: string;
}

/** Where records are published. */
export interface NameSink {
  /** `undefined` when the record was accepted, else a clause about why not. Rejects with the signal only. */
  putRecord(key: CID, record: Uint8Array, options?: Waiting): Promise<string | undefined>;
}

export const RECORD_TYPE = "application/vnd.ipfs.ipns-record";
const LIMIT_REASON_BYTES = 300;

/**
 * @param url the base address of a gateway, or of a server for delegated routing
 * @param path of names below it: `ipns/` or `routing/v1/ipns/`
 */
export function createNameServer(
  url: string,
  path: "ipns/" | "routing/v1/ipns/",
  fetch: Fetch,
  stallMs: number,
): NameSource & NameSink {
  const provider = { kind: path === "ipns/" ? "gateway" : "router", name: url } as const;
  const label = describeProvider(provider);
  const toUrl = (key: CID): string => {
    const address = new URL(path + key.toString(base36), url);
    if (path === "ipns/") address.searchParams.set("format", "ipns-record");
    return address.href;
  };
  return {
    label,
    async fetchRecord(key, options = {}) {
      const asked = { provider, url: toUrl(key), type: RECORD_TYPE, fetch, stallMs };
      const answer = await openAnswer(asked, options);
      if (answer.type === "trouble") return describeTrouble(answer.trouble);
      if (answer.type === "foreign") return `${label} answers with something other than a record`;
      if (answer.type === "status") {
        return answer.status === 404
          ? `${label} has no record`
          : `${label} ${describeStatus(answer.status)}`;
      }
      const parts: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const part of answer.parts) {
          length += part.length;
          if (length > LIMIT_RECORD_BYTES) return `${label} sent a record larger than 10 KiB`;
          parts.push(part);
        }
      } catch (reason) {
        return describeTrouble(answer.explain(reason));
      }
      return concatBytes(parts);
    },
    async putRecord(key, record, { signal } = {}) {
      const limit = AbortSignal.timeout(stallMs);
      try {
        const response = await fetch(toUrl(key), {
          method: "PUT",
          headers: { "Content-Type": RECORD_TYPE },
          body: record.slice(),
          credentials: "omit",
          referrerPolicy: "no-referrer",
          signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
        });
        if (response.ok) {
          await response.body?.cancel();
          return undefined;
        }
        return `${label} refuses it with status ${response.status}${await readReason(response)}`;
      } catch (reason) {
        signal?.throwIfAborted();
        return `${label} cannot be reached: ${toMessage(reason)}`;
      }
    },
  };
}

/** The beginning of a refusal's text, as one line. */
async function readReason({ body, headers }: Response): Promise<string> {
  if (body === null) return "";
  if (headers.get("content-type")?.startsWith("text/plain") !== true) {
    await body.cancel();
    return "";
  }
  let text = "";
  const decoder = new TextDecoder();
  for await (const part of body) {
    text += decoder.decode(part.subarray(0, LIMIT_REASON_BYTES), { stream: true });
    // Leaving the loop cancels the rest.
    if (text.length >= LIMIT_REASON_BYTES) break;
  }
  const line = text
    .slice(0, LIMIT_REASON_BYTES)
    .replaceAll(/\p{C}+/gu, " ")
    .trim();
  return line === "" ? "" : `: ${line}`;
}
