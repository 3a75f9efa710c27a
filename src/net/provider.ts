/** A provider of blocks, a trustless gateway or a peer: fetches a block or a whole DAG; every byte is checked, every wait has a limit. */
import { concatBytes, Exception, LIMIT_BLOCK_BYTES, matchesHash, readCar } from "#base";
import type { CID } from "multiformats/cid";
import { openAnswer } from "./answer.ts";
import type { Answer, AskOptions, Fetch } from "./answer.ts";
import { describeStatus } from "./describe-status.ts";
import { takeDag } from "./take-dag.ts";
import type { DagTaker } from "./take-dag.ts";
import type { ProviderName, Trouble } from "./trouble.ts";

export interface Provider {
  readonly name: ProviderName;
  /** The checked bytes of one block, or the failure. */
  fetchBlock(cid: CID, options?: AskOptions): Promise<Uint8Array | Trouble>;
  /**
   * Requests all blocks below the root once, and passes each checked block of the DAG on as it arrives. Returns
   * `undefined` at the end, even if the DAG is incomplete.
   */
  fetchDag(root: CID, listener: DagListener, options?: AskOptions): Promise<Trouble | undefined>;
}

interface DagListener extends DagTaker {
  /** Bytes received so far, and the total if the gateway states it. */
  onBytes(receivedBytes: number, totalBytes: number | undefined): void;
}

const RAW_TYPE = "application/vnd.ipld.raw";
const CAR_TYPE = "application/vnd.ipld.car";

/** A gateway at a base address; a request that stalls for `stallMs` is aborted. */
export function createGateway(url: string, fetch: Fetch, stallMs: number): Provider {
  return createProvider({ kind: "gateway", name: url }, url, fetch, stallMs);
}

/** @param base the URL that paths are resolved against */
export function createProvider(
  provider: ProviderName,
  base: string,
  fetch: Fetch,
  stallMs: number,
): Provider {
  const request = (path: string, type: string, options: AskOptions | undefined): Promise<Answer> =>
    openAnswer({ provider, url: new URL(path, base).href, type, fetch, stallMs }, options);

  return {
    name: provider,
    async fetchBlock(cid, options) {
      const name = cid.toString();
      const answer = await request(`ipfs/${name}?format=raw`, RAW_TYPE, options);
      if (answer.type !== "body") return toTrouble(answer, provider, name);
      const parts: Uint8Array[] = [];
      let length = 0;
      try {
        for await (const part of answer.parts) {
          parts.push(part);
          length += part.length;
          if (length > LIMIT_BLOCK_BYTES) return { type: "corrupt", provider, cid: name };
        }
      } catch (reason) {
        return answer.explain(reason);
      }
      const bytes = concatBytes(parts);
      const right = await matchesHash(cid.multihash, bytes);
      return right ? bytes : { type: "corrupt", provider, cid: name };
    },
    async fetchDag(root, listener, options) {
      const name = root.toString();
      const path = `ipfs/${name}?format=car&dag-scope=all`;
      const answer = await request(path, `${CAR_TYPE};version=1;order=dfs;dups=n`, options);
      if (answer.type !== "body") return toTrouble(answer, provider, name);
      const counted = countBytes(answer.parts, (count) =>
        listener.onBytes(count, answer.totalBytes),
      );
      try {
        const { blocks } = await readCar(counted);
        return await takeDag(root, blocks, provider, listener, options);
      } catch (reason) {
        if (reason instanceof Exception) throw reason;
        if (!(reason instanceof RangeError)) return answer.explain(reason);
        return { type: "unusable", provider, found: `sends no usable CAR: ${reason.message}` };
      } finally {
        // The CAR decoder does not close its input.
        await counted.return(undefined);
      }
    },
  };
}

async function* countBytes(
  parts: AsyncIterable<Uint8Array>,
  onCount: (count: number) => void,
): AsyncGenerator<Uint8Array> {
  let count = 0;
  for await (const part of parts) {
    count += part.length;
    onCount(count);
    yield part;
  }
}

function toTrouble(
  answer: Exclude<Answer, { type: "body" }>,
  provider: ProviderName,
  cid: string,
): Trouble {
  if (answer.type === "trouble") return answer.trouble;
  if (answer.type === "foreign") return { type: "refused", provider, found: answer.found };
  if (answer.status === 404 || answer.status === 410) return { type: "missing", provider, cid };
  return { type: "refused", provider, found: describeStatus(answer.status) };
}
