/** What a file descriptor stands for: something to read or write, shared by those who duplicated it. */
import { concatBytes, createPipe, type ByteSink, type ByteSource, type Waiting } from "#base";
import { PipeClosed } from "./flow.ts";
import { FileError, type FileHandle, type System } from "./system.ts";

const PIPE_BYTES = 64 * 1024;
const NEWLINE = 0x0a;
const LINE_PIECE = 4096;

interface Device {
  /** No bytes at the end. */
  read(limitBytes: number, options?: Waiting): Promise<Uint8Array>;
  write(bytes: Uint8Array, options?: Waiting): Promise<void>;
  close(): void;
  readonly isTerminal?: boolean;
  /** Which of the shell's own streams it is. */
  readonly own?: number;
  readonly isNull?: boolean;
}

export class OpenFile {
  readonly #device: Device;
  #users = 1;
  #held: Uint8Array = new Uint8Array(0);

  constructor(device: Device) {
    this.#device = device;
  }

  get isTerminal(): boolean {
    return this.#device.isTerminal === true;
  }
  get isNull(): boolean {
    return this.#device.isNull === true;
  }
  /** The number of the shell's own stream that a program can have as it is. */
  get own(): number | undefined {
    return this.#held.length > 0 ? undefined : this.#device.own;
  }

  /** One more user; each closes it once. */
  share(): OpenFile {
    this.#users++;
    return this;
  }

  close(): void {
    if (--this.#users === 0) this.#device.close();
  }

  async read(limitBytes: number, options?: Waiting): Promise<Uint8Array> {
    options?.signal?.throwIfAborted();
    if (this.#held.length === 0) return await this.#device.read(limitBytes, options);
    const bytes = this.#held.subarray(0, limitBytes);
    this.#held = this.#held.subarray(bytes.length);
    return bytes;
  }

  /** Up to the delimiter, with it; without at the end. What comes after stays for others. */
  async readLine(delimiter: number = NEWLINE, options?: Waiting): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const bytes = await this.read(LINE_PIECE, options);
      if (bytes.length === 0) return concatBytes(parts);
      const end = bytes.indexOf(delimiter);
      parts.push(end < 0 ? bytes : bytes.subarray(0, end + 1));
      if (end < 0) continue;
      this.unread(bytes.subarray(end + 1));
      return concatBytes(parts);
    }
  }

  unread(bytes: Uint8Array): void {
    this.#held = this.#held.length === 0 ? bytes : concatBytes([bytes, this.#held]);
  }

  async readAll(options?: Waiting): Promise<Uint8Array> {
    const parts: Uint8Array[] = [];
    for (;;) {
      const bytes = await this.read(PIPE_BYTES, options);
      if (bytes.length === 0) return concatBytes(parts);
      parts.push(bytes);
    }
  }

  async write(bytes: Uint8Array, options?: Waiting): Promise<void> {
    options?.signal?.throwIfAborted();
    if (bytes.length > 0) await this.#device.write(bytes, options);
  }
}

const refuse = (): Promise<never> => Promise.reject(new FileError("EBADF"));

export function fromSource(source: ByteSource, more: Partial<Device> = {}): OpenFile {
  return new OpenFile({
    read: async (limitBytes, options) =>
      (await source.read(limitBytes, options)) ?? new Uint8Array(0),
    write: refuse,
    close: () => source[Symbol.dispose](),
    ...more,
  });
}

export function fromSink(sink: ByteSink, more: Partial<Device> = {}): OpenFile {
  return new OpenFile({
    read: refuse,
    async write(bytes, options) {
      try {
        // Those who make bytes may use them again.
        await sink.write(sink.copies ? bytes : bytes.slice(), options);
      } catch (error) {
        throw sink.closed ? new PipeClosed() : error;
      }
    },
    close: () => sink.close(),
    ...more,
  });
}

/** Two ends of a bounded pipe. */
export function openPipe(): { readonly reader: OpenFile; readonly writer: OpenFile } {
  const { source, sink } = createPipe(PIPE_BYTES);
  return { reader: fromSource(source), writer: fromSink(sink) };
}

/** A text to read, for here-documents. */
export function fromBytes(bytes: Uint8Array): OpenFile {
  const file = new OpenFile({
    read: () => Promise.resolve(new Uint8Array(0)),
    write: refuse,
    close: () => undefined,
  });
  file.unread(bytes);
  return file;
}

export function fromHandle(handle: FileHandle, append: boolean): OpenFile {
  let offset = 0;
  return new OpenFile({
    async read(limitBytes) {
      const bytes = handle.read(offset, limitBytes);
      offset += bytes.length;
      return bytes;
    },
    async write(bytes) {
      if (append) return handle.append(bytes);
      handle.write(offset, bytes);
      offset += bytes.length;
    },
    close: () => handle.close(),
  });
}

/** The files of /dev that need no descriptor; undefined for others. */
export function openDevice(path: string, system: System): OpenFile | undefined {
  const none = { write: async () => undefined, close: () => undefined };
  switch (path) {
    case "/dev/null":
      return new OpenFile({ ...none, read: async () => new Uint8Array(0), isNull: true });
    case "/dev/zero":
      return new OpenFile({ ...none, read: async (length) => new Uint8Array(length) });
    case "/dev/full":
      return new OpenFile({
        ...none,
        read: async (length) => new Uint8Array(length),
        write: () => Promise.reject(new FileError("ENOSPC")),
      });
    case "/dev/random":
    case "/dev/urandom":
      return new OpenFile({ ...none, read: async (length) => system.random(length) });
    default:
      return undefined;
  }
}
