/** `wait`, `jobs`, `fg`, `bg`, `kill`, `disown`. */
import { Failure, Killed, SIGNALS, toSignal } from "../flow.ts";
import type { Job } from "../jobs.ts";
import type { Shell } from "../shell.ts";
import type { Builtin } from "../shell.ts";

/** A job's end, unless a signal comes first: with a trap it is 128 and more. */
async function ended(shell: Shell, waited: Promise<number>): Promise<number> {
  const { signal } = shell;
  let stop: (() => void) | undefined;
  let wake: ((signal: number) => void) | undefined;
  const aborted = new Promise<number>((resolve, reject) => {
    stop = () => reject(signal.reason);
    wake = (caught) => resolve(128 + caught);
    signal.addEventListener("abort", stop, { once: true });
    shell.wakers.add(wake);
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([waited, aborted]);
  } finally {
    if (stop !== undefined) signal.removeEventListener("abort", stop);
    if (wake !== undefined) shell.wakers.delete(wake);
  }
}

export const wait: Builtin = async (shell, args) => {
  const { jobs } = shell;
  const names = args.filter((arg) => !arg.startsWith("-"));
  if (args.includes("-n")) {
    const known = names.length > 0 ? names.map((name) => jobs.find(name)) : jobs.all;
    const all = known.filter((job) => job !== undefined);
    if (all.length === 0) return 127;
    const first = Promise.race(all.map(async (job) => ({ job, status: await job.ended })));
    const done = await ended(
      shell,
      first.then(({ job, status }) => {
        jobs.forget(job);
        return status;
      }),
    );
    return done;
  }
  if (names.length === 0) {
    for (const job of jobs.all.slice()) {
      const status = await ended(shell, job.ended);
      if (job.status === undefined) return status;
      jobs.forget(job);
    }
    return 0;
  }
  let status = 0;
  for (const name of names) {
    const job = jobs.find(name);
    if (job === undefined) {
      await shell.complain(
        name.startsWith("%")
          ? `wait: ${name}: no such job`
          : `wait: pid ${name} is not a child of this shell`,
      );
      status = 127;
      continue;
    }
    status = await ended(shell, job.ended);
    job.isTold = true;
  }
  return status;
};

export const jobs: Builtin = async (shell, args) => {
  const flags = args.filter((arg) => arg.startsWith("-")).join("");
  for (const job of shell.jobs.all.slice()) {
    if (flags.includes("r") && job.status !== undefined) continue;
    if (flags.includes("p")) await shell.print(`${job.pid}\n`);
    else await shell.print(`${describe(shell, job, flags.includes("l"))}\n`);
    if (job.status !== undefined) shell.jobs.forget(job);
  }
  return 0;
};

export function describe(shell: Shell, job: Job, withPid = false): string {
  const live = shell.jobs.all;
  const mark = job === live.at(-1) ? "+" : job === live.at(-2) ? "-" : " ";
  const pid = withPid ? `${job.pid} ` : "";
  const state = job.status === undefined ? "Running" : stateOf(job.status);
  return `[${job.number}]${mark}  ${pid}${state.padEnd(24)}${job.text}${job.status === undefined ? " &" : ""}`;
}

function stateOf(status: number): string {
  if (status === 0) return "Done";
  if (status === 143) return "Terminated";
  if (status === 137) return "Killed";
  return `Exit ${status}`;
}

export const fg: Builtin = async (shell, [name = "%%"]) => {
  const job = shell.jobs.find(name.startsWith("%") ? name : `%${name}`);
  if (job === undefined) throw new Failure(`${name}: no such job`);
  await shell.print(`${job.text}\n`);
  try {
    const status = await ended(shell, job.ended);
    shell.jobs.forget(job);
    return status;
  } catch (error) {
    // What is in the foreground gets the interrupt.
    if (error instanceof Killed) job.kill(error.signal);
    throw error;
  }
};

export const bg: Builtin = async (shell, [name = "%%"]) => {
  const job = shell.jobs.find(name);
  if (job === undefined) throw new Failure(`${name}: no such job`);
  await shell.print(`[${job.number}]+ ${job.text} &\n`);
  return 0;
};

export const disown: Builtin = async (shell, names) => {
  const all = names.filter((name) => !name.startsWith("-"));
  for (const job of all.length > 0
    ? all.map((name) => shell.jobs.find(name))
    : [shell.jobs.all.at(-1)]) {
    if (job !== undefined) shell.jobs.forget(job);
  }
  return 0;
};

export const kill: Builtin = async (shell, args) => {
  let signal = 15;
  let names = [...args];
  const [first, second] = names;
  if (first === "-l") {
    const name =
      second === undefined
        ? undefined
        : Object.keys(SIGNALS).find((one) => SIGNALS[one] === Number(second) % 128);
    await shell.print(
      second === undefined
        ? `${Object.keys(SIGNALS).slice(1).join(" ")}\n`
        : `${name ?? toSignal(second) ?? ""}\n`,
    );
    return 0;
  }
  if (first === "-s" || first === "-n") {
    signal = toSignal(second ?? "") ?? -1;
    names = names.slice(2);
  } else if (first?.startsWith("-") === true && first !== "--") {
    signal = toSignal(first.slice(1)) ?? -1;
    names = names.slice(1);
  } else if (first === "--") names = names.slice(1);
  if (signal < 0) throw new Failure(`${first ?? ""}: invalid signal specification`);
  if (names.length === 0)
    throw new Failure("usage: kill [-s sigspec | -n signum | -sigspec] pid | jobspec ...", {
      status: 2,
    });
  let status = 0;
  for (const name of names) {
    if (name === `${shell.system.pid}`) {
      if (signal === 0) continue;
      shell.raise(signal);
      continue;
    }
    const job = shell.jobs.find(name);
    if (job === undefined || (job.status !== undefined && !name.startsWith("%"))) {
      await shell.complain(
        `kill: ${name.startsWith("%") ? `${name}: no such job` : `(${name}) - No such process`}`,
      );
      status = 1;
    } else if (signal !== 0 && signal < 18) job.kill(signal);
  }
  return status;
};
