import { expect, test } from "vitest";
import { createPipe, decodeText, encodeText } from "#base";
import type { Pipe } from "#base";
import { AnyClient, serve } from "#capnp";
import type { RunningProcess } from "#caps";
import { ByteStream } from "#schema";
import { createRunStreams } from "./run-streams.ts";

interface Head {
  readonly process: RunningProcess;
  readonly stdin: Pipe;
  readonly stdout: Pipe;
  readonly exit: (code: number) => void;
}

function createHead(): Head {
  const [stdin, stdout, stderr] = [createPipe(64), createPipe(64), createPipe(64)];
  const { promise: exitCode, resolve: exit } = Promise.withResolvers<number>();
  const process: RunningProcess = {
    stdin: stdin.sink,
    stdout: stdout.source,
    stderr: stderr.source,
    exitCode,
    bootstrap: () => serve(AnyClient, {}),
    kill: () => exit(137),
  };
  return { process, stdin, stdout, exit };
}

const readFrom = async (pipe: Pipe): Promise<string> =>
  decodeText((await pipe.source.read(64)) ?? new Uint8Array(0));

test("what is written between two heads goes to the second, and what both write is read in order", async () => {
  const streams = createRunStreams();
  const stdin = serve(ByteStream, streams.stdin);
  const stdout = serve(ByteStream, streams.stdout);
  const early = stdin.write(encodeText("early"));
  const [first, second] = [createHead(), createHead()];
  streams.attach(first.process);
  await early;
  expect(await readFrom(first.stdin)).toBe("early");

  first.exit(0);
  await first.process.exitCode;
  first.stdin.source[Symbol.dispose]();
  const between = stdin.write(encodeText("between"));
  streams.attach(second.process);
  await between;
  expect(await readFrom(second.stdin)).toBe("between");

  await second.stdout.sink.write(encodeText("two"));
  await first.stdout.sink.write(encodeText("one"));
  first.stdout.sink.close();
  expect(decodeText((await stdout.read(64)).data)).toBe("one");
  expect(decodeText((await stdout.read(64)).data)).toBe("two");

  second.exit(0);
  second.stdout.sink.close();
  streams.end();
  expect((await stdout.read(64)).data).toHaveLength(0);
  await expect(stdin.write(encodeText("late"))).rejects.toThrow("the stream is closed");
});
