/** A family of processes: the first one starts children with what it grants them, and finds a service beside itself. */
import { encodeText } from "#base";
import { cast, serve, type Client } from "#capnp";
import {
  Clock,
  Host,
  InitialGrants,
  Launcher,
  Membrane,
  WetwareSession,
  type Export,
} from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

const PROGRAM = { which: "path", path: "bin/main.wasm" } as const;

export async function main(cell: Cell): Promise<number> {
  const role = cell.env.get("ROLE");
  if (role === "child") return child(cell);
  return role === "grandchild" ? grandchild(cell) : first(cell);
}

async function first(cell: Cell): Promise<number> {
  using clock = serve(Clock, { now: () => ({ ms: 42 }) });
  using connection = connectHost(cell, clock);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  const grafted = await membrane.graft(null).catch(() => undefined);
  // A service has no membrane, and serves its clock until it is stopped.
  if (grafted === undefined) {
    await connection.closed;
    return 0;
  }
  const { launcher, services, host, executor } = grafted.session.extension;
  using found = services.find("clock");
  await print(cell, `service: ${(await cast(found.cap, Clock).now()).ms}`);

  const wrong: readonly (readonly Partial<Export>[])[] = [
    [
      { name: "a", cap: host },
      { name: "a", cap: executor },
    ],
    [{ name: "", cap: host }],
    [{ name: "a" }],
  ];
  for (const grants of wrong) {
    await print(cell, await tell(launcher.launch({ program: PROGRAM, grants })));
  }
  const outside = { which: "path", path: "../secret" } as const;
  await print(cell, await tell(launcher.launch({ program: outside })));

  using launched = await launcher.launch({
    program: PROGRAM,
    env: ["ROLE=child"],
    grants: [
      { name: "host", cap: host },
      { name: "launcher", cap: launcher },
    ],
    label: "kid",
    cpuSeconds: 60,
  });
  return await passOn(cell, launched.process);
}

async function child(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using grants = connection.bootstrap(InitialGrants);
  using given = await grants.get();
  await print(cell, `child: ${given.caps.map(({ name }) => name).join(" ")}`);
  // What it was started with is neither a host nor a membrane.
  await print(cell, await tell(cast(grants, Host).id()));
  await print(cell, await tell(cast(grants, Membrane(WetwareSession)).graft(null)));
  using launcher = cast(find(given.caps, "launcher"), Launcher);
  using launched = await launcher.launch({
    program: PROGRAM,
    env: ["ROLE=grandchild"],
    grants: [{ name: "host", cap: find(given.caps, "host") }],
  });
  return await passOn(cell, launched.process);
}

async function grandchild(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using grants = connection.bootstrap(InitialGrants);
  using given = await grants.get();
  using host = cast(find(given.caps, "host"), Host);
  const { peerId } = await host.id();
  await print(cell, `grandchild: ${given.caps.length} grant, peer id of ${peerId.length} bytes`);
  return 0;
}

type Started = Awaited<ReturnType<Launcher["launch"]>>["process"];

/** Prints what a process prints, and gives its exit code. */
async function passOn(cell: Cell, process: Started): Promise<number> {
  using stdout = process.stdout();
  for (;;) {
    const { data } = await stdout.stream.read(4096);
    if (data.length === 0) break;
    await cell.stdout.write(data.slice());
  }
  return (await process.wait()).exitCode;
}

async function tell(call: PromiseLike<unknown>): Promise<string> {
  try {
    await call;
    return "not refused";
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function find(caps: readonly Export[], wanted: string): Client {
  const found = caps.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`Nothing is granted by the name "${wanted}"`);
  return found.cap;
}

async function print(cell: Cell, text: string): Promise<void> {
  await cell.stdout.write(encodeText(`${text}\n`));
}
