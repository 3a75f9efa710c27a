/** What a visitor has entered to narrow a grant; knows no document. */
import { signal as createSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import type { Ask } from "#schema";
import { listMethods } from "./narrowing.ts";
import type { NarrowingChoice } from "./narrowing.ts";

export interface GrantOptions {
  readonly narrowing: NarrowingChoice;
  readonly canKeep: boolean;
  /** Whether a folder is given to be changed. */
  readonly writes: boolean;
}

export interface NarrowingForm {
  /** All that can be chosen among. */
  readonly methods: readonly string[];
  readonly chosen: Signal<ReadonlySet<string>>;
  /** What is not a number narrows nothing. */
  readonly calls: Signal<string>;
  readonly bytes: Signal<string>;
  readonly minutes: Signal<string>;
  readonly canKeep: Signal<boolean>;
  setWrites(writes: boolean): void;
  toggle(method: string): void;
  read(): GrantOptions;
}

const CHANGES: readonly string[] = ["write", "truncate", "makeFolder", "remove"];

/** A folder can be read only, until the visitor says more. */
export function createNarrowingForm(ask: Ask): NarrowingForm {
  const methods = listMethods(ask);
  const reading = methods.filter((name) => !CHANGES.includes(name));
  const chosen = createSignal<ReadonlySet<string>>(new Set(reading));
  const calls = createSignal("");
  const bytes = createSignal("");
  const minutes = createSignal("");
  const canKeep = createSignal(false);
  return {
    methods,
    chosen,
    calls,
    bytes,
    minutes,
    canKeep,
    setWrites: (writes) => void (chosen.value = new Set(writes ? methods : reading)),
    toggle(method) {
      const next = new Set(chosen.value);
      if (!next.delete(method)) next.add(method);
      chosen.value = next;
    },
    read() {
      const names = methods.filter((name) => chosen.value.has(name));
      return {
        narrowing: {
          methods: names.length < methods.length ? names : undefined,
          calls: toNumber(calls.value),
          bytes: toNumber(bytes.value),
          minutes: toNumber(minutes.value),
        },
        canKeep: canKeep.value,
        writes: names.some((name) => CHANGES.includes(name)),
      };
    },
  };
}

function toNumber(text: string): number | undefined {
  const number = Number(text);
  return text.trim() !== "" && number >= 0 ? number : undefined;
}
