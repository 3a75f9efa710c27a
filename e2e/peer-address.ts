/** Where a tab is found. */
import { peerIdFromMultihash } from "@libp2p/peer-id";
import { multiaddr } from "@multiformats/multiaddr";
import { decode } from "multiformats/hashes/digest";
import type { Page } from "playwright/test";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { expect } from "./fixtures.ts";

interface Door {
  readonly ww: ProgramDoor;
}

/** The tab's address behind its relay, once it has one that ends so. */
export async function locateTab(page: Page, end = "/p2p-circuit"): Promise<string> {
  const locate = async (): Promise<string> => {
    const { id, addrs } = await page.evaluate(async () => {
      const { ww } = globalThis as unknown as Door;
      const { host } = await (await ww.owner()).node();
      const own = await host.id();
      const places = await host.addrs();
      return { id: [...own.peerId], addrs: places.addrs.map((bytes) => [...bytes]) };
    });
    const peer = peerIdFromMultihash(decode(Uint8Array.from(id))).toString();
    const texts = addrs.map((bytes) => multiaddr(Uint8Array.from(bytes)).toString());
    const found = texts.find((text) => text.endsWith(end));
    return found === undefined ? "" : `${found}/p2p/${peer}`;
  };
  await expect.poll(locate).not.toBe("");
  return locate();
}
