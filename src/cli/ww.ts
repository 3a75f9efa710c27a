/** Entry of `ww` in Node 24: gathers the powers of the process and hands them to `main`. */
import { Exception, toMessage } from "#base";
import { main } from "./main.ts";
import { toPrintable } from "./printable.ts";
import { EXIT_CODES, Stopped } from "./stopped.ts";

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(signal, () => stop.abort(new Stopped(EXIT_CODES[signal])));
}
// The launcher's end of the channel closes when the launcher dies, however it dies.
if (process.channel !== undefined) {
  process.on("disconnect", () => stop.abort(new Stopped(EXIT_CODES.SIGTERM)));
  process.channel?.unref();
}
// The reader of our output may stop reading, as `head` does, which is no error; a full disk is one.
process.stdout.on("error", (reason: NodeJS.ErrnoException) => {
  const failure = new Exception("failed", `Cannot write the output: ${toMessage(reason)}`);
  stop.abort(reason.code === "EPIPE" ? new Stopped(EXIT_CODES.SIGPIPE) : failure);
});
// Nowhere is left to report this.
process.stderr.on("error", () => stop.abort(new Stopped(1)));

const code = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
});
// The last bytes may fail after the command has ended.
await new Promise<void>((resolve) => process.stdout.write("", () => resolve()));
const { reason } = stop.signal as { readonly reason: unknown };
if (code === 0 && reason instanceof Exception) {
  process.stderr.write(`ww: ${toPrintable(reason.message)}\n`);
}
process.exitCode = code === 0 && reason instanceof Exception ? 1 : code;
if (process.connected) process.disconnect();
