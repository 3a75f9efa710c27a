/** Keeps whatever it can over the end of an epoch, and then tries to use it. */
import { createDuplexPair, encodeText } from "#base";
import { cast, createPromisedClient, dup, serve } from "#capnp";
import { connect, createStreamTransport } from "#rpc";
import { Executor, Host, InitialGrants, Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

const PROGRAM = { which: "path", path: "bin/main.wasm" } as const;
/** Round trips in which a child that could still call would have called. */
const ROUNDS = 50;

export async function main(cell: Cell): Promise<number> {
  if (cell.args.includes("forge")) return forge(cell);
  return cell.env.get("ROLE") === "child" ? callParent(cell) : first(cell);
}

async function first(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using graft = await membrane.graft(null);
  const { launcher, host, executor } = graft.session.extension;

  let calls = 0;
  const called = Promise.withResolvers<void>();
  // The child gets it through the launcher, whose boundary it has crossed inward.
  using callback = serve(Executor, {
    echo(message) {
      calls++;
      called.resolve();
      return { response: message };
    },
    runBytes: () => Promise.reject(new Error("nothing is run")),
  });
  using launched = await launcher.launch({
    program: PROGRAM,
    env: ["ROLE=child"],
    grants: [
      { name: "callback", cap: callback },
      { name: "host", cap: host },
    ],
  });
  await called.promise;
  const waiting = tell(launched.process.wait());
  const { promise, resolve } = Promise.withResolvers<Host>();
  using promised = createPromisedClient(Host, promise);
  const early = tell(promised.id());
  using throughVat = offerInAnotherVat(host);
  await throughVat.id();
  await print(cell, "ready");

  await print(cell, `a call in flight: ${await waiting}`);
  await print(cell, `a host that was kept: ${await tell(host.id())}`);
  await print(cell, `an executor that was kept: ${await tell(executor.echo("a"))}`);
  await print(
    cell,
    `a launcher that was kept: ${await tell(launcher.launch({ program: PROGRAM }))}`,
  );
  await print(cell, `a process that was kept: ${await tell(launched.process.kill())}`);
  await print(cell, `through another vat: ${await tell(throughVat.id())}`);
  resolve(dup(host));
  await print(cell, `called ahead on a promise: ${await early}`);
  await print(cell, `a promise that was kept: ${await tell(promised.id())}`);

  using again = await membrane.graft(null);
  const before = calls;
  for (let round = 0; round < ROUNDS; round++) await again.session.extension.host.id();
  await print(cell, `a callback that was handed out: called ${calls - before} times`);
  return 0;
}

/** Calls as long as it is let. */
async function callParent(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using grants = connection.bootstrap(InitialGrants);
  using given = await grants.get();
  const found = given.caps.find(({ name }) => name === "callback");
  if (found === undefined) return 1;
  using callback = cast(found.cap, Executor);
  for (;;) await tell(callback.echo("a"));
}

const HOST_ID = Host.id;
/** A message of one segment with a `Call`: of method 0 of that interface, on what the far side has exported by that number. */
function encodeCall(exportId: number, interfaceId: bigint): Uint8Array {
  const words = new BigUint64Array(12);
  const view = new DataView(words.buffer);
  view.setUint32(4, 11, true); // words behind the header
  view.setBigUint64(8, struct(0, 1, 1), true);
  view.setUint16(16, 2, true); // Message.call
  view.setBigUint64(24, struct(0, 3, 3), true);
  view.setUint32(32, 7, true); // Call.questionId
  view.setBigUint64(40, interfaceId, true);
  view.setBigUint64(56, struct(2, 1, 1), true);
  view.setUint32(80, exportId, true); // MessageTarget.importedCap
  return new Uint8Array(words.buffer);
}

function struct(offset: number, dataWords: number, pointers: number): bigint {
  return (BigInt(offset) << 2n) | (BigInt(dataWords) << 32n) | (BigInt(pointers) << 48n);
}

/** Calls what it was never given, by its number, and prints the words in the answer. */
async function forge(cell: Cell): Promise<number> {
  const { source, sink } = cell.openConnection();
  await sink.write(encodeCall(Number(cell.args.at(-1)), HOST_ID));
  let answer = "";
  for (;;) {
    const bytes = await source.read(65_536).catch(() => undefined);
    if (bytes === undefined) break;
    answer += String.fromCharCode(...bytes);
  }
  await print(cell, /[\w ,.:"'-]{12,}/.exec(answer)?.[0] ?? "no words");
  return 0;
}

/** The same host, as a vat in this process has it from another one. */
function offerInAnotherVat(host: Host): Host {
  const [near, far] = createDuplexPair(64 * 1024);
  connect(createStreamTransport(far), { bootstrap: dup(host) });
  return connect(createStreamTransport(near)).bootstrap(Host);
}

async function tell(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return "not refused";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function print(cell: Cell, text: string): Promise<void> {
  await cell.stdout.write(encodeText(`${text}\n`));
}
