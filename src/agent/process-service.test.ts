import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { BOUNDS } from "#agent";
import { inBase64, openTestedAgent } from "./open-agent.testing.ts";
import type { TestedAgent } from "./open-agent.testing.ts";

let agent: TestedAgent;
beforeEach(async () => {
  agent = await openTestedAgent();
});
afterEach(() => agent[Symbol.asyncDispose]());

const START = "process.Process/Start";
const CONNECT = "process.Process/Connect";

function bash(script: string, more: object = {}): object {
  return { process: { cmd: "/bin/bash", args: ["-c", script] }, ...more };
}

const data = (stream: string, text: string): object => ({
  event: { data: { [stream]: inBase64(text) } },
});
const failure = (code: string, message: unknown): object => ({ end: { error: { code, message } } });

/** The pid in the first message. */
async function pidOf(stream: { next(): Promise<Record<string, unknown>> }): Promise<number> {
  const first = (await stream.next()) as { event: { start: { pid: number } } };
  return first.event.start.pid;
}

describe("Start", () => {
  test("tells of the start, the output and the end, in this order", async () => {
    const stream = await agent.stream(START, bash("echo out; exit 3", { stdin: false }));
    expect(await stream.rest()).toEqual([
      { event: { start: { pid: expect.any(Number) as number } } },
      data("stdout", "out\n"),
      {
        event: {
          end: { exitCode: 3, exited: true, status: "exit status 3", error: "exit status 3" },
        },
      },
      { end: {} },
    ]);
    const fine = await agent.stream(START, bash("echo err >&2", { stdin: false }));
    expect((await fine.rest()).slice(1)).toEqual([
      data("stderr", "err\n"),
      { event: { end: { exited: true, status: "exit status 0" } } },
      { end: {} },
    ]);
  });

  test("says how signals have ended it", async () => {
    for (const [signal, status] of [
      ["SIGNAL_SIGKILL", "signal: killed"],
      ["SIGNAL_SIGTERM", "signal: terminated"],
    ]) {
      const stream = await agent.stream(START, bash("sleep 600"));
      const pid = await pidOf(stream);
      const sent = await agent.call("process.Process/SendSignal", { process: { pid }, signal });
      expect(sent).toEqual({ status: 200, body: {} });
      expect(await stream.next()).toEqual({
        event: { end: { exitCode: -1, status, error: status } },
      });
    }
  });

  test("is exit 127 of a process for a program that is not there", async () => {
    const stream = await agent.stream(START, { process: { cmd: "/no/such/program" } });
    const [start, output, end] = await stream.rest();
    expect(start).toMatchObject({ event: { start: {} } });
    expect(output).toEqual(
      data("stderr", 'Cannot start "/no/such/program": there is no such program\n'),
    );
    expect(end).toMatchObject({ event: { end: { exitCode: 127, exited: true } } });
  });

  test.each([
    ["no command", {}, {}, "invalid_argument", "no command was given"],
    [
      "a working directory that is not there",
      { process: { cmd: "/bin/true", cwd: "/nowhere" } },
      {},
      "invalid_argument",
      "cwd '/nowhere' does not exist",
    ],
    [
      "another's home",
      { process: { cmd: "/bin/true", cwd: "~other/x" } },
      {},
      "invalid_argument",
      "cannot expand user-specific home dir",
    ],
    [
      "an unknown user",
      bash("true"),
      { authorization: `Basic ${inBase64("nobody:")}` },
      "unauthenticated",
      'invalid username: "nobody"',
    ],
    [
      "a variable without a name",
      { process: { cmd: "/bin/true", envs: { "A=B": "c" } } },
      {},
      "invalid_argument",
      'invalid environment variable: "A=B"',
    ],
    [
      "a terminal that nobody has",
      bash("true", { pty: { size: { cols: 70_000, rows: 1 } } }),
      {},
      "invalid_argument",
      "no terminal is 70000 × 1",
    ],
    [
      "arguments without measure",
      { process: { cmd: "/bin/true", args: ["x".repeat(BOUNDS.commandBytes)] } },
      {},
      "invalid_argument",
      `argument list is longer than ${BOUNDS.commandBytes} bytes`,
    ],
  ])("refuses %s", async (_, message, headers, code, text) => {
    const stream = await agent.stream(START, message, headers);
    expect(await stream.rest()).toEqual([failure(code, text)]);
    expect(agent.reference.processes.live.size).toBe(0);
  });

  test("gives its user, then what /init said, then its own variables", async () => {
    await agent.fetch("/init", {
      method: "POST",
      body: JSON.stringify({ envVars: { A: "init", B: "init" } }),
    });
    const message = {
      process: {
        cmd: "/bin/bash",
        args: ["-c", "echo $E2B_SANDBOX $USER $LOGNAME $A $B $C $(basename $HOME) ${PATH:+path}"],
        envs: { B: "own", C: "own" },
      },
      stdin: false,
    };
    const headers = { authorization: `Basic ${inBase64("user:ignored")}` };
    const stream = await agent.stream(START, message, headers);
    expect((await stream.rest()).at(1)).toEqual(
      data("stdout", "true user user init own own user path\n"),
    );
  });

  test("ends the process at its deadline, though nobody listens any more", async () => {
    const headers = { "connect-timeout-ms": "60000" };
    const stream = await agent.stream(START, bash("sleep 600"), headers);
    const pid = await pidOf(stream);
    await stream.cancel();
    const exited = agent.reference.processes.live.get(pid);
    agent.pass(59_000);
    expect(agent.reference.processes.live.has(pid)).toBe(true);
    agent.pass(1000);
    expect(await exited).toEqual({ which: "signal", signal: 9 });
  });

  test("has no deadline of 0 ms", async () => {
    const stream = await agent.stream(START, bash("echo x"), { "connect-timeout-ms": "0" });
    expect((await stream.rest()).at(-1)).toEqual({ end: {} });
  });

  test("says that it lives after each silence", async () => {
    const message = bash("read line; echo $line; read line");
    const stream = await agent.stream(START, message, { "keepalive-ping-interval": "50" });
    const pid = await pidOf(stream);
    const keepalive = { event: { keepalive: {} } };
    const next = stream.next();
    await expect.poll(() => agent.timers).toBeGreaterThan(0);
    agent.pass(50_000);
    expect(await next).toEqual(keepalive);
    await agent.call("process.Process/SendInput", {
      process: { pid },
      input: { stdin: inBase64("hello\n") },
    });
    expect(await stream.next()).toEqual(data("stdout", "hello\n"));
    const after = stream.next();
    agent.pass(49_000);
    await agent.call("process.Process/List", {});
    agent.pass(1000);
    expect(await after).toEqual(keepalive);
    await stream.cancel();
  });

  test("waits for a reader that reads, and cuts off one that does not", async () => {
    const stream = await agent.stream(START, bash("head -c 8000000 /dev/zero; echo > done"));
    await pidOf(stream);
    const isDone = async (): Promise<number> => {
      const { status } = await agent.call("filesystem.Filesystem/Stat", { path: "done" });
      return status;
    };
    expect(await isDone()).toBe(404);
    // The process waits for the client, and the client's answer for its reader.
    await expect.poll(() => agent.timers).toBe(2);
    agent.pass(BOUNDS.stalledMs);
    await expect.poll(isDone).toBe(200);
    const seconds = BOUNDS.stalledMs / 1000;
    expect((await stream.rest()).at(-1)).toEqual(
      failure("resource_exhausted", `output was not read for ${seconds} s`),
    );
  });
});

