/** Entry of `ww` in Node 24: gathers the powers of the process and hands them to `main`. */
import { main } from "./main.ts";

const stop = new AbortController();
const end = (): void => stop.abort(new Error("Stopped"));
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, end);
// The launcher's end of the channel closes when the launcher dies, however it dies.
if (process.channel !== undefined) {
  process.on("disconnect", end);
  process.channel?.unref();
}
// Whoever reads our output may stop reading.
process.stdout.on("error", end);

process.exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  signal: stop.signal,
});
if (process.connected) process.disconnect();
