/** The standard streams of a run: those of its first process, then those of the first process of each new head. */
import { createNotice, Exception } from "#base";
import type { ByteSink, ByteSource } from "#base";
import type { ByteStreamServer } from "#schema";
import { serveSink, serveSource } from "#caps";
import type { RunningProcess } from "#caps";

export interface RunStreams {
  // One server for each stream, so that reads of concurrent clients keep their order.
  readonly stdin: ByteStreamServer;
  readonly stdout: ByteStreamServer;
  readonly stderr: ByteStreamServer;
  /** Continues the streams with those of a started process. */
  attach(process: RunningProcess): void;
  /** Ends the streams after the processes attached so far. */
  end(): void;
}

export function createRunStreams(): RunStreams {
  const stdin = new RelayedSink();
  const stdout = new RelayedSource();
  const stderr = new RelayedSource();
  return {
    stdin: serveSink(stdin),
    stdout: serveSource(stdout),
    stderr: serveSource(stderr),
    attach(process) {
      stdin.attach(process.stdin, process.exitCode);
      stdout.attach(process.stdout);
      stderr.attach(process.stderr);
    },
    end() {
      stdin.end();
      stdout.end();
      stderr.end();
    },
  };
}

/** The sources one after the other, each read to its end. */
class RelayedSource implements Pick<ByteSource, "read"> {
  readonly #open: ByteSource[] = [];
  readonly #notice = createNotice();
  #hasEnded = false;
  #isClosed = false;

  attach(source: ByteSource): void {
    if (this.#isClosed) source[Symbol.dispose]();
    else this.#open.push(source);
    this.#notice.notify();
  }

  end(): void {
    this.#hasEnded = true;
    this.#notice.notify();
  }

  async read(
    ...[limitBytes, options]: Parameters<ByteSource["read"]>
  ): ReturnType<ByteSource["read"]> {
    for (;;) {
      const [first] = this.#open;
      if (this.#isClosed || (first === undefined && this.#hasEnded)) return undefined;
      const bytes = await (first?.read(limitBytes, options) ?? this.#notice.wait(options));
      if (bytes !== undefined) return bytes;
      if (first !== undefined) this.#open.shift();
    }
  }

  [Symbol.dispose](): void {
    this.#isClosed = true;
    for (const source of this.#open) source[Symbol.dispose]();
    this.#notice.notify();
  }
}

/** Writes to the sink of the current process; between processes, writes wait for the next sink. */
class RelayedSink implements Pick<ByteSink, "write" | "close" | "closed" | "copies"> {
  readonly #notice = createNotice();
  #current: ByteSink | undefined;
  #hasEnded = false;
  #isClosed = false;

  /** @param ended resolves when the sink's process has ended; later writes wait for the next sink */
  attach(sink: ByteSink, ended: Promise<unknown>): void {
    this.#current = sink;
    void ended.then(() => {
      if (this.#current === sink) this.#current = undefined;
    });
    if (this.#isClosed) sink.close();
    this.#notice.notify();
  }

  end(): void {
    this.#hasEnded = true;
    this.#notice.notify();
  }

  get closed(): boolean {
    return this.#isClosed || (this.#current?.closed ?? this.#hasEnded);
  }

  get copies(): boolean {
    return this.#current?.copies ?? false;
  }

  async write(...[bytes, options]: Parameters<ByteSink["write"]>): Promise<void> {
    while (this.#current === undefined && !this.#hasEnded) await this.#notice.wait(options);
    if (this.#current === undefined || this.closed) {
      throw new Exception("failed", "Cannot write: the stream is closed");
    }
    await this.#current.write(bytes, options);
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.close();
  }
}
