/**
 * Sends a peer 100 MB on a stream, and says after each MiB how much it is: `pour`; or reads them, and stops at each quarter
 * until a line is typed: `drink <addresses>`, which begin with the peer's id. A line is waited for before the stream is opened, too: by
 * then the peers may have met directly.
 */
import { encodeText, type ByteSource } from "#base";
import { cast, serve } from "#capnp";
import { ByteStream, Membrane, StreamAcceptor, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

const NAME = "pour";
const PIECE_BYTES = 64 * 1024;
const PIECES = 1600;
const MIB = 1024 * 1024;
const READ_BYTES = 256 * 1024;
const STOPS = 4;

export async function main(cell: Cell): Promise<number> {
  const [, task = "", ...place] = cell.args;
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { network, host } = grafted.session.extension;
  if (task === "drink") {
    const [id = new Uint8Array(0), ...addrs] = place.map((text) =>
      Uint8Array.from(text.split(",").map(Number)),
    );
    await host.connect(id, addrs);
    await say(cell, "connected");
    await readLine(cell.stdin);
    using streaming = await network.streamDialer();
    using opened = await streaming.streamDialer.dial(id, NAME);
    using stream = cast(opened.stream, ByteStream);
    await drink(cell, stream);
    return 0;
  }
  using acceptor = serve(StreamAcceptor, { accept: (_, stream) => pour(cell, stream) });
  using accepting = await network.acceptStreams(NAME, acceptor);
  await say(cell, "ready");
  await connection.closed; // until it is stopped
  return accepting === undefined ? 1 : 0;
}

/** Each piece begins with its number. */
async function pour(cell: Cell, stream: ByteStream): Promise<void> {
  const piece = new Uint8Array(PIECE_BYTES);
  for (let number = 0; number < PIECES; number++) {
    new DataView(piece.buffer).setUint32(0, number);
    await stream.write(piece);
    const poured = (number + 1) * PIECE_BYTES;
    if (poured % MIB === 0) await say(cell, `poured ${poured}`);
  }
  await stream.close();
  await say(cell, "all poured");
}

async function drink(cell: Cell, stream: ByteStream): Promise<void> {
  const all = PIECES * PIECE_BYTES;
  const number = new Uint8Array(4);
  let [drunk, stops] = [0, 0];
  for (;;) {
    if (drunk >= (all / STOPS) * stops && stops < STOPS) {
      stops++;
      await say(cell, `stopped at ${drunk}`);
      await readLine(cell.stdin);
    }
    const { data } = await stream.read(READ_BYTES);
    if (data.length === 0) break;
    // The bytes of numbers, wherever reads part them.
    for (let at = 0; at < data.length;) {
      const offset = (drunk + at) % PIECE_BYTES;
      if (offset >= number.length) {
        at += PIECE_BYTES - offset;
        continue;
      }
      number[offset] = data[at++] ?? 0;
      const expected = Math.floor((drunk + at - 1) / PIECE_BYTES);
      if (offset < number.length - 1) continue;
      const found = new DataView(number.buffer).getUint32(0);
      if (found !== expected) throw new Error(`Piece ${found} came as ${expected}`);
    }
    drunk += data.length;
  }
  await say(cell, drunk === all ? "all drunk" : `ended at ${drunk}`);
}

async function readLine(stdin: ByteSource): Promise<void> {
  for (;;) {
    const bytes = await stdin.read(1);
    if (bytes === undefined || bytes[0] === 10) return;
  }
}

async function say(cell: Cell, text: string): Promise<void> {
  await cell.stdout.write(encodeText(`${text}\n`));
}
