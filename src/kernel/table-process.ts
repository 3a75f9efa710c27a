/** A process of the table: a cell with a vat on its connection. */
import { Exception, HTTP_LIMITS, HttpChannel } from "#base";
import type { Duplex, ExitStatus } from "#base";
import { AnyClient, cast } from "#capnp";
import type { Client } from "#capnp";
import { serveHttpCalls } from "#caps";
import type { RunningProcess } from "#caps";
import { connect, createStreamTransport } from "#rpc";
import type { Budget, Scheduler } from "#rpc";
import { HttpClient } from "#schema";
import type { Counters } from "#schema";
import { countTransport } from "./count-transport.ts";
import type { Cell } from "./powers.ts";

/** The program cannot even be asked what it serves. */
export const SERVES_NOTHING =
  "The program serves nothing: it exports no wasi:http/incoming-handler and does not import wetware:streams";

/** A process with the exit status of its cell. */
export interface TableProcess extends RunningProcess {
  /** Present if the cell was started with HTTP. */
  readonly channel: HttpChannel | undefined;
  /** Whether its program can use its connection, and so serve something. */
  readonly isConnected: boolean;
  /** Kernel resources that the process has used. */
  readonly used: Omit<Counters, "pid">;
  readonly exited: Promise<ExitStatus>;
  readonly tty: Cell["tty"];
  readonly cpuMs: number;
  /** @see Cell.waitsForInput */
  waitsForInput(): Promise<boolean>;
  addTime(seconds: number): void;
}

/** Connects a vat to a cell that has started. */
export function toProcess(
  cell: Cell,
  {
    isConnected,
    isFueled = false,
    client,
    ...served
  }: {
    readonly bootstrap: Client;
    readonly budget: Budget;
    readonly scheduler: Scheduler;
    readonly isConnected: boolean;
    readonly isFueled?: boolean | undefined;
    /** The `HttpClient` that sends the cell's outgoing requests; lent. */
    readonly client?: Client | undefined;
  },
): TableProcess {
  const [transport, counts] = countTransport(createStreamTransport(cell.rpc));
  let busyMs = 0;
  const connection = connect(transport, {
    ...served,
    onUsed(ms) {
      busyMs += ms;
      cell.chargeCpu(ms);
    },
  });
  const channel = cell.http && openChannel(cell, cell.http, client);
  const exited = cell.exited.then((status) => {
    channel?.[Symbol.dispose]();
    // Releases all capabilities of the process, and rejects pending calls to it.
    connection[Symbol.dispose]();
    const isSpent = isFueled && status.type === "killed" && status.limit === "cpuSeconds";
    return isSpent ? ({ type: "trapped", message: "out of fuel" } as const) : status;
  });
  return {
    stdin: cell.stdin,
    stdout: cell.stdout,
    stderr: cell.stderr,
    channel,
    isConnected,
    get used() {
      return { ...counts, openCalls: connection.tableSizes.answers, busyMs };
    },
    exited,
    tty: cell.tty,
    get cpuMs() {
      return cell.cpuMs;
    },
    waitsForInput: () => cell.waitsForInput(),
    addTime: (seconds) => cell.chargeCpu(-1000 * seconds),
    exitCode: exited.then(toExitCode),
    bootstrap() {
      // Nobody would ever read the call.
      if (!isConnected) throw new Exception("unimplemented", SERVES_NOTHING);
      return connection.bootstrap(AnyClient);
    },
    kill: () => void cell[Symbol.asyncDispose](), // `exited` resolves when it is done
  };
}

/** Opens the host's side of the channel, and kills the cell if it breaks the protocol. */
function openChannel(cell: Cell, http: Duplex, client: Client | undefined): HttpChannel {
  const openLimit = client === undefined ? 0 : HTTP_LIMITS.outgoing;
  const channel = new HttpChannel(http, { side: "host", openLimit });
  void channel.run().then(() => cell[Symbol.asyncDispose]()); // neither rejects
  if (client !== undefined) void serveHttpCalls(channel, cast(client, HttpClient));
  return channel;
}

/** Exit codes as in shells: 1 for a trap, 137 for a killed process. */
function toExitCode(status: ExitStatus): number {
  if (status.type === "exited") return status.code;
  return status.type === "trapped" ? 1 : 137;
}
