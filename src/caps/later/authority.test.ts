import { describe, expect, test } from "vitest";
import { cast, isNull, serve } from "#capnp";
import { Executor } from "#schema";
import { Authority, OpaqueSession, Signer } from "#schema/later";
import type { SignerServer } from "#schema/later";
import { toPayload, toPayloadType } from "../challenge.ts";
import { createEpochs } from "../epochs.ts";
import type { Epochs } from "../epochs.ts";
import { createMemoryKeys } from "../keys.testing.ts";
import type { MemoryKeys } from "../keys.testing.ts";
import { serveAuthority } from "./authority.ts";

const DOMAIN = "ww-terminal-membrane";
const ECHO = { interfaceId: Executor.id, ordinal: 1 };
const RUN = { interfaceId: Executor.id, ordinal: 0 };

interface Bench {
  readonly keys: MemoryKeys;
  readonly epochs: Epochs;
  readonly authority: Authority;
}

function openBench(): Bench {
  const keys = createMemoryKeys();
  const epochs = createEpochs(new Uint8Array(0));
  const clock = { nowMs: () => 0 };
  return { keys, epochs, authority: serve(Authority, serveAuthority({ keys, epochs, clock })) };
}

/** A session that is really an executor; a terminal need not know its type. */
function serveSession(): OpaqueSession {
  const executor = serve(Executor, {
    echo: (message) => ({ response: message }),
    runBytes: () => Promise.reject(new Error("nothing is run")),
  });
  return cast(executor, OpaqueSession);
}

function signWith(keys: MemoryKeys, domain = DOMAIN): SignerServer {
  return {
    sign: async (nonce, seq) => ({
      sig: await keys.seal(domain, toPayloadType(domain), toPayload(nonce, seq)),
    }),
  };
}

async function guard({ authority, keys }: Bench, methods = [ECHO]) {
  using call = authority.guard(serveSession(), {
    profiles: [{ name: "reader", methods }],
    recipients: [{ verifyingKey: await keys.publicKey(), profile: "reader" }],
  });
  const { terminal } = await call;
  return terminal;
}

describe("Authority.guard()", () => {
  test("gives the holder of a key the methods of its profile", async () => {
    const bench = openBench();
    const terminal = await guard(bench);
    const { session, status } = await terminal.login(serve(Signer, signWith(bench.keys)));
    expect(status).toBe("granted");
    const executor = cast(session, Executor);
    expect((await executor.echo("x")).response).toBe("x");
    await expect(executor.runBytes(new Uint8Array(0), [], [])).rejects.toMatchObject({
      refusal: "denied",
    });
    // A terminal is good for one login.
    const again = await terminal.login(serve(Signer, signWith(bench.keys)));
    expect(again).toMatchObject({ status: "invalidRequest" });
    expect(isNull(again.session)).toBe(true);
  });

  test.each([
    ["another key", "denied", async () => signWith(createMemoryKeys())],
    ["another domain", "invalidProof", async (keys: MemoryKeys) => signWith(keys, "other")],
    [
      "another nonce",
      "invalidProof",
      async (keys: MemoryKeys): Promise<SignerServer> => ({
        sign: (nonce, seq) => signWith(keys).sign(nonce + 1n, seq, NO_CONTEXT),
      }),
    ],
    ["no signature", "invalidProof", async () => ({ sign: () => ({ sig: new Uint8Array(9) }) })],
    ["no signer", "invalidRequest", async () => null],
  ] as const)("refuses %s as %s", async (_, status, signer) => {
    const bench = openBench();
    const terminal = await guard(bench);
    const served = await signer(bench.keys);
    const login = await terminal.login(served === null ? null : serve(Signer, served));
    expect(login.status).toBe(status);
    expect(isNull(login.session)).toBe(true);
  });

  test("ends sessions with the epoch, and refuses a login that began before its end", async () => {
    const bench = openBench();
    const terminal = await guard(bench);
    const { session } = await terminal.login(serve(Signer, signWith(bench.keys)));
    const late = await guard(bench);
    const slow: SignerServer = {
      async sign(...args) {
        bench.epochs.advance(new Uint8Array(0));
        return signWith(bench.keys).sign(...args);
      },
    };
    expect((await late.login(serve(Signer, slow))).status).toBe("staleEpoch");
    await expect(cast(session, Executor).echo("x")).rejects.toMatchObject({
      refusal: "stale-epoch",
    });
  });

  test("gives up on a signer that does not answer, when the caller does", async () => {
    const bench = openBench();
    const terminal = await guard(bench);
    const stop = new AbortController();
    const never = serve(Signer, { sign: () => new Promise(() => undefined) });
    const login = terminal.login(never, { signal: stop.signal });
    stop.abort();
    await expect(login).rejects.toThrow();
  });

  test.each([
    [
      { profiles: [], recipients: [{ verifyingKey: Uint8Array.of(1), profile: "x" }] },
      'no profile "x"',
    ],
    [{ profiles: [{ name: "", methods: [RUN] }], recipients: [] }, "empty or doubled"],
    [
      {
        profiles: [{ name: "x", methods: [RUN] }],
        recipients: [
          { verifyingKey: Uint8Array.of(1), profile: "x" },
          { verifyingKey: Uint8Array.of(1), profile: "x" },
        ],
      },
      "verifying key is empty or doubled",
    ],
  ])("refuses a policy that makes no sense: %#", async (policy, why) => {
    const { authority } = openBench();
    await expect(authority.guard(serveSession(), policy)).rejects.toThrow(why);
    await expect(authority.guard(null, policy)).rejects.toThrow("session that is null");
  });
});

/** The context of a call that is never cancelled. */
const NO_CONTEXT = {
  signal: new AbortController().signal,
  thisCap: (): never => {
    throw new Error("not asked for");
  },
};
