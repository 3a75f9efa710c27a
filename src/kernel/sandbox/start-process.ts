/** Starts the processes of a sandbox, and connects their streams. */
import { EMPTY_TREE, Exception, whenAborted } from "#base";
import type { ExitStatus, Terminals } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import { grant, requireLabel, serveInitialGrants, toVariables } from "#caps";
import type { Account, Holder, NamedClient } from "#caps";
import { InitialGrants, Spawner } from "#schema";
import type { Command } from "#schema";
import type { CellRequest, SharedTree } from "../powers.ts";
import type { FirstRequest, ProcessTable } from "../process-table.ts";
import type { TableProcess } from "../table-process.ts";
import { createHandlerFront } from "../handler-front.ts";
import { createPathFinder } from "./find-on-path.ts";
import type { ReadyProgram, WantedProgram } from "./find-on-path.ts";
import { openStreams, passOutput, toTerminals } from "./process-streams.ts";
import { SIGNALS } from "./process.ts";
import type { ProcessExit, ProcessStarter, ProcessStreams, StartedProcess } from "./process.ts";
import { serveSpawner } from "./serve-process.ts";
import type { Terminal, TerminalMode } from "./terminal.ts";

export interface StarterPowers {
  readonly table: ProcessTable;
  readonly tree: SharedTree;
  readonly account: Account;
  /** Grants of every process, besides its spawner. Lent. */
  readonly grants: readonly NamedClient[];
  readonly monotonicMs: () => number;
}

/** Imported by programs that use size, raw mode or interrupts of a terminal. */
const TTY = /^wetware:tty\/terminal@/;
const KNOWN: ReadonlySet<number> = new Set(Object.values(SIGNALS));
/** Characters of a path that a message shows. */
const SHOWN_LENGTH = 100;

export function createStarter(powers: StarterPowers): ProcessStarter {
  const { table, tree, account, grants } = powers;
  const programs = createPathFinder(tree.service);
  const ports = new Map<number, StartedProcess>();
  /** The initial grants of a process: a spawner of its own, and the grants of the sandbox. */
  const giveGrants = (holder: Holder, streams: ProcessStreams): InitialGrants => {
    const spawner = serve(Spawner, serveSpawner(starter, streams));
    const about = { holder, name: "spawner", label: "Spawner of the sandbox" };
    const own = { name: "spawner", client: grant(account, about, spawner, Spawner).client };
    const shared = grants.map(({ name, client }) => ({
      name,
      client: grant(account, { holder, name, label: name }, dup(client), AnyClient).client,
    }));
    return serve(InitialGrants, serveInitialGrants([own, ...shared]));
  };
  const launch = async (
    wanted: WantedProgram & Pick<Command, "label" | "port">,
    program: ReadyProgram,
    streams: ProcessStreams,
    terminals: Terminals,
    signal: AbortSignal,
  ): Promise<Launched> => {
    const { env, cwd, label, port } = wanted;
    const name = label === "" ? program.path : label;
    const modes = watchModes(streams.terminal);
    let pid = 0;
    const first: FirstRequest = {
      component: program.component,
      isFixed: true,
      signal,
      begin(imports, ownPid) {
        pid = ownPid;
        const knowsTerminal = imports.some((imported) => TTY.test(imported));
        return {
          request: {
            name,
            argv0: program.argv0,
            args: program.args,
            env: env.some(([variable]) => variable === "PWD") ? env : [...env, ["PWD", cwd]],
            terminal: terminals,
            cwd,
            tty: knowsTerminal ? modes.tty : undefined,
            tree: EMPTY_TREE,
            sharedFiles: tree,
          },
          bootstrap: giveGrants({ pid, name }, streams),
        };
      },
    };
    const process = await table.startCommand(first);
    if (process !== undefined) {
      void process.exited.then(() => modes.restore()); // never rejects
      return { process, pid };
    }
    if (port === 0) refuse("it only answers HTTP requests, so it needs a port");
    return launchHandler(name, table, first);
  };
  /** Registers the process for its port. Two processes may have been starting for one port; the later one is killed. */
  const open = (process: StartedProcess, port: number): StartedProcess => {
    if (port === 0) return process;
    if (ports.has(port)) {
      process.signal(SIGNALS.kill);
      refuse(`port ${port} is served by another process`);
    }
    ports.set(port, process);
    void process.exited.then(() => ports.delete(port)); // never rejects
    return process;
  };
  const starter: ProcessStarter = {
    [Symbol.dispose]() {
      for (const process of ports.values()) process.signal(SIGNALS.kill);
    },
    openPort(port) {
      const process = ports.get(port);
      if (process !== undefined) return process.bootstrap();
      throw new Exception("failed", `Nothing serves port ${port} of the sandbox`);
    },
    async start(command, parent, signal) {
      const wanted = readCommand(command);
      if (ports.has(wanted.port)) refuse(`port ${wanted.port} is served by another process`);
      const program = await programs.find(wanted, { signal });
      const streams = openStreams(command, parent, powers.monotonicMs);
      const terminals = toTerminals(command, streams);
      // The caller's signal cancels only the start; a started process does not depend on it.
      const cancelled = new AbortController();
      const forget = whenAborted(signal, () => cancelled.abort(signal.reason));
      try {
        const launched = await launch(wanted, program, streams, terminals, cancelled.signal);
        const process = open(attach(launched, command, streams), wanted.port);
        parent?.children.add(process);
        void process.exited.then(() => parent?.children.delete(process)); // never rejects
        return process;
      } finally {
        forget();
      }
    },
  };
  return starter;
}

