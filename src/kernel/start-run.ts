/** Runs one order through all its epochs, from the names of its layers to the exit of its last first process. */
import { createNotice, Exception, toMessage } from "#base";
import type { Logger, Outcome } from "#base";
import type { Order } from "#schema";
import { createAccount, createEpochs, createHttpHandlers } from "#caps";
import type { Clock, NodePowers, RunningProcess } from "#caps";
import type { Scheduler } from "#rpc";
import type { Run, ServedBy, Stage } from "./kernel.ts";
import { checkOrder } from "./check-order.ts";
import { chooseLimits } from "./limits.ts";
import { readLimits } from "./owner-values.ts";
import type { Cells, Images, SavedImage } from "./powers.ts";
import type { ProcessTable } from "./process-table.ts";
import { runImage } from "./run-image.ts";
import { createRunStreams } from "./run-streams.ts";

export interface RunPowers extends NodePowers {
  readonly id: number;
  readonly cells: Cells;
  readonly images: Images;
  /** Divides the thread's time among the processes of all runs. */
  readonly scheduler: Scheduler;
  readonly logger: Logger;
  /** Clock of policies. */
  readonly clock: Clock;
  /** Milliseconds since 1970. */
  readonly wallMs: () => number;
  /** CIDv1, as text, of the raw block with this SHA-256. */
  readonly toCid: (sha256: Uint8Array) => string;
  /** Called when a stage begins, and when a process starts or ends. */
  readonly onChanged: (run: Run) => void;
}

export function startRun(powers: RunPowers, order: Order): Run {
  const { id, logger, onChanged, wallMs, ...devices } = powers;
  const stop = new AbortController();
  const epochs = createEpochs(new Uint8Array(0));
  const account = createAccount(wallMs);
  const streams = createRunStreams();
  const handlers = createHttpHandlers();
  const hasStarted = createNotice();
  const wanted = readLimits(order.limits);
  checkOrder(order, wanted);
  const limits = chooseLimits(wanted);
  let stage: Stage = { which: "opening", opening: undefined };
  let table: ProcessTable | undefined;
  let first: RunningProcess | undefined;
  let served: ServedBy;
  let outcome: Outcome | undefined;
  let saved: SavedImage | undefined;
  /** A head whose image has not been opened yet. */
  let newHead: Uint8Array | undefined;
  let image = new AbortController();

  const changed = (): void => onChanged(run);
  const enter = (next: Stage): void => {
    if (next.which !== stage.which) logger.log("info", "kernel", `run is ${next.which}`, { id });
    stage = next;
    changed();
  };
  const imagePowers = {
    ...devices,
    logger,
    account,
    epochs,
    limits,
    handlers,
    enter,
    shutdown: () => stop.abort(new Exception("disconnected", "The image has shut down")),
    onChanged: changed,
    onTable: (created: ProcessTable) => void (table = created),
    onStarted(process: RunningProcess, by: ServedBy) {
      first = process;
      served = by;
      streams.attach(process);
      hasStarted.notify();
    },
  };
  /** Runs the image of one head to its end. */
  const runHead = async (head: Uint8Array): Promise<Outcome> => {
    image = new AbortController();
    const signal = AbortSignal.any([stop.signal, image.signal]);
    try {
      const { status, ...stored } = await runImage(imagePowers, withHead(order, head), signal);
      saved = stored.saved;
      // The process was killed because the run was stopped: report that reason.
      if (status.type === "killed") signal.throwIfAborted();
      return status;
    } catch (error) {
      return signal.aborted
        ? { type: "killed", reason: toMessage(signal.reason) }
        : { type: "failed", reason: toMessage(error) };
    } finally {
      // A client that still holds the ended run must not keep its files in memory.
      table = undefined;
      first = undefined;
    }
  };
  /** Resolves when there is a new head, or the run is stopped. */
  const waitForHead = async (): Promise<void> => {
    for (;;) {
      if (newHead !== undefined || stop.signal.aborted) return;
      await advanced.wait({ signal: stop.signal }).catch(() => undefined);
    }
  };
  const advanced = createNotice();
  const runToEnd = async (): Promise<Outcome> => {
    let end = await runHead(NO_HEAD);
    while (!stop.signal.aborted) {
      if (newHead === undefined) {
        // If the owner's own image cannot be run, the run ends. If an adopted one cannot, the run waits for the next head.
        if (end.type !== "failed" || epochs.current.record.head.length === 0) break;
        enter({ which: "halted", halted: end.reason });
        await waitForHead();
        end = { type: "killed", reason: toMessage(stop.signal.reason) };
        continue;
      }
      const head = newHead;
      newHead = undefined;
      enter({ which: "opening", opening: undefined });
      end = await runHead(head);
    }
    return end;
  };

  const run: Run = {
    id,
    layers: order.layers,
    limits,
    epochs,
    account,
    streams,
    handlers,
    get served() {
      return served;
    },
    get stage() {
      return stage;
    },
    get processes() {
      return outcome === undefined ? (table?.processes ?? []) : [];
    },
    get counters() {
      return table?.counters ?? [];
    },
    waitsForInput: async () => (await table?.waitsForInput()) ?? false,
    async findFirst() {
      for (;;) {
        if (first !== undefined) return first;
        if (outcome !== undefined) {
          throw new Exception("disconnected", "The run ended before its first process started");
        }
        await hasStarted.wait();
      }
    },
    ended: runToEnd().then((end) => {
      outcome = end;
      streams.end();
      hasStarted.notify();
      logger.log("info", "kernel", "run has ended", { id, ...end });
      changed();
      return end;
    }),
    get outcome() {
      return outcome;
    },
    get saved() {
      return saved;
    },
    advance(head) {
      if (outcome !== undefined) throw new Exception("failed", "Cannot advance: the run has ended");
      epochs.advance(head.length > 0 ? head : epochs.current.record.head);
      if (head.length === 0) return;
      newHead = head;
      image.abort(new Exception("disconnected", "A new head was adopted"));
      advanced.notify();
    },
    stop: (reason) => stop.abort(reason),
  };
  return run;
}

const NO_HEAD = new Uint8Array(0);

/** The order with the image that the head names as its last layer. @throws {Exception} when the head is not an image path */
function withHead(order: Order, head: Uint8Array): Order {
  if (head.length === 0) return order;
  const name = new TextDecoder().decode(head);
  if (!/^\/ip[fn]s\/[^\0]+$/.test(name)) {
    throw new Exception("failed", "Cannot open the new head: it is not the path of an image");
  }
  return { ...order, layers: [...order.layers.slice(0, -1), name] };
}
