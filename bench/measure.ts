/** How a bench says what it measured, and how two things are measured side by side. */

/** One row of a table. The larger the ratio, the better; 1 is its target where something has a limit. */
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
  /** Whether what takes minutes is measured as well. */
  readonly isLong?: boolean;
}

/** Until the compiler has seen enough of a contestant. */
const WARM_UP_MS = 700;

/** How often something is done in a second, tried for so long. */
export type Trial = (forMs: number) => PromiseLike<number>;

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

/** Of what should be little: at most so many times the peer's. The ratio tells how often it fits into that. */
export function toRowAtMost(
  measure: string,
  ours: number,
  peer: number,
  peerName: string,
  times: number,
): Row {
  const limit = times === 1 ? measure : `${measure}, at most ${times} ×`;
  return toRow(limit, ours, peer, peerName, 1, (times * peer) / ours);
}

/**
 * The rates of several contestants, taken in turns so that the machine's moods meet all of them; the median of each.
 *
 * @param inFlight how many of each are under way at a time
 */
export async function race<Name extends string>(
  contestants: Readonly<Record<Name, Work>>,
  inFlight: number,
  timing: Timing,
): Promise<Record<Name, number>> {
  const trials = Object.entries<Work>(contestants).map(
    ([name, work]) => [name, toTrial(work, inFlight)] as const,
  );
  return raceTrials(Object.fromEntries(trials) as Record<Name, Trial>, timing);
}

/** The same for contestants that count by themselves. */
export async function raceTrials<Name extends string>(
  contestants: Readonly<Record<Name, Trial>>,
  { turnMs, turns }: Timing,
): Promise<Record<Name, number>> {
  const trials = Object.values<Trial>(contestants);
  for (const trial of trials) await trial(WARM_UP_MS);
  return medians(contestants, turns, (trial) => trial(turnMs));
}

/** How many ms each contestant says that it took, likewise; those that are done sooner have more tries before. */
export async function raceTimes<Name extends string>(
  contestants: Readonly<Record<Name, () => PromiseLike<number>>>,
  rounds: number,
): Promise<Record<Name, number>> {
  for (const time of Object.values<() => PromiseLike<number>>(contestants)) {
    const start = performance.now();
    do await time();
    while (performance.now() - start < WARM_UP_MS);
  }
  return medians(contestants, rounds, (time) => time());
}

export function toTrial(work: Work, inFlight: number): Trial {
  return async (forMs) => {
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
  };
}

async function medians<Name extends string, T>(
  contestants: Readonly<Record<Name, T>>,
  rounds: number,
  measure: (contestant: T) => PromiseLike<number>,
): Promise<Record<Name, number>> {
  const names = Object.keys(contestants) as Name[];
  const values = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of names) values.get(name)?.push(await measure(contestants[name]));
  }
  const rows = names.map((name) => [name, median(values.get(name) ?? [])]);
  return Object.fromEntries(rows) as Record<Name, number>;
}

function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? 0;
}

/** How many milliseconds it takes. */
export async function timed(work: Work): Promise<number> {
  const before = performance.now();
  await work();
  return performance.now() - before;
}