interface Launched {
  readonly process: Pick<
    TableProcess,
    "stdin" | "stdout" | "stderr" | "exited" | "tty" | "kill" | "bootstrap"
  >;
  readonly pid: number;
}

/** Launches an HTTP handler, whose cells answer requests until it is killed. */
function launchHandler(name: string, table: ProcessTable, first: FirstRequest): Launched {
  // The start's signal must not end cells that are started later.
  const living = { ...first, signal: new AbortController().signal };
  const { process } = createHandlerFront(name, () => table.startHandler(living));
  const { stdin, stdout, stderr } = process;
  const exited = process.exitCode.then((): ExitStatus => ({ type: "killed", reason: "" }));
  return {
    pid: table.takePid(),
    process: {
      stdin,
      stdout,
      stderr,
      exited,
      tty: undefined,
      kill: () => process.kill(),
      bootstrap: () => process.bootstrap(),
    },
  };
}

/** Connects the streams of a process that has started. */
function attach(
  { process: cell, pid }: Launched,
  command: Command,
  streams: ProcessStreams,
): StartedProcess {
  const { stdin, stdout, stderr, terminal } = streams;
  if (stdin === undefined) cell.stdin.close();
  else stdin.join(cell.stdin, cell.exited);
  passOutput(cell.stdout, stdout);
  passOutput(cell.stderr, stderr);
  let requested: number | undefined;
  const process: StartedProcess = {
    pid,
    streams,
    command,
    ownTerminal: command.terminal.columns > 0 ? terminal : undefined,
    exited: cell.exited.then((status) => toExit(status, requested)),
    bootstrap: () => cell.bootstrap(),
    signal(number) {
      if (!KNOWN.has(number)) {
        throw new Exception("unimplemented", `Cells do not know signal ${number}`);
      }
      // A program that subscribed to interrupts is notified and decides itself.
      if (number === SIGNALS.interrupt && cell.tty?.interrupt() === true) return;
      requested ??= number;
      cell.kill();
      // A shell cannot `exec` its command here, so killing it alone would leave the command running.
      if (number !== SIGNALS.interrupt) for (const child of streams.children) child.signal(number);
    },
  };
  if (terminal === undefined || stdin === undefined) return process;
  terminal.readers.add(process);
  const unwatch = terminal.watch((size) => cell.tty?.resize(size));
  // Never rejects.
  void cell.exited.then(() => {
    terminal.readers.delete(process);
    unwatch();
  });
  return process;
}

/** @throws {Exception} `failed` when no process can be started with these arguments */
function readCommand(command: Command): WantedProgram & Pick<Command, "label" | "port"> {
  const { program, args, label, port } = command;
  const cwd = command.cwd === "" ? "/" : command.cwd;
  if (!cwd.startsWith("/")) {
    refuse(`its working folder "${cwd.slice(0, SHOWN_LENGTH)}" is not an absolute path`);
  }
  requireLabel(label);
  const argv0 = command.argv0 === "" ? program : command.argv0;
  return { program, argv0, args, cwd, label, port, env: toVariables(command.env) };
}

function refuse(why: string): never {
  throw new Exception("failed", `Cannot start process: ${why}`);
}

/** The terminal as its program sees it. `restore` leaves raw mode if this program entered it. */
function watchModes(terminal: Terminal | undefined): {
  readonly tty: CellRequest["tty"];
  restore(): void;
} {
  let last: TerminalMode = "cooked";
  return {
    tty: terminal && {
      size: terminal.size,
      onMode(mode) {
        last = mode;
        terminal.mode = mode;
      },
    },
    // A program may end in raw mode, in which the next program's input would neither echo nor form lines.
    restore() {
      if (last === "raw" && terminal !== undefined) terminal.mode = "cooked";
    },
  };
}

function toExit(status: ExitStatus, requested: number | undefined): ProcessExit {
  if (status.type === "exited") return { type: "code", code: status.code & 0xff };
  if (status.type === "trapped") return { type: "trap", message: status.message };
  return { type: "signal", signal: requested ?? SIGNALS.kill };
}
