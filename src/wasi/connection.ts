/** `wetware:streams/streams`: the cell's one connection to its host, which carries its RPC. */
import type { Duplex } from "#base";
import { InputStream } from "./input-stream.ts";
import { createOutputLine } from "./output-line.ts";
import { OutputStream } from "./output-stream.ts";
import { createReader } from "./reader.ts";
import { trap } from "./trap.ts";
import type { Waits } from "./waits.ts";

/** The resource `connection`; the streams taken from it outlive it. */
export class Connection {
  readonly #duplex: Duplex;
  readonly #waits: Waits;
  #inputTaken = false;
  #outputTaken = false;

  constructor(duplex: Duplex, waits: Waits) {
    this.#duplex = duplex;
    this.#waits = waits;
  }

  getInputStream(): InputStream {
    if (this.#inputTaken) trap("wetware:streams: the input stream of a connection was taken twice");
    this.#inputTaken = true;
    const reader = createReader(this.#duplex.source);
    return new InputStream(reader, this.#waits, () => reader[Symbol.dispose]());
  }

  getOutputStream(): OutputStream {
    if (this.#outputTaken) {
      trap("wetware:streams: the output stream of a connection was taken twice");
    }
    this.#outputTaken = true;
    const { sink } = this.#duplex;
    const share = createOutputLine(sink, false).open();
    return new OutputStream(share, this.#waits, () => sink.close());
  }
}

/** The function `create-connection`, which can be called once. */
export function createConnections(duplex: Duplex, waits: Waits): () => Connection {
  let created = false;
  return () => {
    if (created) trap("wetware:streams: a cell has one connection, and it was created before");
    created = true;
    return new Connection(duplex, waits);
  };
}
