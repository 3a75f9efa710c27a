/** The programs whose kernel's memory is measured: one freezes a blob, ten read it. */
import type { MessagePort } from "node:worker_threads";
import { openPortDuplex } from "#base";
import type { DuplexPort } from "#base";
import { cast } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { Blob, InitialGrants, Membrane, WetwareSession } from "#schema";

/** A program that is to be run. */
export interface Start {
  readonly id: number;
  /** `main` freezes, others read. */
  readonly role: string;
  readonly port: MessagePort;
}

export type News = { readonly type: "reading" } | { readonly type: "ended"; readonly id: number };

export const BYTES: number = 16 * 1024 * 1024;
const READERS = 10;
/** As much as they get. */
const PIECE_BYTES = BYTES;

/** @param onRead called when a reader has read for the first time */
export async function runProgram({ role, port }: Start, onRead: () => void): Promise<void> {
  const duplex = openPortDuplex(port as unknown as DuplexPort);
  using connection = connect(createStreamTransport(duplex), { lendsData: true });
  if (role !== "main") {
    using results = await connection.bootstrap(InitialGrants).get();
    const [first] = results.caps;
    if (first !== undefined) await readAll(cast(first.cap, Blob), onRead);
    return;
  }
  using grafted = await connection.bootstrap(Membrane(WetwareSession)).graft(null);
  const { blobs, launcher } = grafted.session.extension;
  using frozen = await blobs.freeze(new Uint8Array(BYTES).fill(7));
  const processes = Array.from({ length: READERS }, async () => {
    using launched = await launcher.launch({
      program: { which: "bytes", bytes: new TextEncoder().encode("reader") },
      grants: [{ name: "blob", cap: frozen.blob }],
    });
    await launched.process.wait();
  });
  await Promise.all(processes);
}

async function readAll(blob: Blob, onRead: () => void): Promise<void> {
  for (let at = 0; at < BYTES;) {
    using read = await blob.read(at, PIECE_BYTES);
    if (read.data[0] !== 7) throw new Error("A blob was read wrongly");
    if (at === 0) onRead();
    at += read.data.length;
  }
}
