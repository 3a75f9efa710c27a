/**
 * What shared code expects of its globals and the engine lacks: TextEncoder, TextDecoder, AbortController, AbortSignal.
 *
 * Imported for its effect, before anything else. Only what is used is here.
 */
import { takeNatives, toEngineNatives } from "./host.ts";

const engine = toEngineNatives(takeNatives());

class Encoder {
  readonly encoding = "utf-8";
  encode(text: string = ""): Uint8Array {
    return new Uint8Array(engine.encode(text.toWellFormed()));
  }
}

class Decoder {
  readonly encoding = "utf-8";
  readonly fatal: boolean;
  constructor(_label?: string, options: { readonly fatal?: boolean } = {}) {
    this.fatal = options.fatal === true;
  }
  decode(bytes: Uint8Array = new Uint8Array(0)): string {
    const text = engine.decode(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (this.fatal && text.includes("\uFFFD") && !sameBytes(engine.encode(text), bytes)) {
      throw new TypeError("Bytes are not UTF-8");
    }
    return text;
  }
}

function sameBytes(buffer: ArrayBuffer, bytes: Uint8Array): boolean {
  const other = new Uint8Array(buffer);
  return other.length === bytes.length && other.every((byte, at) => byte === bytes[at]);
}

type Listener = (event: { readonly type: string; readonly target: Signal }) => void;

class Signal {
  aborted = false;
  reason: unknown = undefined;
  onabort: Listener | null = null;
  readonly #listeners = new Map<Listener, boolean>();

  addEventListener(
    _type: "abort",
    listener: Listener,
    options?: { readonly once?: boolean },
  ): void {
    if (!this.#listeners.has(listener)) this.#listeners.set(listener, options?.once === true);
  }
  removeEventListener(_type: "abort", listener: Listener): void {
    this.#listeners.delete(listener);
  }
  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  static abort(reason?: unknown): Signal {
    const signal = new Signal();
    abort(signal, reason);
    return signal;
  }
  static any(signals: Iterable<Signal>): Signal {
    const all = [...signals];
    const any = new Signal();
    const done = all.find((signal) => signal.aborted);
    if (done !== undefined) abort(any, done.reason);
    else for (const one of all) one.addEventListener("abort", () => abort(any, one.reason));
    return any;
  }
  /** For `abort` alone; `once` listeners are forgotten as they are called. */
  static tell(signal: Signal): void {
    const event = { type: "abort", target: signal };
    signal.onabort?.(event);
    for (const [listener, once] of signal.#listeners) {
      if (once) signal.#listeners.delete(listener);
      listener(event);
    }
  }
}

function abort(signal: Signal, reason: unknown): void {
  if (signal.aborted) return;
  signal.aborted = true;
  signal.reason = reason ?? new DOMException("Waiting was given up", "AbortError");
  Signal.tell(signal);
}

class Controller {
  readonly signal = new Signal();
  abort(reason?: unknown): void {
    abort(this.signal, reason);
  }
}

Object.assign(globalThis, {
  TextEncoder: Encoder,
  TextDecoder: Decoder,
  AbortSignal: Signal,
  AbortController: Controller,
});