describe("Connect", () => {
  test("is told of the exit for 30 s, and of nothing afterwards", async () => {
    const stream = await agent.stream(START, bash("exit 4", { tag: "mine" }));
    const pid = await pidOf(stream);
    await stream.rest();
    for (const process of [{ pid }, { tag: "mine" }]) {
      const late = await agent.stream(CONNECT, { process });
      expect(await late.rest()).toEqual([
        { event: { start: { pid } } },
        { event: { end: expect.objectContaining({ exitCode: 4 }) as object } },
        { end: {} },
      ]);
    }
    agent.pass(BOUNDS.exitMs);
    const gone = await agent.stream(CONNECT, { process: { pid } });
    expect(await gone.rest()).toEqual([failure("not_found", `process with pid ${pid} not found`)]);
  });

  test("gives every client the output from then on, found by pid or by tag", async () => {
    const script = "read line; echo 1 $line; read line; echo 2 $line";
    const first = await agent.stream(START, bash(script, { tag: "mine" }));
    const pid = await pidOf(first);
    const process = { tag: "mine" };
    const send = (text: string): Promise<unknown> =>
      agent.call("process.Process/SendInput", { process, input: { stdin: inBase64(text) } });
    await send("a\n");
    expect(await first.next()).toEqual(data("stdout", "1 a\n"));
    const second = await agent.stream(CONNECT, { process });
    expect(await pidOf(second)).toBe(pid);
    await send("b\n");
    expect(await first.next()).toEqual(data("stdout", "2 b\n"));
    expect(await second.next()).toEqual(data("stdout", "2 b\n"));
  });

  test("refuses more clients than there may be; those that left make room", async () => {
    const started = await agent.stream(START, bash("sleep 600"));
    const pid = await pidOf(started);
    const clients = [started];
    while (clients.length < BOUNDS.clients) {
      const client = await agent.stream(CONNECT, { process: { pid } });
      await client.next();
      clients.push(client);
    }
    const refused = await agent.stream(CONNECT, { process: { pid } });
    const state = `${BOUNDS.clients} clients are attached to it already`;
    expect(await refused.rest()).toEqual([
      failure("resource_exhausted", `cannot attach to process ${pid}: ${state}`),
    ]);
    // All that a Service Worker learns of a client that has left.
    await Promise.all(clients.map((client) => client.cancel()));
    const next = await agent.stream(CONNECT, { process: { pid } });
    expect(await pidOf(next)).toBe(pid);
  });
});

