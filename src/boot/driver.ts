/**
 * The page as a program drives it: `window.ww`. What `ww run` and tests use; the page does what it does for a visitor.
 */
import { createPipe } from "#base";
import type { ByteSource, Terminals } from "#base";
import type { RunOutcome } from "#kernel";
import type { App, ImageOrder, SavedImage } from "#ui";

/** Says which of the driver's streams are a person's terminal; none unless told. */
export interface DrivenOrder extends ImageOrder {
  readonly terminal?: Terminals;
}

export interface Driver {
  /**
   * Runs an image with its streams connected to the driver instead of the terminal.
   *
   * `write` is called with the output in order, one piece after the other: the next waits until it has resolved. With
   * `save`, an image that has exited is saved with what it wrote, its CAR is written too, and its path is told.
   */
  run(
    order: DrivenOrder,
    write: (stream: "stdout" | "stderr" | "car", base64: string) => Promise<void>,
    save?: boolean,
  ): Promise<RunOutcome & { readonly saved?: string | undefined }>;
  /** Gives input to the image that runs; resolves when there is room for more. False when nobody reads any more. */
  feed(base64: string): Promise<boolean>;
  /** Ends the input of the image that runs. */
  endInput(): void;
}

const PIPE_BYTES = 64 * 1024;

export function createDriver(app: App): Driver {
  let input = createPipe(PIPE_BYTES);
  return {
    async run(order, write, save = false) {
      input = createPipe(PIPE_BYTES);
      const stdout = createPipe(PIPE_BYTES);
      const stderr = createPipe(PIPE_BYTES);
      const forwarding = Promise.all([
        forward(stdout.source, (text) => write("stdout", text)),
        forward(stderr.source, (text) => write("stderr", text)),
      ]);
      const stdio = {
        stdin: input.source,
        stdout: stdout.sink,
        stderr: stderr.sink,
        terminal: order.terminal ?? false,
      };
      let saved: string | undefined;
      const onSaved = async ({ path, car }: SavedImage): Promise<void> => {
        for await (const piece of car) await write("car", piece.toBase64());
        saved = path;
      };
      const outcome = await app.run(order, stdio, save ? onSaved : undefined);
      await forwarding;
      return saved === undefined ? outcome : { ...outcome, saved };
    },
    async feed(base64) {
      try {
        await input.sink.write(Uint8Array.fromBase64(base64));
        return true;
      } catch {
        return false;
      }
    },
    endInput() {
      input.sink.close();
    },
  };
}

async function forward(source: ByteSource, write: (text: string) => Promise<void>): Promise<void> {
  try {
    for (;;) {
      const bytes = await source.read(PIPE_BYTES);
      if (bytes === undefined) return;
      await write(bytes.toBase64());
    }
  } catch {
    // The image was ended in the middle of its output.
  }
}
