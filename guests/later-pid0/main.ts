/**
 * A first process of the later generation: takes what it is granted by name, and starts itself as a child with two of it.
 *
 * With `serve` and a path as its arguments, it has that program of its image answer requests below `/cgi`, until it is stopped.
 */
import { encodeText } from "#base";
import { cast, type Client } from "#capnp";
import { InitialGrants, Routing, type Export } from "#schema";
import { Host, Identity, Membrane, Runtime } from "#schema/later";
import { attend, connectHost, type Cell } from "../sdk/index.ts";

export async function main(cell: Cell): Promise<number> {
  return cell.env.get("WW_CELL_MODE") === "vat" ? child(cell) : first(cell);
}

async function first(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane);
  using grafted = await membrane.graft();
  const [, order, program] = cell.args;
  if (order === "serve" && program !== undefined) {
    await serveProgram(cell, grafted.caps, program);
    await connection.closed;
    return 0;
  }
  cell.ready();
  await print(cell, grafted.caps.map(({ name }) => name).join(" "));
  using host = cast(find(grafted.caps, "host"), Host);
  using identity = cast(find(grafted.caps, "identity"), Identity);
  using routing = cast(find(grafted.caps, "routing"), Routing);
  const { peerId } = await host.id();
  using signing = identity.signer("my-domain");
  const { sig } = await signing.signer.sign(1n, 2n);
  const { key } = await routing.hash(encodeText("hello"));
  await print(cell, `peer id of ${peerId.length} bytes, envelope of ${sig.length}, ${key}`);

  using runtime = cast(find(grafted.caps, "runtime"), Runtime);
  using loaded = runtime.load(await cell.readFile("bin/main.wasm"));
  await print(cell, (await loaded.executor.cid()).cid);
  using spawned = await loaded.executor.spawn(
    ["main", "child"],
    ["A=b"],
    [
      { name: "keys", cap: identity },
      { name: "names", cap: routing },
    ],
    { which: "oneshot", oneshot: { totalBudget: 60_000_000_000n } },
  );
  return await attend(spawned.process, cell);
}

async function serveProgram(cell: Cell, caps: readonly Export[], path: string): Promise<void> {
  using runtime = cast(find(caps, "runtime"), Runtime);
  using host = cast(find(caps, "host"), Host);
  using network = host.network();
  using loaded = runtime.load(await cell.readFile(path));
  await network.httpListener.listen(loaded.executor, "/cgi", []);
  cell.ready();
  await print(cell, `${path} answers below /cgi`);
}

/** A child has what its parent named, and nothing else. */
async function child(cell: Cell): Promise<number> {
  using connection = connectHost(cell);
  using grants = connection.bootstrap(InitialGrants);
  using given = await grants.get();
  using again = await grants.get();
  const names = [...given.caps, ...again.caps].map(({ name }) => name).join(" ");
  await print(cell, `child of ${cell.args.join(" ")} has ${names}, A is ${cell.env.get("A")}`);
  using keys = cast(find(given.caps, "keys"), Identity);
  const { valid } = await keys.verify(encodeText("x"), encodeText("y"), encodeText("z"));
  if (valid) return 1;
  // There is no Host here, whatever it is cast to.
  using host = cast(grants, Host);
  const refusal = await host.id().then(
    () => "has a host",
    (error: unknown) => String(error),
  );
  await print(cell, refusal.includes("no interface") ? "CHILD_OK" : refusal);
  return 0;
}

function find(caps: readonly Export[], wanted: string): Client {
  const found = caps.find(({ name }) => name === wanted);
  if (found === undefined) throw new Error(`Nothing is granted by the name "${wanted}"`);
  return found.cap;
}

async function print(cell: Cell, text: string): Promise<void> {
  await cell.stdout.write(encodeText(`${text}\n`));
}
