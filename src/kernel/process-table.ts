/** The processes of one run: starts them, shares the run's memory among them, and ends all of them with the run. */
import { Exception } from "#base";
import type { Logger } from "#base";
import { serve } from "#capnp";
import type { Client } from "#capnp";
import { Host, InitialGrants } from "#schema";
import type { Counters, ProcessEntry } from "#schema";
import { createGuard, grantAll, releaseAll, serveChildHost, serveInitialGrants } from "#caps";
import type {
  Account,
  EntryOptions,
  Holder,
  NamedClient,
  Node,
  Spawner,
  SpawnLimits,
  SpawnRequest,
} from "#caps";
import { createBudget } from "#rpc";
import type { Scheduler } from "#rpc";
import { LIMIT_RANGES } from "./check-order.ts";
import { createProgramFinder } from "./find-program.ts";
import type { Home } from "./find-program.ts";
import { chooseCacheBytes } from "./limits.ts";
import type { ChosenLimits } from "./limits.ts";
import { createMemoryShares } from "./memory-shares.ts";
import type { CellRequest, Cells, Images, TreeCache } from "./powers.ts";
import { toProcess } from "./table-process.ts";
import type { TableProcess } from "./table-process.ts";

/** Maximal number of live processes in one run. */
const PROCESS_LIMIT = 128;
/** The pid of the first process, which is its own parent. */
export const FIRST_PID = 0;

/** Bytes that calls of all processes of a run may hold; beyond this limit, calls wait. */
const HELD_BYTES = 64 * 1024 * 1024;

/** A live process. */
interface ListedProcess {
  readonly entry: ProcessEntry;
  readonly process: TableProcess;
}

/** How a process begins. */
export interface Beginning {
  readonly request: CellRequest;
  /** Released by the table. */
  readonly bootstrap: Client;
  /** The capabilities that were granted to it, borrowed. Its `wasi:http` requests go through the grant named `http-client`. */
  readonly grants?: readonly NamedClient[];
}

/** The first process, or one that the owner has started. */
export interface FirstRequest {
  readonly component: Uint8Array;
  /** Whether the bytes of `component` never change. */
  readonly isFixed?: boolean;
  /** @param imports full names of the interfaces that the component imports @param pid the pid of the new process */
  readonly begin: (imports: readonly string[], pid: number) => Beginning;
  /** Kills the process, even while it starts. */
  readonly signal: AbortSignal;
}

/** The name of the grant that carries requests of `wasi:http/outgoing-handler`. */
const HTTP_CLIENT = "http-client";
const OUTGOING = /^wasi:http\/outgoing-handler@/;
/** What a program imports to use its connection. */
const STREAMS = /^wetware:streams\//;

export interface ProcessTable extends AsyncDisposable {
  /** Live processes, in start order. */
  readonly processes: readonly ProcessEntry[];
  /** The kernel resources that each of them has used. */
  readonly counters: readonly Counters[];
  startFirst(first: FirstRequest): Promise<TableProcess>;
  /** Like `startFirst`; `undefined` for a program that only answers HTTP requests. */
  startCommand(first: FirstRequest): Promise<TableProcess | undefined>;
  /** Starts a process that answers HTTP requests by its channel, in place of the first one. */
  startHandler(first: FirstRequest): Promise<TableProcess>;
  /** Reserves a pid, for an entry that stands for several processes. */
  takePid(): number;
  /** Memory that live processes were given, and the limit for all of them. */
  readonly memoryBytes: { readonly taken: number; readonly limit: number };
  /** Processor time of live processes, as of the last wait of each. */
  readonly cpuMs: number;
  /** Whether the first process waits for its standard input. @see Cell.waitsForInput */
  waitsForInput(): Promise<boolean>;
  /** Starts children of the first process. @param home the files that they see; those of the first process by default */
  createSpawner(home?: Home): Spawner;
  /** Gives all processes together more memory. */
  addMemory(bytes: number): void;
  /** Gives a live process more processor time. */
  addTime(pid: number, seconds: number): void;
}

export interface ProcessTablePowers {
  readonly cells: Cells;
  readonly images: Images;
  readonly node: Node;
  /** Divides the thread's time among the connections of all runs. */
  readonly scheduler: Scheduler;
  /** The files that the first process sees. */
  readonly home: Home;
  /** The pid of the first process; 0 by default. */
  readonly firstPid?: number;
  readonly cache: TreeCache;
  readonly account: Account;
  /** Limits of each process. */
  readonly limits: ChosenLimits;
  readonly logger: Logger;
  /** Called when a process has started or ended. */
  readonly onChanged?: (() => void) | undefined;
}

