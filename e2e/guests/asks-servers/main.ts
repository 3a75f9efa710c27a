/** Asks each URL of its arguments by the HttpClient that it was granted, and prints what came of it. */
import { decodeText, encodeText } from "#base";
import { cast } from "#capnp";
import { HttpClient, Membrane, WetwareSession } from "#schema";
import { connectHost, type Cell } from "../../../guests/sdk/index.ts";

export async function main(cell: Cell): Promise<number> {
  const print = (text: string): Promise<void> => cell.stdout.write(encodeText(`${text}\n`));
  using connection = connectHost(cell);
  using membrane = connection.bootstrap(Membrane(WetwareSession));
  using grafted = await membrane.graft(null);
  const given = grafted.session.extension.grants.find(({ name }) => name === "api");
  if (given?.cap === undefined) {
    await print("Nobody has given me any servers");
    return 2;
  }
  using client = cast(given.cap, HttpClient);
  for (const url of cell.args.slice(1)) {
    try {
      using answer = await client.get(url, [{ name: "accept", value: "text/plain" }]);
      const headers = answer.headers.map(({ name, value }) => `${name}=${value}`).join(" ");
      await print(`${answer.status} ${decodeText(answer.body)} ${headers}`);
    } catch (error) {
      await print(String(error));
    }
  }
  return 0;
}
