/** Echoes the duplex that is posted to it, without giving its event loop a turn before the end. */
import { openSharedDuplexes } from "./shared-duplex.ts";
import type { SharedDuplexMemory } from "./shared-duplex.ts";

const monotonicMs = (): number => performance.now();

addEventListener("message", ({ data }: MessageEvent<SharedDuplexMemory>) => {
  const shared = openSharedDuplexes(data, "far", { monotonicMs });
  const [duplex] = shared.duplexes;
  if (duplex === undefined) throw new Error("There is no duplex");
  const { source, sink } = duplex;
  // Nobody rings yet: only the timeout ends this.
  shared.block(shared.mark(), 5);
  postMessage("blocked");
  while (!source.ended) {
    const mark = shared.mark();
    let rest = source.take(1000);
    if (rest.length === 0 && !source.ended) shared.block(mark, Infinity);
    while (rest.length > 0) {
      const before = shared.mark();
      const taken = sink.offer(rest);
      rest = rest.subarray(taken);
      if (taken === 0) shared.block(before, Infinity);
    }
  }
  sink.close();
});
