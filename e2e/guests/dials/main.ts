/** Dials an address, then has a child of the same program dial it. Arguments: the peer's id and the address, in hex. */
import { encodeText } from "#base";
import { Host, Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

export async function main(cell: Cell): Promise<void> {
  const { args, stdout } = cell;
  const [role, peerId = "", address = ""] = args.slice(-3);
  const dial = async (host: Host): Promise<void> => {
    const outcome = await host.connect(fromHex(peerId), [fromHex(address)]).then(
      () => "connected",
      (reason: unknown) => String(reason),
    );
    await stdout.write(encodeText(`${role}: ${outcome}\n`));
  };
  using connection = connectHost(cell);
  if (role === "child") {
    using host = connection.bootstrap(Host);
    return await dial(host);
  }
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const { host, executor } = grafted.session.extension;
  await dial(host);
  const wasm = await cell.readFile("bin/main.wasm");
  using started = await executor.runBytes(wasm, ["child", peerId, address], []);
  using output = started.process.stdout();
  for (;;) {
    const { data } = await output.stream.read(1000);
    if (data.length === 0) return;
    await stdout.write(data.slice());
  }
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16));
}
