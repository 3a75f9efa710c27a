/** What a program does while it shows nothing, as a visitor is told; knows no document. */
import { signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";
import type { Activity, Run } from "#schema";

/** What the kernel knows; `silent` when it knows nothing, and nothing was ever shown. */
export type ShownActivity = Exclude<Activity, number | "runs"> | "silent";

export interface WatchedActivity {
  /** `undefined` while there is nothing to say, as after output. */
  readonly shown: ReadonlySignal<ShownActivity | undefined>;
  /** Notes that there was output. */
  heard(): void;
  /** Asks the run from time to time, until the signal fires. */
  follow(run: Pick<Run, "activity">, until: AbortSignal): void;
}

/** Of silence, before the kernel is asked; and between two questions. */
const SILENT_MS = 3000;

/** @param after calls back after a delay, unless the signal has fired */
export function watchActivity(
  after: (ms: number, action: () => void, until: AbortSignal) => void,
): WatchedActivity {
  const shown = createSignal<ShownActivity | undefined>(undefined);
  let isHeard = false;
  let wasHeard = false;
  const ask = async (run: Pick<Run, "activity">): Promise<void> => {
    const { activity } = await run.activity();
    if (activity === "serves" || activity === "exports") shown.value = activity;
    // A prompt, and what is typed behind it, change nothing while the program still waits.
    else if (activity === "waitsForInput") {
      if (!isHeard || shown.value !== undefined) shown.value = activity;
    } else shown.value = wasHeard ? undefined : "silent";
    isHeard = false;
  };
  return {
    shown,
    heard() {
      isHeard = wasHeard = true;
    },
    follow(run, until) {
      const wait = (): void =>
        after(SILENT_MS, () => void ask(run).then(wait, () => undefined), until); // the run has ended
      until.addEventListener("abort", () => (shown.value = undefined), { once: true });
      wait();
    },
  };
}
