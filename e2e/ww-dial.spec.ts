/** The `ww` command as a peer of tabs and of other nodes, started as its users start it. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright/test";
import { peerIdFromMultihash } from "@libp2p/peer-id";
import { decode } from "multiformats/hashes/digest";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { expect, test } from "./fixtures.ts";
import { start } from "./ww.ts";
import type { Running } from "./ww.ts";

interface Door {
  readonly ww: ProgramDoor;
  kept?: Disposable;
}

/** Boots the image, which goes on, and gives the tab's peer id. */
async function serve(page: Page, path: string): Promise<string> {
  const bytes = await page.evaluate(async (layer) => {
    const door = globalThis as unknown as Door;
    const owner = await door.ww.owner();
    door.kept = owner.boot({ layers: [layer], args: ["serve"] });
    const { host } = await owner.node();
    return [...(await host.id()).peerId];
  }, path);
  return peerIdFromMultihash(decode(Uint8Array.from(bytes))).toString();
}

test("ww dial calls what an image serves in a tab, through the relay", async ({ visit, world }) => {
  await visit.open();
  const peer = await serve(visit.page, world.path("meets"));
  const address = `${world.node.relay}/p2p-circuit/p2p/${peer}`;
  // The service is announced a moment after its process has started.
  await expect(async () => {
    const { code, out, err } = await start(["dial", address, "echo", "--echo", "one"], "").result;
    expect({ code, out }).toEqual({ code: 0, out: "Tab: one\n" });
    expect(err).toContain(`peer ${peer}\naddress ${address}\n`);
    expect(err).toContain("serves echo\n");
  }).toPass({ timeout: 30_000 });
  const named = ["dial", peer, "--via", world.node.url];
  const answered = await start([...named, "echo"], "").result;
  expect(answered.code).toBe(0);
  expect(answered.out).toMatch(/echo answers\n$/);
  const stream = await start([...named, "echo", "--stream"], "whisper").result;
  expect(stream).toMatchObject({ code: 0, out: "WHISPER" });
  const link = `${world.node.url}#${world.path("meets")}?peer=${encodeURIComponent(address)}`;
  expect(await start(["dial", link, "none"], "").result).toMatchObject({
    code: 1,
    err: 'ww: The peer serves no capability "none"; ww dial without a name says what it serves\n',
  });
});

const LISTEN = ["--port", "0", "--listen", "/ip4/127.0.0.1/tcp/0"];

/** Where a node is reached by TCP, once it says so. */
async function findAddress(node: Running): Promise<string> {
  await node.printed("for peers\n");
  const found = /^(\/ip4\/127\.0\.0\.1\/tcp\/\d+\/p2p\/\S+) {2}for peers$/m;
  return found.exec(node.out)?.[1] ?? "";
}

test("ww up meets other nodes, says goodbye to them when it is stopped, and is found again", async () => {
  const folder = await mkdtemp(join(tmpdir(), "ww-"));
  const state = ["--state", join(folder, "state")];
  const first = start(["up", ...LISTEN, ...state]);
  const address = await findAddress(first);
  const second = start(["up", ...LISTEN, "--log", "info", "--peer", address]);
  await findAddress(second);
  const url = second.out.split("\n")[0] ?? "";
  const count = async (metric: string): Promise<string | undefined> => {
    const lines = (await (await fetch(`${url}metrics`)).text()).split("\n");
    return lines.find((line) => line.startsWith(`${metric} `))?.split(" ")[1];
  };
  await expect.poll(() => count("ww_peers")).toBe("1");
  await expect.poll(() => count("ww_reservations")).toBe("1");
  first.stop("SIGTERM");
  expect(await first.result).toMatchObject({ code: 0, err: "" });
  await expect.poll(() => count("ww_peers")).toBe("0");
  const [, port = ""] = /\/tcp\/(\d+)\//.exec(address) ?? [];
  // Its port is free, and its identity kept.
  const third = start(["up", "--port", "0", "--listen", `/ip4/127.0.0.1/tcp/${port}`, ...state]);
  expect(await findAddress(third)).toBe(address);
  await expect.poll(() => count("ww_reservations")).toBe("1");
  third.stop("SIGTERM");
  second.stop("SIGTERM");
  expect((await third.result).code).toBe(0);
  const { code, err } = await second.result;
  expect(code).toBe(0);
  const messages = err
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as { message: string });
  const told = messages.map(({ message }) => message);
  for (const message of ["started", "connection:open", "connection:close", "stopping"]) {
    expect(told).toContain(message);
  }
  await rm(folder, { recursive: true });
});
