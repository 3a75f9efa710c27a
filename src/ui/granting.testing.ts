/** Designations and kept grants in memory. */
import { encodeText } from "#base";
import { serve } from "#capnp";
import { Clock, Randomness, Secret } from "#schema";
import type { Designation, Granting, KeptGrant, Reopened } from "./granting.ts";

export interface TestGranting extends Granting {
  /** What a kept designation is like when it is opened again; by default, it is ready. */
  reopenAs: ((designation: Designation) => Reopened) | undefined;
}

export function createTestGranting(): TestGranting {
  const stored: KeptGrant[] = [];
  const watchers = new Set<(removed: number | undefined) => unknown>();
  let nextId = 1;
  const changed = (removed?: number): void => {
    for (const watcher of watchers) watcher(removed);
  };
  const granting: TestGranting = {
    lendsFiles: true,
    reopenAs: undefined,
    pickFolder: async () => undefined,
    pickFile: async () => undefined,
    toClock,
    toSecret: (label, value) => ({
      label,
      open: () => serve(Secret, { reveal: () => ({ value }) }),
      lasting: undefined,
    }),
    toRandomness: (label) => ({
      label,
      open: () => serve(Randomness, { draw: (count) => ({ data: new Uint8Array(count) }) }),
      lasting: {},
    }),
    toService: async ({ service }) => ({ ...toClock(service, 1), lasting: undefined }),
    toServers: async ({ hosts }) => ({ ...toClock(hosts.join(), 1), lasting: undefined }),
    async reopen(label, lasting) {
      const designation = toClock(label, (lasting as { readonly stepMs: number }).stepMs);
      return granting.reopenAs?.(designation) ?? { state: "ready", designation };
    },
    kept: {
      canKeep: (layers) => layers.every((layer) => layer.startsWith("/ipfs/")),
      async keep(grant) {
        const id = nextId++;
        stored.push({ ...grant, id });
        changed();
        return { id, token: encodeText(`token ${id}`) };
      },
      async find(token, layers) {
        return stored.find(
          (grant) =>
            String(encodeText(`token ${grant.id}`)) === String(token) &&
            String(grant.layers) === String(layers),
        );
      },
      list: async () => [...stored],
      async remove(id) {
        const at = stored.findIndex((grant) => grant.id === id);
        if (at >= 0) stored.splice(at, 1);
        changed(id);
      },
      watch(watcher, { signal }) {
        watchers.add(watcher);
        signal?.addEventListener("abort", () => watchers.delete(watcher), { once: true });
      },
    },
  };
  return granting;
}

function toClock(label: string, stepMs: number): Designation {
  return {
    label,
    open: () => serve(Clock, { now: () => ({ ms: 7 * stepMs }) }),
    lasting: { stepMs },
  };
}
