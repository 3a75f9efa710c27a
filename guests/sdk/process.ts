/** Being the parent of a process. */
import type { ByteSink } from "#base";
import type { ByteStream, Process } from "#schema";
import type { Cell } from "./cell.ts";

const PIECE_BYTES = 64 * 1024;

/** Copies what a process prints to the cell's own output until it has ended; gives its exit code. */
export async function attend(process: Process, { stdout, stderr }: Cell): Promise<number> {
  using out = process.stdout();
  using err = process.stderr();
  const [{ exitCode }] = await Promise.all([
    process.wait(),
    copyStream(out.stream, stdout),
    copyStream(err.stream, stderr),
  ]);
  return exitCode;
}

/** Copies until the stream ends; the sink stays open. */
async function copyStream(stream: ByteStream, sink: ByteSink): Promise<void> {
  for (;;) {
    const { data } = await stream.read(PIECE_BYTES);
    if (data.length === 0) return;
    await sink.write(data);
  }
}
