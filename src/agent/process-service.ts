/** The service `process.Process`. @see proto/process/process.proto */
import { Code, ConnectError } from "@connectrpc/connect";
import type { HandlerContext, ServiceImpl } from "@connectrpc/connect";
import type { MessageInitShape } from "@bufbuild/protobuf";
import { Exception, untilAborted } from "#base";
import type { Files, Spawner } from "#schema";
import { BOUNDS } from "./bounds.ts";
import { invalid, requireGranted, toConnectError } from "./errors.ts";
import { Signal } from "./generated/process/process.ts";
import type {
  Process,
  ProcessConfig,
  ProcessEventSchema,
  ProcessInput,
  PTY,
  StartRequest,
} from "./generated/process/process.ts";
import type { AgentPowers } from "./powers.ts";
import type { ProcessTable } from "./process-table.ts";
import { readQueue, streaming, unary, unimplemented } from "./rpc-handlers.ts";
import { followProcess } from "./running-process.ts";
import type { End, ProcessOutput, RunningProcess } from "./running-process.ts";
import type { Settings } from "./settings.ts";
import { homeOf, readUser, resolvePath } from "./users.ts";
import type { User } from "./users.ts";

export interface ProcessServiceParts {
  readonly spawner: Spawner;
  readonly files: Files;
  readonly table: ProcessTable;
  readonly settings: Settings;
  readonly powers: AgentPowers;
}

type Event = MessageInitShape<typeof ProcessEventSchema>;
/** A message of either stream. */
interface Told {
  readonly event: Event;
}

export function createProcessService(parts: ProcessServiceParts): ServiceImpl<typeof Process> {
  const { table } = parts;
  return {
    list: unary(() => ({ processes: table.list() })),
    start: streaming(async function* start(request, context) {
      const process = await startProcess(request, context, parts);
      if (process instanceof ConnectError) yield* tellNotFound(process);
      else yield* follow(process, context);
    }),
    connect: streaming(async function* connect({ process: selector }, context) {
      const found = table.findOrExited(selector);
      if (!("end" in found)) return yield* follow(found, context);
      yield { event: toStart(found.pid) };
      yield { event: toEndEvent(found.end) };
    }),
    update: unary(async ({ process: selector, pty }) => {
      const process = table.find(selector);
      const size = pty === undefined ? undefined : readSize(pty);
      if (size !== undefined) await process.resize(size.columns, size.rows);
      return {};
    }),
    async streamInput(requests, context) {
      const handle = unary(async () => {
        let process: RunningProcess | undefined;
        for await (const { event } of requests) {
          if (event.case === "start") process = table.find(event.value.process);
          else if (event.case === "data") {
            if (process === undefined) throw invalid("the first event is not a start");
            await giveInput(process, event.value.input, context);
          } else if (event.case === undefined) throw unimplemented("invalid event type");
        }
        return {};
      });
      return untilAborted(handle(undefined, context), context.signal);
    },
    sendInput: unary(async ({ process, input }, context) => {
      await giveInput(table.find(process), input, context);
      return {};
    }),
    sendSignal: unary(async ({ process: selector, signal }) => {
      const process = table.find(selector);
      if (signal === Signal.SIGKILL) await process.signal(9);
      else if (signal === Signal.SIGTERM) await process.signal(15);
      else throw unimplemented(`invalid signal: ${signal}`);
      return {};
    }),
    closeStdin: unary(async ({ process }, context) => {
      await table.find(process).closeStdin(context.signal);
      return {};
    }),
  };
}

/** Streams the start, the output from now on, and the end. Attaches before it first waits, so no output is lost. */
async function* follow(process: RunningProcess, context: HandlerContext): AsyncGenerator<Told> {
  const queue = process.attach();
  try {
    yield { event: toStart(process.pid) };
    for await (const output of readQueue(queue, context)) yield { event: toEvent(output) };
  } finally {
    process.detach(queue);
  }
}

/** Starts a process; no output of it has been read yet. Returns an error when there is no such program. */
async function startProcess(
  request: StartRequest,
  context: HandlerContext,
  parts: ProcessServiceParts,
): Promise<RunningProcess | ConnectError> {
  const { spawner, table, settings, powers } = parts;
  const { process: config, pty, tag, stdin = true } = request;
  if (config === undefined || config.cmd === "") throw invalid("no command was given");
  const user = readUser(context.requestHeader, settings);
  const terminal = pty === undefined ? undefined : (readSize(pty) ?? USUAL_SIZE);
  const env = toEnv(config, user, settings);
  requireCommandSize(config, env);
  table.requireRoom();
  const cwd = await findWorkdir(config, user, parts);
  const spawning = spawner.spawn({
    program: config.cmd,
    argv0: config.cmd,
    args: config.args,
    env,
    cwd,
    stdin: stdin || terminal !== undefined ? "piped" : "nothing",
    stdout: "piped",
    stderr: "piped",
    ...(terminal === undefined ? {} : { terminal }),
    label: labelOf(config),
  });
  let results: Awaited<typeof spawning>;
  try {
    results = await spawning;
  } catch (reason) {
    const error = toConnectError(reason);
    const isRefusal = reason instanceof Exception && reason.refusal !== undefined;
    if (error.code !== Code.Internal || isRefusal) throw error;
    return error;
  }
  const kind = { tag, hasTerminal: terminal !== undefined, hasStdin: stdin };
  const process = followProcess(results.process, results.pid, kind, powers);
  table.add(process, config);
  const { timeoutMs } = readTimeout(context);
  if (timeoutMs !== undefined) {
    const stop = powers.startTimer(timeoutMs, () => void process.signal(9).catch(() => undefined));
    process.onEnd(stop);
  }
  return process;
}

