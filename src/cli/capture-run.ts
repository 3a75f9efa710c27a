/** Runs an image and captures its output, its end, and the time it took. */
import { Writable } from "node:stream";
import type { Readable } from "node:stream";
import { toMessage } from "#base";
import type { Outcome } from "#base";
import type { Init } from "#capnp";
import type { Order } from "#schema";
import type { DrivenPage } from "./run-in-browser.ts";

export interface CapturedRun {
  /** `failed` also for a page that broke down, or a run that took too long. */
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  /** From the order to the first byte of output, or to the end if there was none. */
  readonly startMs: number;
  readonly durationMs: number;
}

/** Limit of each stream; output beyond it is dropped. */
const OUTPUT_LIMIT_BYTES = 1024 * 1024;

/** @param stdin taken over */
export async function captureRun(
  page: DrivenPage,
  order: Init<Order>,
  stdin: Readable,
  timeoutMs: number,
): Promise<CapturedRun> {
  const begin = performance.now();
  let startMs: number | undefined;
  const onFirst = (): void => {
    startMs ??= performance.now() - begin;
  };
  const [stdout, stderr] = [createCollector(onFirst), createCollector(onFirst)];
  const signal = AbortSignal.timeout(timeoutMs);
  const streams = { stdin, stdout: stdout.stream, stderr: stderr.stream, signal };
  const outcome = await page
    .run(order, streams)
    .catch((error: unknown) => ({ type: "failed", reason: toMessage(error) }) as const);
  const durationMs = performance.now() - begin;
  const output = { stdout: stdout.text(), stderr: stderr.text() };
  return { outcome, ...output, startMs: startMs ?? durationMs, durationMs };
}

/** What was wrong with the end of a run, if anything. @param well whether the program should have exited with 0 */
export function describeEnd(outcome: Outcome, well: boolean): string | undefined {
  switch (outcome.type) {
    case "exited":
      return (outcome.code === 0) === well ? undefined : `exited with ${outcome.code}`;
    case "trapped":
      return outcome.message;
    case "killed":
    case "failed":
      return outcome.reason;
    default:
      return outcome satisfies never;
  }
}

function createCollector(onFirst: () => void): { readonly stream: Writable; text(): string } {
  const parts: Buffer[] = [];
  let length = 0;
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      onFirst();
      length += chunk.length;
      if (length <= OUTPUT_LIMIT_BYTES) parts.push(chunk);
      done();
    },
  });
  return { stream, text: () => Buffer.concat(parts).toString() };
}
