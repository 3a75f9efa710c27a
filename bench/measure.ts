/** How a bench says what it measured, and how two things are measured side by side. */

/** One row of a table; `ratio` is turned so that larger is better. */
export interface Row {
  readonly measure: string;
  readonly ours: number;
  readonly peer: number;
  readonly peerName: string;
  readonly ratio: number;
  readonly target: number;
  readonly met: boolean;
}

/** How much of something is done in a second. */
export interface Rate {
  readonly perSecond: number;
}

export interface Timing {
  /** How long each turn of each contestant lasts. */
  readonly turnMs: number;
  readonly turns: number;
}

/** Until the compiler has seen enough of a contestant. */
const WARM_UP_MS = 700;

/** One thing to be done again and again; resolves when it is done. */
export type Work = () => PromiseLike<unknown>;

export function toRow(
  measure: string,
  ours: number,
  peer: number,
  peerName: string,
  target: number,
  ratio: number = ours / peer,
): Row {
  return { measure, ours, peer, peerName, ratio, target, met: ratio >= target };
}

/**
 * The rates of several contestants, taken in turns so that the machine's moods meet all of them; the median of each.
 *
 * @param inFlight how many of each are under way at a time
 */
export async function race<Name extends string>(
  contestants: Readonly<Record<Name, Work>>,
  inFlight: number,
  { turnMs, turns }: Timing,
): Promise<Record<Name, number>> {
  const names = Object.keys(contestants) as Name[];
  const rates = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (const name of names) await run(contestants[name], inFlight, WARM_UP_MS);
  for (let turn = 0; turn < turns; turn++) {
    for (const name of names) {
      rates.get(name)?.push(await run(contestants[name], inFlight, turnMs));
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(rates.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

/** How often the work is done in a second. */
async function run(work: Work, inFlight: number, forMs: number): Promise<number> {
  const start = performance.now();
  let done = 0;
  const worker = async (): Promise<void> => {
    while (performance.now() - start < forMs) {
      await work();
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (done * 1000) / (performance.now() - start);
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}
