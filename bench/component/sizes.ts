/** What is started, and what is to be reached. */
import type { Size } from "./contest.ts";

/** By the names of their files. */
export const SIZES: Readonly<Record<string, Omit<Size, "component">>> = {
  small: { name: "60 KB", timesJco: 20, timesBare: 2.5, roundsTimes: 30 },
  medium: { name: "1.8 MB", timesJco: 10, timesBare: 1.5, roundsTimes: 3 },
  large: { name: "12 MB", timesJco: 8, timesBare: 1.3, roundsTimes: 1 },
};

export const SIZE_BYTES: Readonly<Record<string, number>> = {
  small: 60_000,
  medium: 1_800_000,
  large: 12_000_000,
};
