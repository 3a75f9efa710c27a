/** What the tools take from globals and the engine lacks. Nothing of it gives them any power. */
import { encodeText } from "#base";
import { fromLatin } from "./text.ts";

type Sleep = (durationMs: number) => Promise<void>;

/** Timers, a little of `Buffer` and of `process`. */
export function lendGlobals(sleep: Sleep): void {
  const cancelled = new Set<number>();
  let last = 0;
  const setTimer = (
    run: (...given: unknown[]) => void,
    delayMs = 0,
    ...given: unknown[]
  ): number => {
    const timer = ++last;
    void sleep(delayMs).then(() => {
      if (!cancelled.delete(timer)) run(...given);
    });
    return timer;
  };
  const clearTimer = (timer: number | undefined): void => {
    if (timer !== undefined && timer <= last) cancelled.add(timer);
  };
  const lent = {
    setTimeout: setTimer,
    clearTimeout: clearTimer,
    setImmediate: (run: () => void) => setTimer(run),
    console: { debug() {}, error() {}, info() {}, log() {}, warn() {} },
    Buffer: {
      from: toBuffer,
      alloc: (length: number) => new Uint8Array(length),
      byteLength: (text: string) => encodeText(text).length,
      isBuffer: () => false,
    },
    process: {
      env: {},
      platform: "wasi",
      argv: [],
      cwd: () => "/",
      versions: {},
      hrtime: () => [0, 0],
    },
  };
  for (const [name, value] of Object.entries(lent)) {
    if (!(name in globalThis)) Object.assign(globalThis, { [name]: value });
  }
}

function toBuffer(content: string | ArrayLike<number>, encoding = "utf8"): Uint8Array {
  if (typeof content !== "string") return Uint8Array.from(content);
  if (encoding === "latin1" || encoding === "binary") return fromLatin(content);
  if (encoding === "base64") return fromLatin(atob(content));
  if (encoding === "hex") {
    return Uint8Array.from(content.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  }
  return encodeText(content);
}
