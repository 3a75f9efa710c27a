/** Starts the processes of a sandbox, and connects their streams. */
import { Exception } from "#base";
import type { ByteSource, ExitStatus } from "#base";
import { AnyClient, dup, serve } from "#capnp";
import type { Client } from "#capnp";
import { grant, serveInitialGrants, toVariables } from "#caps";
import type { Account, Holder, NamedClient } from "#caps";
import { InitialGrants, Spawner } from "#schema";
import type { Command, Stdio } from "#schema";
import type { SharedTree } from "../powers.ts";
import type { ProcessTable } from "../process-table.ts";
import { findProgram } from "./find-program.ts";
import { createMergedOutput } from "./merged-output.ts";
import type { MergedOutput } from "./merged-output.ts";
import type { ProcessExit, ProcessStarter, ProcessStreams, StartedProcess } from "./process.ts";
import { serveSpawner } from "./serve-process.ts";
import { createSharedInput } from "./shared-input.ts";
import { createTerminal } from "./terminal.ts";

export interface StarterPowers {
  readonly table: ProcessTable;
  readonly tree: SharedTree;
  readonly account: Account;
  /** What each process finds among its grants, beside its spawner. Lent. */
  readonly grants: readonly NamedClient[];
  readonly monotonicMs: () => number;
}

const INTERRUPT = 2;
const KILL = 9;
const TERMINATE = 15;
/** A process's label, for the owner. */
const LABEL_LENGTH = 100;
const DRAIN_BYTES = 64 * 1024;

export function createStarter(powers: StarterPowers): ProcessStarter {
  const { table, tree, account, grants } = powers;
  const starter: ProcessStarter = {
    async start(command, parent, signal) {
      const cwd = command.cwd === "" ? "/" : command.cwd;
      if (!cwd.startsWith("/")) {
        throw new Exception(
          "failed",
          `Cannot start process: its folder "${cwd}" is no absolute path`,
        );
      }
      requireLabel(command.label);
      const env = toVariables(command.env);
      const { argv0, args } = command;
      const wanted = { ...command, argv0: argv0 === "" ? command.program : argv0, args, cwd, env };
      const program = await findProgram(tree.service, wanted, { signal });
      const streams = openStreams(command, parent, powers.monotonicMs);
      const name = command.label === "" ? program.path : command.label;
      const { promise: started, resolve: tellStarted } = Promise.withResolvers<number>();
      const first = await table.startFirst({
        component: program.component,
        signal,
        begin(_imports, pid) {
          tellStarted(pid);
          const holder: Holder = { pid, name };
          const spawner = serve(Spawner, serveSpawner(starter, streams));
          const about = { holder, name: "spawner", label: "Spawner of the sandbox" };
          const given = [
            { name: "spawner", client: grant(account, about, spawner, Spawner).client },
            ...grants.map((each) => ({
              name: each.name,
              client: grantOne(account, holder, each),
            })),
          ];
          return {
            request: {
              name,
              argv0: program.argv0,
              args: program.args,
              env: env.some(([variable]) => variable === "PWD") ? env : [...env, ["PWD", cwd]],
              terminal: toTerminals(command, streams),
              cwd,
              tree: NO_TREE,
              sharedFiles: tree,
            },
            bootstrap: serve(InitialGrants, serveInitialGrants(given)),
          };
        },
      });
      const pid = await started;
      const { stdin, stdout, stderr, terminal } = streams;
      if (stdin === undefined) first.stdin.close();
      else stdin.join(first.stdin, first.exited);
      connect(first.stdout, stdout);
      connect(first.stderr, stderr);
      let asked: number | undefined;
      const process: StartedProcess = {
        pid,
        streams,
        command,
        ownTerminal: command.terminal.columns > 0 ? terminal : undefined,
        exited: first.exited.then((status) => toExit(status, asked)),
        bootstrap: () => first.bootstrap(),
        signal(number) {
          if (number !== INTERRUPT && number !== KILL && number !== TERMINATE) {
            throw new Exception("unimplemented", `Cells do not know signal ${number}`);
          }
          asked ??= number;
          first.kill();
        },
      };
      if (terminal !== undefined && stdin !== undefined) {
        terminal.readers.add(process);
        void first.exited.then(() => terminal.readers.delete(process)); // never rejects
      }
      return process;
    },
  };
  return starter;
}

const NO_TREE = { entries: new Map(), read: () => Promise.reject(new Error("No such file")) };

function grantOne(account: Account, holder: Holder, { name, client }: NamedClient): Client {
  return grant(account, { holder, name, label: name }, dup(client), AnyClient).client;
}

function openStreams(
  { stdin, stdout, stderr, terminal: size }: Command,
  parent: ProcessStreams | undefined,
  nowMs: () => number,
): ProcessStreams {
  if (size.columns > 0) {
    const input = createSharedInput();
    const output = createMergedOutput();
    const readers = new Set<StartedProcess>();
    const interrupt = (): void => [...readers].at(-1)?.signal(INTERRUPT);
    const terminal = createTerminal(size, { input, output, interrupt, nowMs });
    return {
      stdin: input,
      stdout: output,
      stderr: output,
      terminal: Object.assign(terminal, { readers }),
    };
  }
  return {
    stdin: choose(stdin, parent?.stdin, createSharedInput),
    stdout: choose(stdout, parent?.stdout, createMergedOutput),
    stderr: choose(stderr, parent?.stderr, createMergedOutput),
    terminal: stdin === "inherited" || stdout === "inherited" ? parent?.terminal : undefined,
  };
}

function choose<T>(stdio: Stdio, inherited: T | undefined, create: () => T): T | undefined {
  if (stdio === "inherited") return inherited;
  return stdio === "nothing" ? undefined : create();
}

/** Which streams lead to a terminal. */
function toTerminals(
  command: Command,
  { terminal, stdout, stderr }: ProcessStreams,
): { readonly stdin: boolean; readonly stdout: boolean; readonly stderr: boolean } {
  const isOwn = command.terminal.columns > 0;
  const leads = (stdio: Stdio): boolean =>
    terminal !== undefined && (isOwn || stdio === "inherited");
  // Both outputs of a process are one device only where they lead to the same.
  const isOne = stdout === stderr;
  return {
    stdin: leads(command.stdin),
    stdout: leads(command.stdout),
    stderr: leads(command.stderr) && isOne,
  };
}

/** Takes the source over. */
function connect(source: ByteSource, output: MergedOutput | undefined): void {
  if (output === undefined) void drain(source);
  else output.add(source);
}

/** Reads what nobody wants, to the end. */
async function drain(source: ByteSource): Promise<void> {
  try {
    while ((await source.read(DRAIN_BYTES)) !== undefined);
  } catch {
    // It was cut off.
  }
}

function toExit(status: ExitStatus, asked: number | undefined): ProcessExit {
  if (status.type === "exited") return { type: "code", code: status.code & 0xff };
  if (status.type === "trapped") return { type: "trap", message: status.message };
  return { type: "signal", signal: asked ?? KILL };
}

function requireLabel(label: string): void {
  if (label.length <= LABEL_LENGTH && !/\p{Cc}|\p{Cf}/u.test(label)) return;
  throw new Exception(
    "failed",
    `Cannot start process: a label is one line of at most ${LABEL_LENGTH} characters`,
  );
}