/** Answers as a shell that does not find a program: with the reason on stderr and exit code 127, as clients expect. */
function* tellNotFound({ rawMessage }: ConnectError): Generator<Told> {
  const stderr = new TextEncoder().encode(`${rawMessage}\n`);
  const status = "exit status 127";
  yield { event: toStart(NO_PID) };
  yield {
    event: { event: { case: "data", value: { output: { case: "stderr", value: stderr } } } },
  };
  yield { event: toEndEvent({ exitCode: 127, exited: true, status, error: status }) };
}

const LABEL_LENGTH = 100;
/** The pid for a process that was never started: the largest of its field. */
const NO_PID = 0xffff_ffff;
const USUAL_SIZE = { columns: 80, rows: 24 };

/** The deadline of the request is also that of its process, even after the client has disconnected. */
function readTimeout({ timeoutMs }: HandlerContext): { readonly timeoutMs: number | undefined } {
  const left = timeoutMs();
  return { timeoutMs: left === undefined ? undefined : Math.max(0, left) };
}

async function findWorkdir(
  { cwd }: ProcessConfig,
  user: User,
  { files, settings }: ProcessServiceParts,
): Promise<string> {
  const path = cwd === undefined || cwd === "" ? homeOf(user, settings) : cwd;
  const resolved = resolvePath(path, user, settings);
  const { entry, refusal } = await files.stat(resolved, true);
  if (refusal === "none") {
    if (entry.which === "directory") return resolved;
    throw invalid(`cwd '${resolved}' is not a directory`);
  }
  if (refusal !== "noEntry" || resolved !== user.home) {
    throw invalid(`cwd '${resolved}' does not exist`);
  }
  // The image lacks this user's home.
  const made = await files.makeDirectory(resolved);
  if (made.refusal !== "exist") requireGranted(`error creating '${resolved}'`, made.refusal);
  return resolved;
}

function toEnv({ envs }: ProcessConfig, { name, home }: User, settings: Settings): string[] {
  const all = new Map([
    ["PATH", settings.path],
    ["HOME", home],
    ["USER", name],
    ["LOGNAME", name],
    ...settings.env,
    ...Object.entries(envs),
  ]);
  return [...all].map(([key, value]) => {
    if (key === "" || key.includes("=") || `${key}${value}`.includes("\0")) {
      throw invalid(`invalid environment variable: ${JSON.stringify(key.slice(0, 200))}`);
    }
    return `${key}=${value}`;
  });
}

function requireCommandSize({ cmd, args }: ProcessConfig, env: readonly string[]): void {
  let length = cmd.length;
  for (const text of [...args, ...env]) length += text.length + 1;
  if (length > BOUNDS.commandBytes) {
    throw invalid(`argument list is longer than ${BOUNDS.commandBytes} bytes`);
  }
  if (`${cmd}${args.join("")}`.includes("\0")) throw invalid("argument contains a null byte");
}

/** The command on one line, for the owner's account. */
function labelOf({ cmd, args }: ProcessConfig): string {
  const line = [cmd, ...args]
    .join(" ")
    .slice(0, 1000)
    .replaceAll(/[\p{Cc}\p{Cf}\s]+/gu, " ");
  return line.slice(0, LABEL_LENGTH).toWellFormed();
}

/** @throws {ConnectError} for a size that is too large. */
function readSize({ size }: PTY): { columns: number; rows: number } | undefined {
  if (size === undefined) return undefined;
  const { cols: columns, rows } = size;
  if (columns === 0 || rows === 0) return USUAL_SIZE;
  if (columns > 0xffff || rows > 0xffff) throw invalid(`no terminal is ${columns} × ${rows}`);
  return { columns, rows };
}

function giveInput(
  process: RunningProcess,
  input: ProcessInput | undefined,
  { signal }: HandlerContext,
): Promise<void> {
  const given = input?.input;
  if (given?.case === undefined) throw unimplemented("invalid input type");
  return process.write(given.case, given.value, signal);
}

function toStart(pid: number): Event {
  return { event: { case: "start", value: { pid } } };
}

function toEvent(output: ProcessOutput | undefined): Event {
  if (output === undefined) return { event: { case: "keepalive", value: {} } };
  if (output.type === "end") return toEndEvent(output.end);
  const { kind, bytes } = output;
  return { event: { case: "data", value: { output: { case: kind, value: bytes } } } };
}

function toEndEvent({ exitCode, exited, status, error }: End): Event {
  const value = { exitCode, exited, status, ...(error === undefined ? {} : { error }) };
  return { event: { case: "end", value } };
}
