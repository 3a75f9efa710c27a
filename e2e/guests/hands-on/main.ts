/**
 * Tabs in a row. `own` gives each peer that asks an echo of its own, which numbers its answers; `hand <addresses>` gives
 * what it gets there; `take <addresses>` calls what it gets, at once and in order, until it is gone.
 *
 * Addresses begin with the peer's id; all are written as numbers with commas.
 */
import { encodeText, Exception } from "#base";
import { cast, serve } from "#capnp";
import { Executor, Host, Membrane, WetwareSession, type ExecutorServer } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

const NAME = "desk";
const CALLS = 20;

type Say = (text: string) => Promise<void>;

export async function main(cell: Cell): Promise<number> {
  const [, task = "", ...place] = cell.args;
  const say: Say = (text) => cell.stdout.write(encodeText(`${text}\n`));
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const session = grafted.session.extension;
  using stack = new DisposableStack();
  const count = (): string => JSON.stringify(connection.tableSizes);
  let state = "ready";
  if (task === "own") {
    let before = "";
    const onReleased = async (): Promise<void> => {
      await Promise.resolve(); // until the entry is gone
      await say(count() === before ? "released" : `left ${count()} of ${before}`);
    };
    await offer(session, () => createEcho(say, onReleased));
    before = count();
  } else if (task === "hand") {
    const desk = stack.use(await dial(session, place.map(toBytes)));
    // Its promise: what the peer gives comes later.
    await offer(session, () => desk.executor().executor);
  } else {
    const before = count();
    await take(session, place.map(toBytes), say);
    state = count() === before ? "nothing is left" : `left ${count()} of ${before}`;
  }
  await say(state);
  await connection.closed; // until it is stopped
  return 0;
}

/** Serves a desk that gives each visitor something else. */
async function offer({ network }: WetwareSession, give: () => Executor): Promise<void> {
  using listening = await network.vatListener();
  using desk = serve(Host, {
    id: refuse,
    addrs: refuse,
    peers: refuse,
    connect: refuse,
    executor: () => ({ executor: give() }),
  });
  await listening.vatListener.serveRaw(desk, NAME);
}

function refuse(): never {
  throw new Exception("unimplemented", "nothing else is here");
}

async function dial(
  { network, host }: WetwareSession,
  [id = new Uint8Array(0), ...addrs]: readonly Uint8Array[],
): Promise<Host> {
  await host.connect(id, addrs);
  using calling = await network.vatClient();
  using dialled = await calling.vatClient.dial(id, NAME);
  return cast(dialled.cap, Host);
}

function createEcho(say: Say, onReleased: () => Promise<void>): Executor {
  let count = 0;
  const echo: ExecutorServer & Disposable = {
    async echo(message, { signal }) {
      if (message !== "wait") return { response: `${message} as ${++count}` };
      await say("waiting");
      return new Promise<never>((_, reject) => {
        signal.addEventListener("abort", () => {
          void say("given up");
          reject(signal.reason);
        });
      });
    },
    runBytes: () => Promise.reject(new Exception("unimplemented", "nothing is run here")),
    [Symbol.dispose]: () => void onReleased(),
  };
  return serve(Executor, echo);
}

async function take(
  session: WetwareSession,
  place: readonly Uint8Array[],
  say: Say,
): Promise<void> {
  using desk = await dial(session, place);
  using taken = desk.executor();
  // Nobody has waited for what they are called on.
  const calls = Array.from({ length: CALLS }, async (_, at) => taken.executor.echo(`${at + 1}`));
  const answers = await Promise.all(calls);
  await say(answers.map(({ response }) => response).join(", "));
  const pending = ["wait", "wait", "wait"].map(async (text) =>
    taken.executor.echo(text).then(() => "answered", explain),
  );
  await say("calling");
  await say(
    `gone: ${[...(await Promise.all(pending)), await explainCall(taken.executor)].join(", ")}`,
  );
}

async function explainCall(echo: Executor): Promise<string> {
  return echo.echo("again").then(() => "answered", explain);
}

function explain(error: unknown): string {
  return error instanceof Exception ? error.kind : String(error);
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(",").map(Number));
}
