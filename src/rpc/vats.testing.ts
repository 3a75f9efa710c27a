/** Two connected vats for tests; at the end every table must be empty on both sides. */
import { expect } from "vitest";
import type { Client, InterfaceType, ServerOf } from "#capnp";
import { serve } from "#capnp";
import { connect } from "./connection.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";
import { createMemoryTransports } from "./memory-transport.ts";
import type { Transport } from "./transport.ts";

export interface VatPair<T> extends AsyncDisposable {
  readonly client: Connection;
  readonly server: Connection;
  /** The server's bootstrap. */
  readonly root: T;
}

/** Serves an object on one side and bootstraps it on the other. */
export function connectVats<T extends Client>(
  type: InterfaceType<T>,
  target: ServerOf<T>,
  transports: [Transport, Transport] = createMemoryTransports(),
  options: ConnectionOptions = {},
): VatPair<T> {
  using offered = serve(type, target);
  const client = connect(transports[0], options);
  const server = connect(transports[1], { ...options, bootstrap: offered });
  const root = client.bootstrap(type);
  return {
    client,
    server,
    root,
    async [Symbol.asyncDispose]() {
      root[Symbol.dispose]();
      const empty = { questions: 0, answers: 0, exports: 0, imports: 0 };
      if (client.failure === undefined && server.failure === undefined) {
        await expect.poll(() => client.tableSizes).toEqual(empty);
        await expect.poll(() => server.tableSizes).toEqual(empty);
      }
      client[Symbol.dispose]();
      await Promise.all([client.closed, server.closed]);
      expect(client.tableSizes).toEqual(empty);
      expect(server.tableSizes).toEqual(empty);
    },
  };
}
