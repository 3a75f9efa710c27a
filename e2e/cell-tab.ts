/** A tab of a browser profile of its own, in which a cell runs that says what it does. */
import type { Browser, LaunchOptions, Page } from "playwright/test";
import type { ByteStream, Run } from "#schema";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { chromiumLaunch } from "../src/cli/chromium.ts";
import { openVisit } from "./visit.ts";

interface Door {
  readonly ww: ProgramDoor;
  run?: Run;
  kept?: Disposable;
  said?: string;
}

export interface CellTab {
  readonly page: Page;
  /** What the cell has said so far. */
  readonly said: () => Promise<string>;
  /** Types a line. */
  readonly type: (line: string) => Promise<void>;
  /** The tab's id, then its addresses, as cells write them. */
  readonly locate: () => Promise<readonly string[]>;
  /** The ids of the connected peers. */
  readonly peers: () => Promise<readonly string[]>;
  /** Those that are connected over WebRTC. */
  readonly directPeers: () => Promise<readonly string[]>;
}

const permissions = ["camera", "microphone"];
const launch: LaunchOptions = chromiumLaunch();

/** What the browser is started with: where there is no network but the loopback, tabs meet on that only if told. */
export const DIRECT: {
  readonly launchOptions: LaunchOptions;
  readonly permissions: string[];
} = {
  launchOptions: {
    ...launch,
    args: [...(launch.args ?? []), "--allow-loopback-in-peer-connection"],
  },
  permissions,
};

/** Boots an image, by the path of its link. */
export async function openCellTab(
  browser: Browser,
  url: string,
  image: string,
  args: readonly string[],
): Promise<CellTab> {
  const context = await browser.newContext({ permissions });
  const visit = await openVisit(await context.newPage(), url);
  await visit.open();
  const { page } = visit;
  await page.evaluate(runInPage, { layers: [image], args: [...args] });
  return {
    page,
    said: () => page.evaluate(() => (globalThis as unknown as Door).said ?? ""),
    type: (line) =>
      page.evaluate(async (text) => {
        const { run } = globalThis as unknown as Door;
        await run?.stdin().stream.write(new TextEncoder().encode(`${text}\n`));
      }, line),
    locate: () =>
      page.evaluate(async () => {
        const { ww } = globalThis as unknown as Door;
        const { host } = await (await ww.owner()).node();
        const { peerId } = await host.id();
        const { addrs } = await host.addrs();
        return [peerId, ...addrs].map((bytes) => [...bytes].join(","));
      }),
    peers: () => page.evaluate(listPeers, undefined),
    directPeers: () => page.evaluate(listPeers, WEBRTC),
  };
}

/** In the page: reads what the cell says. It knows nothing of what is around it. */
async function runInPage(order: { layers: string[]; args: string[] }): Promise<void> {
  const door = globalThis as unknown as Door;
  const booted = (await door.ww.owner()).boot(order);
  door.kept = booted;
  door.run = booted.run;
  door.said = "";
  // oxlint-disable-next-line unicorn/consistent-function-scoping -- what is around it does not come along
  const read = async (stream: ByteStream): Promise<void> => {
    for (;;) {
      const { data } = await stream.read(65_536);
      if (data.length === 0) return;
      door.said += String.fromCharCode(...data);
    }
  };
  void read(booted.run.stdout().stream);
  void read(booted.run.stderr().stream);
}

/** The code of WebRTC in an address, as a varint. */
const WEBRTC = "153,2";

/** In the page. @param part of an address that must be in one of the peer's; any peer unless given */
async function listPeers(part: string | undefined): Promise<readonly string[]> {
  const { ww } = globalThis as unknown as Door;
  const { host } = await (await ww.owner()).node();
  const { peers } = await host.peers();
  return peers
    .filter(
      ({ addrs }) =>
        part === undefined || addrs.some((addr) => `,${[...addr].join()},`.includes(`,${part},`)),
    )
    .map(({ peerId }) => [...peerId].join());
}

/** Ends a tab's process; nothing of it runs any more. */
export async function crash({ page }: CellTab): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const crashed = page.waitForEvent("crash");
  session.send("Page.crash").catch(() => undefined); // nobody answers
  await crashed;
}
