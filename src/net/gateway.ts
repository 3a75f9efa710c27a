/** One trustless gateway: a block or a whole DAG from it, every byte checked, every wait bounded. */
import { concatBytes, equalBytes, sha256 } from "#base";
import type { Waiting } from "#base";
import { decode } from "@ipld/dag-pb";
import type { CID } from "multiformats/cid";
import type { Trouble } from "./trouble.ts";

/** The part of `fetch` that is used. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

export interface Gateway {
  /** Its address as configured, for messages. */
  readonly url: string;
  /** The checked bytes of one block, or why not. */
  fetchBlock(cid: CID, options?: Waiting): Promise<Uint8Array | Trouble>;
  /**
   * Asks once for all blocks below the root, and tells each block of the DAG, checked, as it arrives; `undefined` at the
   * end, which does not promise that the DAG is whole.
   */
  fetchDag(root: CID, told: DagListener, options?: Waiting): Promise<Trouble | undefined>;
}

interface DagListener {
  onBlock(cid: CID, bytes: Uint8Array): Promise<void>;
  /** Bytes received so far, and how many there will be if the gateway says so. */
  onBytes(receivedBytes: number, totalBytes: number | undefined): void;
}

const DAG_PB = 0x70;
const SHA2_256 = 0x12;
const LIMIT_BLOCK_BYTES = 4 * 1024 * 1024;
const RAW_TYPE = "application/vnd.ipld.raw";
const CAR_TYPE = "application/vnd.ipld.car";

/** A gateway at the base address; a request on which nothing arrives for `stallMs` is given up. */
export function createGateway(url: string, fetch: Fetch, stallMs: number): Gateway {
  const request = (path: string, type: string, options: Waiting | undefined): Promise<Answer> =>
    openAnswer({ gateway: url, url: new URL(path, url).href, type, fetch, stallMs }, options);

  return {
    url,
    async fetchBlock(cid, options) {
      const name = cid.toString();
      const answer = await request(`ipfs/${name}?format=raw`, RAW_TYPE, options);
      if (answer.type !== "body") return toTrouble(answer, url, name);
      const parts: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const part of answer.parts) {
          parts.push(part);
          length += part.length;
          if (length > LIMIT_BLOCK_BYTES) return { type: "corrupt", gateway: url, cid: name };
        }
      } catch (reason) {
        return answer.explain(reason);
      }
      const bytes = concatBytes(parts);
      return (await isBlockOf(cid, bytes)) ? bytes : { type: "corrupt", gateway: url, cid: name };
    },
    async fetchDag(root, told, options) {
      const name = root.toString();
      const { CarBlockIterator } = await import("@ipld/car/iterator");
      const path = `ipfs/${name}?format=car&dag-scope=all`;
      const answer = await request(path, `${CAR_TYPE};version=1;order=dfs;dups=n`, options);
      if (answer.type !== "body") return toTrouble(answer, url, name);
      const counted = countBytes(answer.parts, (count) => told.onBytes(count, answer.totalBytes));
      // Whatever the gateway sends, only blocks of the wanted DAG count.
      const expected = new Set([name]);
      const seen = new Set<string>();
      try {
        for await (const { cid, bytes } of await CarBlockIterator.fromIterable(counted)) {
          const key = cid.toString();
          if (seen.has(key)) continue;
          if (!expected.has(key)) {
            return { type: "refused", gateway: url, found: `sent a block that nobody asked for` };
          }
          if (!(await isBlockOf(cid, bytes))) return { type: "corrupt", gateway: url, cid: key };
          seen.add(key);
          if (cid.code === DAG_PB) {
            for (const link of decode(bytes).Links) expected.add(link.Hash.toString());
          }
          await told.onBlock(cid, bytes);
        }
        return undefined;
      } catch (reason) {
        return answer.explain(reason);
      }
    },
  };
}

type Answer =
  | { readonly type: "status"; readonly status: number }
  | { readonly type: "foreign"; readonly found: string }
  | { readonly type: "trouble"; readonly trouble: Trouble }
  | {
      readonly type: "body";
      readonly parts: AsyncIterable<Uint8Array>;
      readonly totalBytes: number | undefined;
      /** What an error thrown by `parts` means; throws it on when it is the caller's own cancellation. */
      explain(reason: unknown): Trouble;
    };

interface Asked {
  readonly gateway: string;
  readonly url: string;
  readonly type: string;
  readonly fetch: Fetch;
  readonly stallMs: number;
}

/** Sends the request and waits for the head of the answer; the stall timer runs whenever something is awaited. */
async function openAnswer(asked: Asked, { signal }: Waiting = {}): Promise<Answer> {
  signal?.throwIfAborted();
  const { gateway, stallMs } = asked;
  const stall = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const arm = (): void => {
    timer = setTimeout(() => stall.abort(), stallMs);
  };
  const disarm = (): void => clearTimeout(timer);
  const explain = (type: "unreachable" | "cut", cause: unknown): Trouble => {
    disarm();
    signal?.throwIfAborted();
    return stall.signal.aborted ? { type: "stalled", gateway, stallMs } : { type, gateway, cause };
  };

  arm();
  try {
    const response = await asked.fetch(asked.url, {
      headers: { Accept: asked.type },
      credentials: "omit",
      // What is right is stored here already; what was wrong must not come back from the browser's own cache.
      cache: "no-store",
      referrerPolicy: "no-referrer",
      signal: signal === undefined ? stall.signal : AbortSignal.any([signal, stall.signal]),
    });
    disarm();
    const { body } = response;
    if (!response.ok || body === null) {
      await body?.cancel();
      return { type: "status", status: response.status };
    }
    const found = response.headers.get("content-type") ?? "nothing";
    if (!found.startsWith(asked.type.split(";")[0] ?? "")) {
      await body.cancel();
      return { type: "foreign", found: `answers ${found} instead of blocks` };
    }
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    return {
      type: "body",
      totalBytes: Number.isSafeInteger(length) ? length : undefined,
      parts: readParts(body, arm, disarm),
      explain: (reason) => explain("cut", reason),
    };
  } catch (cause) {
    return { type: "trouble", trouble: explain("unreachable", cause) };
  }
}

async function* readParts(
  body: ReadableStream<Uint8Array>,
  arm: () => void,
  disarm: () => void,
): AsyncGenerator<Uint8Array> {
  const reader = body.getReader();
  try {
    for (;;) {
      arm();
      const { value } = await reader.read();
      disarm();
      if (value === undefined) return;
      yield value;
    }
  } finally {
    disarm();
    // Already failed streams reject here again; that is told by the read above.
    await reader.cancel().catch(() => undefined);
  }
}

async function* countBytes(
  parts: AsyncIterable<Uint8Array>,
  told: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const part of parts) {
    count += part.length;
    told(count);
    yield part;
  }
}

function toTrouble(
  answer: Exclude<Answer, { type: "body" }>,
  gateway: string,
  cid: string,
): Trouble {
  if (answer.type === "trouble") return answer.trouble;
  if (answer.type === "foreign") return { type: "refused", gateway, found: answer.found };
  if (answer.status === 404 || answer.status === 410) return { type: "missing", gateway, cid };
  return { type: "refused", gateway, found: `answers with status ${answer.status}` };
}

async function isBlockOf(cid: CID, bytes: Uint8Array): Promise<boolean> {
  const { code, digest } = cid.multihash;
  return code === SHA2_256 && equalBytes(digest, await sha256(bytes));
}
