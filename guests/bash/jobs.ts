/** What runs in the background, and how each ended. */

export interface Job {
  readonly number: number;
  readonly pid: number;
  readonly text: string;
  /** Never rejects. */
  readonly ended: Promise<number>;
  readonly kill: (signal: number) => void;
  status: number | undefined;
  /** Its end was told to whoever looked. */
  isTold: boolean;
}

export interface Jobs {
  readonly all: Job[];
  /** @param kill what a signal does */
  add(text: string, kill: (signal: number) => void, run: () => Promise<number>): Job;
  /** By `%1`, `%%`, `%+`, `%-`, `%name`, or a process's number. */
  find(text: string): Job | undefined;
  forget(job: Job): void;
}

/** Process numbers of subshells: above those of real processes. */
const FIRST_PID = 100_000;
let lastPid = FIRST_PID;

function nextPid(): number {
  return ++lastPid;
}

export function createJobs(): Jobs {
  const all: Job[] = [];
  return {
    all,
    add(text, kill, run) {
      const number = Math.max(0, ...all.map((job) => job.number)) + 1;
      const pid = nextPid();
      const ended = run().then(
        (status) => (job.status = status),
        () => (job.status = 1),
      );
      const job: Job = { number, pid, text, ended, kill, status: undefined, isTold: false };
      all.push(job);
      return job;
    },
    find(text) {
      if (!text.startsWith("%")) return all.find(({ pid }) => `${pid}` === text);
      const name = text.slice(1);
      const live = all.filter((job) => job.status === undefined);
      const known = live.length > 0 ? live : all;
      if (name === "" || name === "%" || name === "+") return known.at(-1);
      if (name === "-") return known.at(-2) ?? known.at(-1);
      if (/^\d+$/.test(name)) return all.find(({ number }) => `${number}` === name);
      if (name.startsWith("?")) return all.find((job) => job.text.includes(name.slice(1)));
      return all.find((job) => job.text.startsWith(name));
    },
    forget(job) {
      const at = all.indexOf(job);
      if (at >= 0) all.splice(at, 1);
    },
  };
}
