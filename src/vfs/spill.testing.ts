/** A spill in memory that answers at once or by promises, and can be full. */
import { Exception } from "#base";
import type { NearSpill, Spill } from "#base";
import type { TreeKind } from "./files.testing.ts";

export interface MemorySpill extends Spill {
  readonly slots: ReadonlyMap<number, Uint8Array>;
  full: boolean;
  /** Number of slots that it has room for, the first ones; unlimited unless set. */
  room: number;
  writes: number;
}

export function createMemorySpill(kind: TreeKind): MemorySpill {
  const slots = new Map<number, Uint8Array>();
  const writing = new Set<number>();
  const put = (slot: number, bytes: Uint8Array): void => {
    spill.writes++;
    if (spill.full || slot >= spill.room) throw new Exception("overloaded", "Disk is full");
    slots.set(slot, bytes.slice());
  };
  const get = (slot: number, lengthBytes: number): Uint8Array => {
    const bytes = slots.get(slot);
    if (bytes === undefined || bytes.length < lengthBytes) {
      throw new Exception("failed", `Slot ${slot} has fewer than ${lengthBytes} bytes`);
    }
    return bytes.slice(0, lengthBytes);
  };
  const late = async (slot: number, bytes: Uint8Array): Promise<void> => {
    if (writing.has(slot)) throw new Error(`Slot ${slot} is written twice at a time`);
    writing.add(slot);
    await turn();
    writing.delete(slot);
    put(slot, bytes);
  };
  const spill: MemorySpill = {
    slots,
    full: false,
    room: Infinity,
    writes: 0,
    write: kind === "at once" ? put : late,
    read:
      kind === "at once" ? get : (slot, lengthBytes) => turn().then(() => get(slot, lengthBytes)),
  };
  return spill;
}

/** The same, whose pages can be read without loading them. */
export function createNearSpill(): MemorySpill & NearSpill {
  const spill = createMemorySpill("at once");
  return Object.assign(spill, {
    copy(slot: number, offset: number, to: Uint8Array) {
      const bytes = spill.slots.get(slot)?.subarray(offset, offset + to.length);
      if (bytes?.length !== to.length) throw new Exception("failed", `Slot ${slot} is too short`);
      to.set(bytes);
    },
  });
}

/** A spill that answers on demand, in the order of the requests. */
export interface HeldSpill extends Spill {
  /** Requests without an answer so far. */
  readonly asked: readonly string[];
  answer(): void;
}

export function createHeldSpill(): HeldSpill {
  const spill = createMemorySpill("at once");
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const hold = <T>(question: string, answer: () => T | Promise<T>): Promise<T> => {
    asked.push(question);
    return new Promise((resolve) => {
      answers.push(() => resolve(answer()));
    });
  };
  return {
    asked,
    answer() {
      asked.shift();
      answers.shift()?.();
    },
    write: (slot, bytes) => hold(`write ${slot}`, () => spill.write(slot, bytes)),
    read(slot, lengthBytes) {
      // Read now but answered later, so another call can overtake it.
      const bytes = spill.read(slot, lengthBytes);
      return hold(`read ${slot}`, () => bytes);
    },
  };
}

/** Resolves after everything that is settled now, like an answer from another thread. */
function turn(): Promise<void> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}