/** A process that is to be started. */
interface StartRequest extends FirstRequest {
  readonly pid: number;
  readonly parent: number;
  readonly limits?: SpawnLimits;
  readonly isFueled?: boolean | undefined;
  /** Whether it answers HTTP requests. */
  readonly serves?: boolean;
}

export function createProcessTable({
  cells,
  images,
  node,
  scheduler,
  home: firstHome,
  firstPid = FIRST_PID,
  cache,
  account,
  limits,
  logger,
  onChanged,
}: ProcessTablePowers): ProcessTable {
  const stop = new AbortController();
  const running = new Set<Promise<unknown>>();
  const budget = createBudget(HELD_BYTES);
  const processes = new Map<number, ListedProcess>();
  const programs = createProgramFinder(images, cache);
  let nextPid = firstPid;
  const { children: childLimit, runMemoryBytes, ...cellLimits } = limits;
  const memory = createMemoryShares({
    cellBytes: limits.memoryBytes,
    // At least the memory of one cell, whatever the cache takes.
    runBytes: Math.max(limits.memoryBytes, runMemoryBytes - chooseCacheBytes(limits)),
    processes: PROCESS_LIMIT,
  });

  const start = async (starting: StartRequest): Promise<TableProcess> => {
    const process = await startUnless(starting);
    if (process !== undefined) return process;
    throw new Exception("failed", "Cannot start process: its program only answers HTTP requests");
  };

  /** `undefined` when the program only answers HTTP requests, and is not started for them. */
  const startUnless = async (starting: StartRequest): Promise<TableProcess | undefined> => {
    const { component, isFixed, begin, pid, parent, signal, isFueled, serves = false } = starting;
    if (running.size >= PROCESS_LIMIT) {
      throw new Exception(
        "overloaded",
        `Cannot start process: ${PROCESS_LIMIT} are running; end one first`,
      );
    }
    const share = memory.take(starting.limits?.memoryBytes);
    try {
      const bounds = { ...cellLimits, ...starting.limits, memoryBytes: share.bytes };
      const killing = { signal: AbortSignal.any([stop.signal, signal]) };
      const prepared = await track(
        running,
        cells.prepare(component, bounds, { ...killing, isFixed }),
      );
      if (prepared.isHandler && !serves) {
        share[Symbol.dispose]();
        return undefined;
      }
      const { request, bootstrap, grants = [] } = begin(prepared.imports, pid);
      using served = bootstrap;
      const asks = prepared.imports.some((name) => OUTGOING.test(name));
      const client = asks ? grants.find(({ name }) => name === HTTP_CLIENT)?.client : undefined;
      const http = serves || client !== undefined;
      const cell = prepared.start(
        {
          ...request,
          limits: bounds,
          http: http ? { serves, asks: client !== undefined } : undefined,
        },
        killing,
      );
      const args = [request.argv0 ?? request.name, ...request.args];
      const process = toProcess(cell, {
        bootstrap: served,
        budget,
        scheduler,
        isConnected: prepared.imports.some((name) => STREAMS.test(name)),
        isFueled,
        client,
      });
      void track(running, process.exited); // never rejects
      processes.set(pid, { entry: { pid, parent, args }, process });
      logger.log("debug", "kernel", "process has started", { pid, parent });
      onChanged?.();
      // Never rejects.
      void cell.exited.then(({ type }) => {
        logger.log("debug", "kernel", "process has ended", { pid, outcome: type });
        share[Symbol.dispose]();
        processes.delete(pid);
        account.leave(pid);
        onChanged?.();
      });
      return process;
    } catch (error) {
      share[Symbol.dispose]();
      account.leave(pid);
      throw error;
    }
  };

  /** @param ceiling limits of the parent, which its children cannot exceed */
  const createSpawner = (parent: number, home: Home, ceiling: SpawnLimits): Spawner => {
    const children = new Set<Promise<unknown>>();
    const requireRoom = (): void => {
      if (children.size < childLimit) return;
      const state =
        childLimit === 0
          ? "this one may have no children"
          : `this one has ${childLimit} children already; end one first`;
      throw new Exception("overloaded", `Cannot start process: ${state}`);
    };
    const spawn = async (
      { program, args, env, label, grants, from, isFueled, ...wanted }: SpawnRequest,
      takeGrants: () => readonly NamedClient[],
      signal: AbortSignal,
    ): Promise<TableProcess> => {
      const bounds = lowerLimits(ceiling, wanted.limits);
      const pid = nextPid++;
      const found = await programs.find(program, home, signal);
      const holder: Holder = { pid, name: label ?? found.name };
      const bootstrap = (): Pick<Beginning, "bootstrap" | "grants"> => {
        if (grants === undefined) {
          const spawner = createSpawner(pid, found.home, bounds);
          const about: EntryOptions = { holder, name: "host", label: "Host of a child", via: from };
          const given = account.enter(about);
          const host = serve(Host, serveChildHost(node, spawner, given));
          const guard = createGuard(given.lifetime, given);
          account.bind(guard, given);
          return { bootstrap: guard.handOut(host, Host), grants: [] };
        }
        const given = grantAll(account, { holder, via: from }, takeGrants());
        return { bootstrap: serve(InitialGrants, serveInitialGrants(given)), grants: given };
      };
      const { name, component } = found;
      const begin = (): Beginning => ({
        request: { name, args, env, tree: found.home.tree },
        ...bootstrap(),
      });
      // Only this thread holds the bytes. A loaded component may be started many times.
      const isFixed = true;
      return start({ component, isFixed, begin, limits: bounds, pid, parent, signal, isFueled });
    };
    return {
      async spawn(request, { signal } = {}) {
        // The caller's signal cancels the start; a started process lives independently of it.
        const givenUp = new AbortController();
        let grants = request.grants ?? [];
        const takeGrants = (): readonly NamedClient[] => {
          const taken = grants;
          grants = [];
          return taken;
        };
        const giveUp = (): void => givenUp.abort(signal?.reason);
        signal?.addEventListener("abort", giveUp, { once: true });
        try {
          signal?.throwIfAborted();
          const ended = request.from.lifetime.ended;
          if (ended !== undefined) throw ended;
          requireRoom();
          const child = await track(children, spawn(request, takeGrants, givenUp.signal));
          void track(children, child.exited); // never rejects
          return child;
        } finally {
          signal?.removeEventListener("abort", giveUp);
          releaseAll(grants);
        }
      },
    };
  };
  return {
    get processes() {
      return [...processes.values()].map(({ entry }) => entry);
    },
    get counters() {
      return [...processes].map(([pid, { process }]) => ({ pid, ...process.used }));
    },
    startFirst(first) {
      const pid = nextPid++;
      return start({ ...first, pid, parent: pid });
    },
    startCommand(first) {
      const pid = nextPid++;
      return startUnless({ ...first, pid, parent: pid });
    },
    takePid: () => nextPid++,
    startHandler(first) {
      const pid = nextPid++;
      return start({ ...first, pid, parent: FIRST_PID, serves: true });
    },
    createSpawner: (home = firstHome) => createSpawner(FIRST_PID, home, {}),
    get memoryBytes() {
      return memory.bytes;
    },
    get cpuMs() {
      return [...processes.values()].reduce((sum, { process }) => sum + process.cpuMs, 0);
    },
    waitsForInput: async () => (await processes.get(firstPid)?.process.waitsForInput()) ?? false,
    addMemory: (bytes) => memory.add(bytes),
    addTime: (pid, seconds) => processes.get(pid)?.process.addTime(seconds),
    async [Symbol.asyncDispose]() {
      stop.abort(new Exception("disconnected", "The first process of the image has ended"));
      while (running.size > 0) await Promise.allSettled(running);
      // The first process may never have started.
      account.leave(firstPid);
      programs[Symbol.dispose]();
    },
  };
}

/** @throws {Exception} `failed` when a limit is out of range. */
function lowerLimits(ceiling: SpawnLimits, wanted: SpawnLimits = {}): SpawnLimits {
  const lowered = { ...ceiling };
  for (const name of ["memoryBytes", "cpuSeconds"] as const) {
    const value = wanted[name];
    if (value === undefined) continue;
    const [least, most] = LIMIT_RANGES[name];
    if (!(value >= least && value <= most)) {
      const range = `must be from ${least} to ${most}`;
      throw new Exception("failed", `Cannot start process: its limit ${name} ${range}`);
    }
    lowered[name] = Math.min(lowered[name] ?? Infinity, value);
  }
  return lowered;
}

async function track<T>(running: Set<Promise<unknown>>, promise: Promise<T>): Promise<T> {
  running.add(promise);
  try {
    return await promise;
  } finally {
    running.delete(promise);
  }
}
