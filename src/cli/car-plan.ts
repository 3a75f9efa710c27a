/** Plans a CAR before it is built: its length is known in advance, and it is sent piece by piece. */
import { concatBytes } from "#base";
import type { BlockSource } from "#image";
import { encodeCarBlock, encodeCarHeader, measureCarBlock, walkDag } from "#image";
import type { CID } from "multiformats/cid";

export interface CarPlan {
  readonly root: CID;
  readonly lengthBytes: number;
  readonly cids: readonly CID[];
}

/** Remembered plans: walking a DAG of 10 000 blocks takes half a second, and a page requests one image at a time. */
const LIMIT_PLANS = 8;
/** Small blocks are joined to pieces of at least this size. */
const PIECE_BYTES = 64 * 1024;

export interface CarPlans {
  /**
   * The plan for the DAG below the root, or for its block alone.
   *
   * @throws {Exception} as the source does, when a block cannot be read.
   */
  plan(root: CID, scope: "all" | "block"): Promise<CarPlan>;
  /** The length of a CAR that was planned before; `undefined` if only a new plan would tell. */
  knownLength(root: CID, scope: "all" | "block"): number | undefined;
}

/** Remembers the latest plans; blocks must never be removed. */
export function createCarPlans(blocks: BlockSource): CarPlans {
  const plans = new Map<string, Promise<CarPlan>>();
  const lengths = new WeakMap<Promise<CarPlan>, number>();
  const make = async (root: CID, scope: "all" | "block"): Promise<CarPlan> => {
    const cids: CID[] = [];
    let lengthBytes = encodeCarHeader(root).length;
    for await (const block of walkDag(root, blocks)) {
      cids.push(block.cid);
      lengthBytes += measureCarBlock(block);
      if (scope === "block") break;
    }
    return { root, lengthBytes, cids };
  };
  return {
    plan(root, scope) {
      const key = toKey(root, scope);
      const known = plans.get(key);
      if (known !== undefined) return known;
      const made = make(root, scope);
      plans.set(key, made);
      made.then(
        ({ lengthBytes }) => lengths.set(made, lengthBytes),
        () => plans.delete(key),
      );
      for (const oldest of plans.keys()) {
        if (plans.size <= LIMIT_PLANS) break;
        plans.delete(oldest);
      }
      return made;
    },
    knownLength(root, scope) {
      const known = plans.get(toKey(root, scope));
      return known && lengths.get(known);
    },
  };
}

function toKey(root: CID, scope: "all" | "block"): string {
  return `${scope} ${root.toString()}`;
}

/** The bytes of the CAR in pieces, whose blocks are read on demand. */
export async function* encodePlan(
  { root, cids }: CarPlan,
  blocks: BlockSource,
): AsyncGenerator<Uint8Array> {
  let parts = [encodeCarHeader(root)];
  let length = 0;
  for (const cid of cids) {
    const part = encodeCarBlock({ cid, bytes: await blocks.get(cid) });
    parts.push(part);
    length += part.length;
    if (length < PIECE_BYTES) continue;
    yield concatBytes(parts);
    parts = [];
    length = 0;
  }
  yield concatBytes(parts);
}
