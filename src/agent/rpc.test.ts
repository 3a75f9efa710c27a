import { createClient } from "@connectrpc/connect";
import type { Transport } from "@connectrpc/connect";
import { createTransport as createConnectTransport } from "@connectrpc/connect/protocol-connect";
import { createTransport as createGrpcWebTransport } from "@connectrpc/connect/protocol-grpc-web";
import type { UniversalClientFn } from "@connectrpc/connect/protocol";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { decodeText, encodeText } from "#base";
import { BOUNDS } from "#agent";
import { Filesystem } from "./generated/filesystem/filesystem.ts";
import { Process } from "./generated/process/process.ts";
import { openTestedAgent } from "./open-agent.testing.ts";
import type { TestedAgent } from "./open-agent.testing.ts";

let agent: TestedAgent;
beforeEach(async () => {
  agent = await openTestedAgent();
});
afterEach(() => agent[Symbol.asyncDispose]());

/** The agent as the far end of a client of the library. */
const httpClient: UniversalClientFn = async ({ url, method, header, body, signal }) => {
  const pieces = body?.[Symbol.asyncIterator]();
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      const next = await pieces?.next();
      if (next === undefined || next.done === true) controller.close();
      else controller.enqueue(next.value);
    },
  });
  const init = { method, headers: header, body: stream, duplex: "half" as const };
  const request = new Request(url, { ...init, ...(signal === undefined ? {} : { signal }) });
  const response = await agent.agent.fetch(request);
  const read = async function* read(): AsyncGenerator<Uint8Array> {
    if (response.body !== null) yield* response.body;
  };
  return {
    status: response.status,
    header: response.headers,
    body: read(),
    trailer: new Headers(),
  };
};

const OPTIONS = {
  httpClient,
  baseUrl: "http://localhost",
  interceptors: [],
  acceptCompression: [],
  sendCompression: null,
  compressMinBytes: 1024,
  readMaxBytes: 0xffff_ffff,
  writeMaxBytes: 0xffff_ffff,
};
const TRANSPORTS: readonly [string, Transport][] = [
  ["Connect with JSON", createConnectTransport({ ...OPTIONS, useBinaryFormat: false })],
  ["Connect with binary messages", createConnectTransport({ ...OPTIONS, useBinaryFormat: true })],
  ["gRPC-web", createGrpcWebTransport({ ...OPTIONS, useBinaryFormat: true })],
];

describe.each(TRANSPORTS)("%s", (_, transport) => {
  test("carries unary, server-streaming and client-streaming calls", async () => {
    const processes = createClient(Process, transport);
    const output: string[] = [];
    const command = { cmd: "/bin/bash", args: ["-c", "read a; read b; echo $b $a; exit 5"] };
    for await (const { event } of processes.start({ process: command })) {
      const { event: told } = event ?? {};
      if (told?.case === "start") {
        const { pid } = told.value;
        expect((await processes.list({})).processes).toMatchObject([{ pid, config: command }]);
        await processes.streamInput(inputs(pid));
      } else if (told?.case === "data") output.push(decodeText(told.value.output.value ?? NONE));
      else if (told?.case === "end") output.push(`exit ${told.value.exitCode}`);
    }
    expect(output).toEqual(["second first\n", "exit 5"]);
  });

  test("carries errors with their codes", async () => {
    const files = createClient(Filesystem, transport);
    await expect(files.stat({ path: "/none" })).rejects.toMatchObject({
      rawMessage: "file not found: /none",
      code: 5,
    });
  });
});

const nameless = async function* nameless(): AsyncGenerator<object> {
  yield { event: { case: "data", value: { input: { input: { case: "stdin", value: NONE } } } } };
};

test("StreamInput fails before its process is named, and at its deadline", async () => {
  const transport = createConnectTransport({ ...OPTIONS, useBinaryFormat: true });
  const processes = createClient(Process, transport);
  await expect(processes.streamInput(nameless())).rejects.toMatchObject({ code: 3 });
  const late = await agent.fetch("/process.Process/StreamInput", {
    method: "POST",
    headers: { "content-type": "application/connect+json", "connect-timeout-ms": "100" },
    body: new ReadableStream(),
    duplex: "half",
  });
  expect(await late.text()).toContain("deadline_exceeded");
  // Nobody waits for the body any more.
  await expect.poll(() => agent.timers).toBe(0);
});

test("messages longer than their bound are refused", async () => {
  const message = { process: { pid: 1 }, input: { stdin: "A".repeat(BOUNDS.messageBytes + 4) } };
  expect(await agent.call("process.Process/SendInput", message)).toMatchObject({
    status: 429,
    body: { code: "resource_exhausted" },
  });
});

test("a message without an end is given up", async () => {
  const body = new ReadableStream<Uint8Array>({ start: (c) => c.enqueue(encodeText("{")) });
  const answer = agent.fetch("/process.Process/List", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    duplex: "half",
  });
  await expect.poll(() => agent.timers).toBe(1);
  agent.pass(BOUNDS.bodyIdleMs);
  const { status } = await answer;
  expect(status).toBe(504);
  expect(agent.timers).toBe(0);
});

test("other methods and types are refused", async () => {
  const get = await agent.fetch("/process.Process/List");
  expect(get.status).toBe(405);
  const typed = await agent.fetch("/process.Process/List", {
    method: "POST",
    headers: { "content-type": "text/plain" },
    body: "{}",
  });
  expect(typed.status).toBe(415);
  expect((await agent.call("process.Process/None", {})).status).toBe(404);
});

const NONE = new Uint8Array(0);

async function* inputs(pid: number): AsyncGenerator<object> {
  const process = { selector: { case: "pid", value: pid } };
  yield { event: { case: "start", value: { process } } };
  for (const text of ["first\n", "second\n"]) {
    const input = { input: { case: "stdin", value: encodeText(text) } };
    yield { event: { case: "data", value: { input } } };
    yield { event: { case: "keepalive", value: {} } };
  }
}
