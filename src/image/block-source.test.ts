import { MemoryBlockstore } from "blockstore-core";
import { testBlockSource } from "./block-source.conformance.ts";
import { createBlockSource } from "./block-source.ts";

testBlockSource("createBlockSource()", async (blocks) => {
  const store = new MemoryBlockstore();
  for (const { cid, bytes } of blocks) await store.put(cid, bytes);
  return { source: createBlockSource(store), async [Symbol.asyncDispose]() {} };
});