describe("a client that has left", () => {
  test("leaves no handler behind, by a cancelled body as by its signal", async () => {
    const leaving = new AbortController();
    const started = await agent.stream(START, bash("sleep 600"));
    const pid = await pidOf(started);
    await started.cancel();
    await expect.poll(() => agent.timers).toBe(0);
    const connected = await agent.stream(CONNECT, { process: { pid } }, {}, leaving.signal);
    await pidOf(connected);
    await expect.poll(() => agent.timers).toBeGreaterThan(0);
    leaving.abort();
    await expect.poll(() => agent.timers).toBe(0);
  });
});

describe("input", () => {
  const INPUT = "process.Process/SendInput";

  test("is refused where there is none of its kind", async () => {
    const none = await pidOf(await agent.stream(START, bash("sleep 600", { stdin: false })));
    const pty = await pidOf(
      await agent.stream(START, bash("", { pty: { size: { cols: 80, rows: 24 } } })),
    );
    const stdin = { stdin: inBase64("x") };
    const cases: readonly [string, object, number, object][] = [
      [INPUT, { process: { pid: none }, input: stdin }, 500, { code: "internal" }],
      [INPUT, { process: { pid: none }, input: { pty: inBase64("x") } }, 500, { code: "internal" }],
      [INPUT, { process: { pid: pty }, input: stdin }, 500, { code: "internal" }],
      [INPUT, { process: { pid: none } }, 501, { code: "unimplemented" }],
      [INPUT, { process: {}, input: stdin }, 501, { code: "unimplemented" }],
      [
        INPUT,
        { process: { pid: 7 }, input: stdin },
        404,
        { code: "not_found", message: "process with pid 7 not found" },
      ],
      [
        "process.Process/Update",
        { process: { pid: none }, pty: { size: { cols: 1, rows: 1 } } },
        500,
        { code: "internal", message: "tty not assigned to process" },
      ],
      ["process.Process/CloseStdin", { process: { pid: pty } }, 500, { code: "unknown" }],
      ["process.Process/CloseStdin", { process: { pid: none } }, 200, {}],
      [
        "process.Process/SendSignal",
        { process: { pid: none } },
        501,
        { code: "unimplemented", message: "invalid signal: 0" },
      ],
    ];
    for (const [method, message, status, body] of cases) {
      const called = await agent.call(method, message);
      expect([method, called.status], JSON.stringify(message)).toEqual([method, status]);
      expect(called.body).toMatchObject(body);
    }
  });

  test("ends, once and twice, and waits for no process that does not read", async () => {
    const stream = await agent.stream(START, bash("sleep 600"));
    const pid = await pidOf(stream);
    const leaving = new AbortController();
    const body = { process: { pid }, input: { stdin: inBase64("x".repeat(300_000)) } };
    const write = (): Promise<Response> =>
      agent.fetch(`/${INPUT}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(body),
        signal: leaving.signal,
      });
    const writes = Array.from({ length: BOUNDS.inputs }, write);
    await expect.poll(async () => (await agent.call(INPUT, body)).status).toBe(429);
    leaving.abort();
    for (const answer of await Promise.all(writes)) expect(answer.status).toBe(499);
    const reading = await agent.stream(START, bash("cat"));
    const process = { pid: await pidOf(reading) };
    for (let times = 0; times < 2; times++) {
      const closed = await agent.call("process.Process/CloseStdin", { process });
      expect(closed).toEqual({ status: 200, body: {} });
    }
    expect(await reading.next()).toMatchObject({ event: { end: { exited: true } } });
  });
});

test("List has those that live, with what they were started with", async () => {
  const stream = await agent.stream(START, bash("read line", { tag: "mine" }));
  const pid = await pidOf(stream);
  const config = { cmd: "/bin/bash", args: ["-c", "read line"] };
  expect((await agent.call("process.Process/List", {})).body).toEqual({
    processes: [{ config, pid, tag: "mine" }],
  });
  await agent.call("process.Process/CloseStdin", { process: { pid } });
  await stream.rest();
  expect((await agent.call("process.Process/List", {})).body).toEqual({});
});
