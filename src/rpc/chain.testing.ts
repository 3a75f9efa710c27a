/** Three vats in a row, for tests: the middle vat re-exports the far vat's bootstrap to the near vat. */
import { expect } from "vitest";
import { serve } from "#capnp";
import { connect } from "./connection.ts";
import type { Connection, ConnectionOptions } from "./connection.ts";
import { Peer } from "./interop/generated/interop.ts";
import type { PeerServer } from "./interop/generated/interop.ts";
import type { OpenTransports } from "./transports.testing.ts";

export interface Chain extends AsyncDisposable {
  /** The far vat's bootstrap, as a client of the near vat. */
  readonly root: Peer;
  readonly near: Connection;
  /** The middle vat's two connections. */
  readonly middle: readonly [towardsNear: Connection, towardsFar: Connection];
  readonly far: Connection;
}

const EMPTY = { questions: 0, answers: 0, exports: 0, imports: 0 };

/** All tables must be empty at the end. */
export function connectChain(
  target: PeerServer,
  open: OpenTransports,
  options: ConnectionOptions = {},
): Chain {
  const [middleOut, farIn] = open();
  const [nearOut, middleIn] = open();
  using offered = serve(Peer, target);
  const far = connect(farIn, { ...options, bootstrap: offered });
  const towardsFar = connect(middleOut, options);
  using passedOn = towardsFar.bootstrap(Peer);
  const towardsNear = connect(middleIn, { ...options, bootstrap: passedOn });
  const near = connect(nearOut, options);
  const root = near.bootstrap(Peer);
  const all = [near, towardsNear, towardsFar, far];
  return {
    root,
    near,
    middle: [towardsNear, towardsFar],
    far,
    async [Symbol.asyncDispose]() {
      root[Symbol.dispose]();
      // The middle vat holds the far vat's bootstrap until its connection ends.
      if (all.every(({ failure }) => failure === undefined)) {
        const offering = { ...EMPTY, imports: 1 };
        await expect.poll(() => near.tableSizes).toEqual(EMPTY);
        await expect.poll(() => towardsNear.tableSizes).toEqual(EMPTY);
        await expect.poll(() => towardsFar.tableSizes).toEqual(offering);
        await expect.poll(() => far.tableSizes).toEqual({ ...EMPTY, exports: 1 });
      }
      near[Symbol.dispose]();
      await towardsNear.closed;
      towardsFar[Symbol.dispose]();
      await far.closed;
      expect(all.map(({ tableSizes }) => tableSizes)).toEqual([EMPTY, EMPTY, EMPTY, EMPTY]);
    },
  };
}
