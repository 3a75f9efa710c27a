/** The processes that clients have started: found by pid or tag, and remembered for a while after their end. */
import { create } from "@bufbuild/protobuf";
import { Code, ConnectError } from "@connectrpc/connect";
import { BOUNDS } from "./bounds.ts";
import type { ProcessConfig, ProcessSelector } from "./generated/process/process.ts";
import { ProcessInfoSchema } from "./generated/process/process.ts";
import type { ProcessInfo } from "./generated/process/process.ts";
import type { AgentPowers } from "./powers.ts";
import type { End, RunningProcess } from "./running-process.ts";

export interface Exited {
  readonly pid: number;
  readonly tag: string | undefined;
  readonly end: End;
}

export interface ProcessTable extends Disposable {
  /** Live processes, in start order. */
  list(): ProcessInfo[];
  /** @throws {ConnectError} `resource_exhausted` when there are too many. */
  requireRoom(): void;
  add(process: RunningProcess, config: ProcessConfig): void;
  /** A live process. @throws {ConnectError} `not_found`, or `unimplemented` for an empty selector */
  find(selector: ProcessSelector | undefined): RunningProcess;
  /** A live process, or one that ended less than `BOUNDS.exitMs` ago. @throws {ConnectError} as `find` */
  findOrExited(selector: ProcessSelector | undefined): RunningProcess | Exited;
}

export function createProcessTable({ startTimer }: AgentPowers): ProcessTable {
  const live = new Map<number, { process: RunningProcess; config: ProcessConfig }>();
  const exits = new Map<number, { exited: Exited; stop: () => void }>();

  const forget = (pid: number): void => {
    exits.get(pid)?.stop();
    exits.delete(pid);
  };
  const remember = (exited: Exited): void => {
    const { pid } = exited;
    forget(pid);
    exits.set(pid, { exited, stop: startTimer(BOUNDS.exitMs, () => forget(pid)) });
    for (const [oldest] of exits) {
      if (exits.size <= BOUNDS.exits) break;
      forget(oldest);
    }
  };
  const findLive = (selector: ProcessSelector | undefined): RunningProcess | undefined => {
    const by = selector?.selector;
    if (by?.case === "pid") return live.get(by.value)?.process;
    if (by?.case === "tag") {
      return [...live.values()].find(({ process }) => process.tag === by.value)?.process;
    }
    throw new ConnectError("invalid process selector", Code.Unimplemented);
  };
  const findExited = (selector: ProcessSelector | undefined): Exited | undefined => {
    const by = selector?.selector;
    if (by?.case === "pid") return exits.get(by.value)?.exited;
    return [...exits.values()].findLast(({ exited }) => exited.tag === by?.value)?.exited;
  };
  return {
    list: () =>
      [...live.values()].map(({ process: { pid, tag }, config }) =>
        create(ProcessInfoSchema, { config, pid, ...(tag === undefined ? {} : { tag }) }),
      ),
    requireRoom() {
      if (live.size < BOUNDS.processes) return;
      const state = `there are ${BOUNDS.processes} already`;
      throw new ConnectError(`cannot start a process: ${state}`, Code.ResourceExhausted);
    },
    add(process, config) {
      const { pid, tag } = process;
      forget(pid);
      live.set(pid, { process, config });
      const drop = (end?: End): void => {
        if (live.get(pid)?.process === process) live.delete(pid);
        if (end !== undefined) remember({ pid, tag, end });
        process[Symbol.dispose]();
      };
      process.onEnd(drop);
    },
    find: (selector) => findLive(selector) ?? fail(selector),
    findOrExited: (selector) => findLive(selector) ?? findExited(selector) ?? fail(selector),
    [Symbol.dispose]() {
      for (const pid of exits.keys()) forget(pid);
      for (const { process } of live.values()) process[Symbol.dispose]();
      live.clear();
    },
  };
}

function fail(selector: ProcessSelector | undefined): never {
  const { case: by, value } = selector?.selector ?? {};
  const named = by === "tag" ? `tag ${JSON.stringify(value?.slice(0, 200))}` : `pid ${value}`;
  throw new ConnectError(`process with ${named} not found`, Code.NotFound);
}
