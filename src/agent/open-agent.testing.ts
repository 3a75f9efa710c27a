/** An agent over a reference sandbox, whose time passes when the test says so, and ways to ask it. */
import { randomBytes } from "node:crypto";
import { openAgent } from "#agent";
import type { Agent, AgentOptions } from "#agent";
import { openReferenceSandbox } from "./reference-sandbox.testing.ts";
import type { ReferenceSandbox } from "./reference-sandbox.testing.ts";

export interface TestedAgent extends AsyncDisposable {
  readonly agent: Agent;
  readonly reference: ReferenceSandbox;
  /** Fires what is due within so many milliseconds. */
  pass(ms: number): void;
  /** Timers that were neither fired nor stopped. */
  readonly timers: number;
  fetch(path: string, init?: RequestInit & { readonly duplex?: "half" }): Promise<Response>;
  /** A unary call: status and JSON. */
  call(
    method: string,
    message: object,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Called>;
  /** A server-streaming call; the last is the end of the stream. */
  stream(
    method: string,
    message: object,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<Streamed>;
}

export interface Called {
  readonly status: number;
  // What a test expects of it is in the test.
  readonly body: Record<string, unknown>;
}

export interface Streamed {
  /** The next message; `{ end: … }` is the last. */
  next(): Promise<Record<string, unknown>>;
  /** All that are left. */
  rest(): Promise<Record<string, unknown>[]>;
  cancel(): Promise<void>;
}

const ORIGIN = "http://localhost:49983";

export async function openTestedAgent(options: AgentOptions = {}): Promise<TestedAgent> {
  const reference = await openReferenceSandbox();
  let now = Date.UTC(2026, 0, 1);
  const timers = new Set<{ readonly at: number; readonly tell: () => void }>();
  const powers = {
    now: () => now,
    startTimer(ms: number, tell: () => void) {
      const timer = { at: now + ms, tell };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    randomBytes: (length: number) => randomBytes(length),
  };
  const agent = await openAgent(reference.sandbox, powers, options);
  const fetch: TestedAgent["fetch"] = (path, init) =>
    agent.fetch(new Request(`${ORIGIN}${path}`, init));
  return {
    agent,
    reference,
    pass(ms) {
      now += ms;
      for (const timer of timers) {
        if (timer.at > now) continue;
        timers.delete(timer);
        timer.tell();
      }
    },
    get timers() {
      return timers.size;
    },
    fetch,
    async call(method, message, headers) {
      const response = await fetch(`/${method}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: JSON.stringify(message),
      });
      return { status: response.status, body: (await response.json()) as Called["body"] };
    },
    async stream(method, message, headers, signal) {
      const response = await fetch(`/${method}`, {
        method: "POST",
        headers: { "content-type": "application/connect+json", ...headers },
        body: envelop(message),
        ...(signal === undefined ? {} : { signal }),
      });
      if (response.body === null) throw new Error(`Status ${response.status} without a body`);
      return readStream(response.body);
    },
    async [Symbol.asyncDispose]() {
      agent[Symbol.dispose]();
      await reference[Symbol.asyncDispose]();
    },
  };
}

function envelop(message: object): Uint8Array<ArrayBuffer> {
  const text = new TextEncoder().encode(JSON.stringify(message));
  const bytes = new Uint8Array(5 + text.length);
  new DataView(bytes.buffer).setUint32(1, text.length);
  bytes.set(text, 5);
  return bytes;
}

function readStream(body: ReadableStream<Uint8Array>): Streamed {
  const reader = body.getReader();
  let held = new Uint8Array(0);
  const fill = async (length: number): Promise<void> => {
    while (held.length < length) {
      const { done, value } = await reader.read();
      if (done) throw new Error("The stream ends early");
      held = Uint8Array.from([...held, ...value]);
    }
  };
  const next = async (): Promise<Record<string, unknown>> => {
    await fill(5);
    const length = new DataView(held.buffer).getUint32(1);
    await fill(5 + length);
    const isEnd = (held[0] ?? 0) & 2;
    const text = new TextDecoder().decode(held.subarray(5, 5 + length));
    held = held.slice(5 + length);
    const message = JSON.parse(text) as Record<string, unknown>;
    return isEnd ? { end: message } : message;
  };
  return {
    next,
    async rest() {
      const all: Record<string, unknown>[] = [];
      for (;;) {
        const message = await next();
        all.push(message);
        if ("end" in message) return all;
      }
    },
    cancel: () => reader.cancel(),
  };
}

/** What bytes are in JSON of protobuf. */
export function inBase64(text: string): string {
  return Buffer.from(text).toString("base64");
}
