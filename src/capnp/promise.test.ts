import { expect, test } from "vitest";
import { Executor, Host } from "#schema";
import { createPromisedClient, serve } from "./interface.ts";

test("createPromisedClient() makes calls wait, in order, until the promise is kept", async () => {
  const seen: string[] = [];
  const { promise, resolve } = Promise.withResolvers<Executor>();
  using client = createPromisedClient(Executor, promise);
  const calls = ["a", "b"].map((text) => client.echo(text));
  resolve(
    serve(Executor, {
      echo(message) {
        seen.push(message);
        return { response: message };
      },
      runBytes: () => ({}),
    }),
  );
  const later = client.echo("c");
  expect((await Promise.all([...calls, later])).map(({ response }) => response)).toEqual(seen);
  expect(seen).toEqual(["a", "b", "c"]);
});

test("createPromisedClient() fails calls with what broke the promise", async () => {
  using client = createPromisedClient(Executor, Promise.reject(new Error("Broken")));
  await expect(client.echo("x")).rejects.toThrow("Broken");
});

test("a promise kept by a call on itself fails instead of going on for ever", async () => {
  const { promise, resolve } = Promise.withResolvers<Executor>();
  using executor = createPromisedClient(Executor, promise);
  using host = serve(Host, {
    id: () => ({}),
    addrs: () => ({}),
    peers: () => ({}),
    connect: () => undefined,
    executor: () => ({ executor }),
  });
  using ahead = host.executor();
  using circle = ahead.executor;
  const call = circle.echo("x");
  resolve(circle);
  await expect(call).rejects.toThrow("leads back to itself");
});
