/** `ww dial`: reaches a node or a tab from this terminal, and calls what it serves. */
import type { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { Exception, toMessage } from "#base";
import type { ByteSource, Duplex } from "#base";
import { AnyClient, whenResolved } from "#capnp";
import type { Connection } from "#rpc";
import { Executor } from "#schema";
import { startClient } from "./mesh/client.ts";
import type { Client, Peer } from "./mesh/client.ts";
import { parseDialTarget, toCircuit } from "./mesh/dial-target.ts";
import type { DialTarget } from "./mesh/dial-target.ts";
import { isNode, readRelays } from "./mesh/read-relays.ts";
import { toPrintable } from "./printable.ts";
import { toScreen } from "./screen-stream.ts";
import { openState } from "./state.ts";
import { parseCommandLine, UsageError } from "./usage.ts";
import type { Command, Terminal } from "./usage.ts";

const DEFAULT_TIMEOUT = 20;
const DEFAULT_NODE = "http://127.0.0.1:9797/";

const HELP = `ww dial <multiaddr|peer|link> [name] [--echo <text>] [--stream]
        [--via <node>]… [--state <folder>] [--timeout <seconds>]

Connects to a node, or through one to a tab, and prints who answers: its peer id, the
address by which it was reached, its software, and what it serves.

What to dial is an address that ends with a peer id, through a relay if it contains
/p2p-circuit/; a peer id; or a link of the page, of which the first peer is dialled. With the
name of a capability that the peer serves, ww dial opens it and says that it answers;
"membrane" is what a tab's program exports, where its visitor allows that.

  --echo <text>    call echo of a capability that is an Executor, and print the answer alone
  --stream         connect this terminal's input and output to the byte stream that the
                   peer serves under the name, until it ends
  --via <node>     look for a peer id through this node, a multiaddr or the address of a
                   page; may be given again; ${DEFAULT_NODE} by default
  --state <path>   dial with the identity that is kept in this folder; by default with a new
                   one each time
  --timeout <s>    give up when nothing has answered within this many seconds; ${DEFAULT_TIMEOUT} by
                   default; it does not limit a stream that has begun
`;

export const dialCommand: Command = {
  help: HELP,
  async run(args, { stdin, stdout, stderr, signal: stop }) {
    const order = parseOrder(args);
    const { name, timeoutMs } = order;
    const limit = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([stop, limit]);
    try {
      await using stack = new AsyncDisposableStack();
      const state = order.state === undefined ? undefined : stack.use(await openState(order.state));
      const client = stack.use(await startClient(state?.identity));
      const addresses = await findAddresses(order, signal);
      const peer = await connect(client, addresses, order, signal);
      const isAnswerAlone = order.echo !== undefined || order.streams;
      (isAnswerAlone ? stderr : stdout).write(toPrintable(describe(peer)));
      if (name === undefined) return 0;
      if (order.streams) {
        using duplex = await open(() => client.openStream(peer.id, name, { signal }), order);
        await carry(duplex, { stdin, stdout, signal: stop });
        return 0;
      }
      using connection = await open(() => client.openVat(peer.id, name, { signal }), order);
      const answer = await call(connection, name, order.echo, signal);
      stdout.write(`${toPrintable(answer)}\n`);
      return 0;
    } catch (reason) {
      if (!limit.aborted || stop.aborted || reason !== limit.reason) throw reason;
      const sentence = `Nothing has answered at "${order.text}" within ${timeoutMs / 1000} s`;
      throw new Exception("disconnected", sentence, { cause: reason });
    }
  },
};

interface Order {
  /** The target as the user wrote it. */
  readonly text: string;
  readonly target: DialTarget;
  readonly name: string | undefined;
  readonly echo: string | undefined;
  readonly streams: boolean;
  readonly via: readonly string[];
  readonly state: string | undefined;
  readonly timeoutMs: number;
}

function parseOrder(args: readonly string[]): Order {
  const { values, positionals } = parseCommandLine(args, {
    echo: { type: "string" },
    stream: { type: "boolean" },
    via: { type: "string", multiple: true },
    state: { type: "string" },
    timeout: { type: "string" },
  });
  const [text, name, ...more] = positionals;
  if (text === undefined || more.length > 0) {
    throw new UsageError("ww dial takes what to dial, and one name of what it serves");
  }
  const target = parseDialTarget(text);
  if (target === undefined) {
    throw new UsageError(
      `Nothing to dial: "${text}"; write an address such as /ip4/127.0.0.1/tcp/4001/p2p/12D3Koo…, a peer id, or a link with ?peer=`,
    );
  }
  if (name !== undefined && !/^[\w.-]{1,64}$/.test(name)) {
    throw new UsageError(`"${name}" is no name of a service: letters, digits, . _ -`);
  }
  const { echo, stream: streams = false, via = [DEFAULT_NODE], state, timeout } = values;
  if (name === undefined && (echo !== undefined || streams)) {
    throw new UsageError("--echo and --stream need the name of what the peer serves");
  }
  if (echo !== undefined && streams) throw new UsageError("ww dial takes --echo or --stream");
  const unknown = via.find((node) => !isNode(node));
  if (unknown !== undefined) {
    throw new UsageError(`--via "${unknown}" is no node's address with its id, nor one of a page`);
  }
  const seconds = timeout === undefined ? DEFAULT_TIMEOUT : Number(timeout);
  if (!(seconds > 0 && seconds <= 86_400)) {
    throw new UsageError(`Not a time limit: "${timeout}"; write seconds, such as --timeout 20`);
  }
  return { text, target, name, echo, streams, via, state, timeoutMs: seconds * 1000 };
}

async function findAddresses(
  { target, via }: Order,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (target.type === "address") return [target.address];
  const relays = await Promise.all(via.map((node) => readRelays(node, { signal })));
  // A node cannot be reached through itself.
  const isTarget = (relay: string): boolean => relay.endsWith(`/p2p/${target.peer}`);
  return relays.flat().map((relay) => (isTarget(relay) ? relay : toCircuit(relay, target.peer)));
}

async function connect(
  client: Client,
  addresses: readonly string[],
  { target }: Order,
  signal: AbortSignal,
): Promise<Peer> {
  try {
    return await client.connect(addresses, { signal });
  } catch (cause) {
    if (target.type === "address" || signal.aborted) throw cause;
    const advice = "name a node that the peer is connected to with --via";
    throw new Exception("disconnected", `${toMessage(cause)}; ${advice}`, { cause });
  }
}

/** Names what the peer does not serve as the user has written it; libp2p knows protocols alone. */
async function open<T>(opening: () => Promise<T>, { name, streams }: Order): Promise<T> {
  try {
    return await opening();
  } catch (cause) {
    if (!(cause instanceof Exception) || cause.kind !== "unimplemented") throw cause;
    const kind = streams ? "byte stream" : "capability";
    const state = `The peer serves no ${kind} "${name}"; ww dial without a name says what it serves`;
    throw new Exception("unimplemented", state, { cause });
  }
}

function describe({ id, address, agent, protocols }: Peer): string {
  // Each protocol is also served with credit, under its name and `/flow`.
  const served = protocols.filter((name) => name.startsWith("/ww/") && !name.endsWith("/flow"));
  const lines = [
    `peer ${id.toString()}`,
    `address ${address}`,
    `agent ${agent}`,
    ...served.map((protocol) => `serves ${describeProtocol(protocol)}`),
  ];
  return lines.map((line) => `${line.replaceAll("\n", " ")}\n`).join("");
}

/** A service by the name that `ww dial` takes, and how; another protocol as it is. */
function describeProtocol(protocol: string): string {
  const [, kind, name] = /^\/ww\/0\.1\.0\/(vat|stream)\/([^/]+)$/.exec(protocol) ?? [];
  if (name === undefined) return protocol;
  return kind === "vat" ? name : `${name}, a byte stream (--stream)`;
}

/** Calls `echo`, or waits until the service answers. */
async function call(
  connection: Connection,
  name: string,
  echo: string | undefined,
  signal: AbortSignal,
): Promise<string> {
  if (echo === undefined) {
    using service = connection.bootstrap(AnyClient);
    await whenResolved(service, { signal });
    return `${name} answers`;
  }
  using executor = connection.bootstrap(Executor);
  const { response } = await executor.echo(echo, { signal });
  return response;
}

/** Copies both ways until the peer has ended its direction; the end of our input ends ours. */
async function carry(
  duplex: Duplex,
  { stdin, stdout, signal }: Pick<Terminal, "stdin" | "stdout" | "signal">,
): Promise<void> {
  const sending = send(stdin, duplex, signal);
  try {
    await receive(duplex.source, toScreen(stdout), signal);
  } finally {
    stdin.destroy();
    await sending;
  }
}

/** Never rejects: a peer that stops reading may still send. */
async function send(stdin: Readable, duplex: Duplex, signal: AbortSignal): Promise<void> {
  try {
    for await (const bytes of stdin) {
      await duplex.sink.write(Uint8Array.from(bytes as Buffer), { signal });
    }
    duplex.sink.close();
  } catch {
    // The reading side fails for the same cause, and reports it.
  }
}

async function receive(source: ByteSource, screen: Writable, signal: AbortSignal): Promise<void> {
  const pieces = async function* (): AsyncGenerator<Uint8Array> {
    for (;;) {
      const bytes = await source.read(64 * 1024, { signal });
      if (bytes === undefined) return;
      yield bytes;
    }
  };
  await pipeline(pieces, screen, { end: false });
}
