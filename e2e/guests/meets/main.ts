/**
 * Serves an echo to peers, or calls that of another tab: `serve`, or `call <addresses>`; or exports a clock, which stands
 * still: `export`; or the echo: `export-echo`.
 */
import { decodeText, encodeText } from "#base";
import { cast, serve } from "#capnp";
import { ByteStream, Clock, Executor, Membrane, StreamAcceptor, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

const NAME = "echo";

export async function main(cell: Cell): Promise<number> {
  const [, task = "", ...rest] = cell.args;
  using clock = serve(Clock, { now: () => ({ ms: 42 }) });
  using echo = createEcho();
  const exported = task === "export-echo" ? echo : clock;
  using connection = connectHost(cell, task.startsWith("export") ? exported : undefined);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const session = grafted.session.extension;
  if (task.startsWith("export")) {
    await print(cell, "exporting");
    await connection.closed; // until it is stopped
    return 0;
  }
  if (task === "serve") return await serveEcho(cell, session, connection.closed);
  return await callEcho(cell, session, rest);
}

function createEcho(): Executor {
  return serve(Executor, {
    echo: (message) => ({ response: `Tab: ${message}` }),
    runBytes: () => Promise.reject(new Error("nothing is run here")),
  });
}

async function serveEcho(
  cell: Cell,
  { network, host }: WetwareSession,
  closed: Promise<unknown>,
): Promise<number> {
  using listening = await network.vatListener();
  using echo = createEcho();
  await listening.vatListener.serveRaw(echo, NAME);
  using acceptor = serve(StreamAcceptor, {
    async accept(_, stream) {
      const { data } = await stream.read(100);
      await stream.write(encodeText(decodeText(data).toUpperCase()));
      await stream.close();
    },
  });
  using accepting = await network.acceptStreams(NAME, acceptor);
  const { peerId } = await host.id();
  await print(cell, `serving as ${[...peerId].join(",")}`);
  // Until it is stopped.
  await closed;
  return accepting === undefined ? 1 : 0;
}

async function callEcho(
  cell: Cell,
  { network, host }: WetwareSession,
  [id = "", ...addrs]: readonly string[],
): Promise<number> {
  await host.connect(toBytes(id), addrs.map(toBytes));
  using calling = await network.vatClient();
  using dialled = await calling.vatClient.dial(toBytes(id), NAME);
  using echo = cast(dialled.cap, Executor);
  const answers = await Promise.all(["one", "two"].map((text) => echo.echo(text)));
  await print(cell, answers.map(({ response }) => response).join(" "));
  using streaming = await network.streamDialer();
  using opened = await streaming.streamDialer.dial(toBytes(id), NAME);
  using stream = cast(opened.stream, ByteStream);
  await stream.write(encodeText("whisper"));
  const { data } = await stream.read(100);
  await print(cell, decodeText(data));
  const refused = await calling.vatClient.dial(toBytes(id), "none").then(
    () => "not refused",
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  await print(cell, refused);
  const peers = (await host.peers()).peers.find(({ peerId }) => [...peerId].join(",") === id);
  const direct = peers?.addrs.some((addr) => contains(addr, WEBRTC));
  await print(cell, direct === true ? "directly" : "through a relay");
  if (cell.env.get("STAY") === undefined) return 0;
  // Calls until the other tab is gone.
  for (;;) {
    const gone = await echo.echo("again").then(
      () => undefined,
      (error: unknown) => String(error),
    );
    if (gone !== undefined) {
      await print(cell, `gone: ${gone}`);
      return 0;
    }
  }
}

/** The code of WebRTC in an address, as a varint. */
const WEBRTC = [0x99, 0x02];

function contains(bytes: Uint8Array, part: readonly number[]): boolean {
  return bytes.some((_, at) => part.every((byte, offset) => bytes[at + offset] === byte));
}

async function print(cell: Cell, text: string): Promise<void> {
  await cell.stdout.write(encodeText(`${text}\n`));
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(text.split(",").map(Number));
}
