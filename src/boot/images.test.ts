import { expect, test } from "vitest";
import type { Waiting } from "#base";
import type { Content } from "#net";
import { createImages } from "./images.ts";
import type { PageImages } from "./images.ts";

const resolve = (): Promise<never> => Promise.reject(new Error("No name is resolved"));

/** Images whose fetches the test controls. */
function openImages(fetch: (waiting: Waiting) => Promise<Content>): PageImages {
  const content = { get: (waiting: Waiting = {}) => fetch(waiting), forget: () => undefined };
  return createImages({ content, resolve, isSecure: true });
}

function listenTo(signal: AbortSignal | undefined): Promise<Content> {
  return new Promise((_, reject) => {
    signal?.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

test("prefetch() ends with its own signal, whatever else is prefetched", async () => {
  const fetched: (AbortSignal | undefined)[] = [];
  const images = openImages(({ signal }) => {
    fetched.push(signal);
    return listenTo(signal);
  });
  const [first, second] = [new AbortController(), new AbortController()];
  const over = images.prefetch({ layers: ["/ipfs/a"], peers: [] }, { signal: first.signal });
  void images.prefetch({ layers: ["/ipfs/b"], peers: [] }, { signal: second.signal });
  first.abort(new Error("Stopped"));
  await over;
  expect(fetched.map((signal) => signal?.aborted)).toEqual([true, false]);
  const stop = new AbortController();
  const opening = images.open(
    { layers: ["/ipfs/b"], mounts: [], peers: [] },
    { signal: stop.signal },
  );
  // Whoever prefetched the image stops it at once; the run that has taken it hears of its own end a moment later.
  second.abort(new Error("Stopped"));
  expect(fetched[1]?.aborted).toBe(true);
  stop.abort(new Error("Stopped"));
  await expect(opening).rejects.toThrow();
  expect(fetched).toHaveLength(2);
});

test("open() begins anew when only the prefetch that it has taken over is cancelled", async () => {
  const fetched: (AbortSignal | undefined)[] = [];
  const images = openImages(({ signal }) => {
    fetched.push(signal);
    return fetched.length === 1
      ? listenTo(signal)
      : Promise.reject(new Error("This one is answered"));
  });
  const stop = new AbortController();
  void images.prefetch({ layers: ["/ipfs/a"], peers: [] }, { signal: stop.signal });
  const opening = images.open({ layers: ["/ipfs/a"], mounts: [], peers: [] });
  stop.abort(new Error("Stopped"));
  await expect(opening).rejects.toThrow("This one is answered");
  expect(fetched).toHaveLength(2);
});

test("open() begins anew after a prefetch has failed", async () => {
  let attempts = 0;
  const images = openImages(() => Promise.reject(new Error(`attempt ${++attempts}`)));
  await images.prefetch({ layers: ["/ipfs/a"], peers: [] }, {});
  await expect(images.open({ layers: ["/ipfs/a"], mounts: [], peers: [] })).rejects.toThrow(
    "attempt 2",
  );
});
