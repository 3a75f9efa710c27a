import { expect, test, vi } from "vitest";
import { createDuplexPair } from "#base";
import { cast, serve } from "#capnp";
import { Executor } from "#schema";
import { connect, createStreamTransport } from "#rpc";
import { createPeerVats } from "./peer-vats.ts";
import { createRevoker } from "./revoker.ts";

test("a capability that is held keeps its vat, whether or not it was called", async () => {
  vi.useFakeTimers();
  const vats = createPeerVats(
    {
      streams: {
        async dial() {
          const [near, far] = createDuplexPair(64 * 1024);
          connect(createStreamTransport(far), {
            bootstrap: serve(Executor, {
              echo: (message) => ({ response: message }),
              runBytes: () => Promise.reject(new Error("nothing is run")),
            }),
          });
          return near;
        },
        listen: () => Promise.reject(new Error("nobody listens")),
      },
      connectPeer: (duplex) => connect(createStreamTransport(duplex)),
    },
    createRevoker("test").lifetime,
  );
  using echo = cast(await vats.dial(Uint8Array.of(1), "echo"), Executor);
  await vi.advanceTimersByTimeAsync(25_000);
  expect((await echo.echo("x")).response).toBe("x");
  await vi.advanceTimersByTimeAsync(25_000);
  expect((await echo.echo("y")).response).toBe("y");
  vi.useRealTimers();
});
