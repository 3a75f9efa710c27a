/**
 * A network of its own on Linux: an internet, and homes behind routers that translate addresses; each a namespace.
 *
 *     home ── 192.168.1.0/24 ── router ── 203.0.113.0/24 ── internet ── router ── 192.168.2.0/24 ── home
 */
import { execFile, spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { promisify } from "node:util";

/** How a router translates the port of a connection by UDP from home. */
export type Translation =
  /** To the same one, whoever is at the other end: tabs meet once each has sent the other something. */
  | "kept"
  /** To another one for each other end, which nobody can foretell. */
  | "random"
  /** To the same one, and only to where servers of STUN and TURN listen: any other UDP is dropped, as in many offices. */
  | "closed";

export interface Network extends AsyncDisposable {
  readonly homes: readonly string[];
  readonly internet: string;
  /**
   * Starts a program at a place; it ends with the network. Resolves with its first line that matches.
   *
   * @throws {Error} when it says no such line within 30 s, or ends before.
   */
  start(place: string, program: readonly string[], ready: RegExp): Promise<string>;
}

/** In the internet, at which servers listen. */
export const SERVER = "203.0.113.1";
export const STUN_PORT = 3478;

const run = promisify(execFile);
const HOMES = [1, 2];
const READY_MS = 30_000;

/** The words that start a program at a place. */
export function at(place: string, program: readonly string[]): [string, ...string[]] {
  return ["ip", "netns", "exec", place, ...program];
}

/** @throws {Error} where this machine lets nobody make one: that needs root, `ip` and `nft` */
export async function openNetwork(translation: Translation): Promise<Network> {
  await using stack = new AsyncDisposableStack();
  const internet = await addPlace("internet", stack);
  await command(internet, "ip link add bridge type bridge");
  await command(internet, `ip address add ${SERVER}/24 dev bridge`);
  await command(internet, "ip link set bridge up");
  // What is sent to a home's own address is lost: coturn gives up a socket that says that there is no way.
  await command(internet, "ip route add default dev bridge");
  const homes: string[] = [];
  for (const number of HOMES) {
    const [home, router] = [
      await addPlace(`home${number}`, stack),
      await addPlace(`router${number}`, stack),
    ];
    const subnet = `192.168.${number}`;
    await command(router, `ip link add inside type veth peer name lan netns ${home}`);
    await command(router, `ip link add outside type veth peer name to${number} netns ${internet}`);
    await command(internet, `ip link set to${number} master bridge up`);
    await command(router, `ip address add ${subnet}.1/24 dev inside`);
    await command(router, `ip address add 203.0.113.${10 + number}/24 dev outside`);
    for (const link of ["inside", "outside"]) await command(router, `ip link set ${link} up`);
    await command(home, `ip address add ${subnet}.2/24 dev lan`);
    await command(home, "ip link set lan up");
    await command(home, `ip route add default via ${subnet}.1`);
    await command(router, "sysctl -qw net.ipv4.ip_forward=1");
    const masquerade = translation === "random" ? "masquerade fully-random" : "masquerade";
    for (const rule of [
      "add table ip nat",
      "add chain ip nat out { type nat hook postrouting priority 100; }",
      `add rule ip nat out oifname outside ${masquerade}`,
      "add table ip filter",
      "add chain ip filter in { type filter hook forward priority 0; policy drop; }",
      "add rule ip filter in ct state established,related accept",
      ...(translation === "closed"
        ? [`add rule ip filter in meta l4proto udp udp dport != ${STUN_PORT} drop`]
        : []),
      "add rule ip filter in iifname inside accept",
      // What comes before home has sent something would take its port away.
      "add chain ip filter own { type filter hook input priority 0; policy accept; }",
      "add rule ip filter own iifname outside ct state new drop",
    ]) {
      await run("ip", ["netns", "exec", router, "nft", rule]);
    }
    homes.push(home);
  }
  const owned = stack.move();
  return {
    homes,
    internet,
    async start(place, program, ready) {
      const [first, ...rest] = at(place, program);
      const child = spawn(first, rest, { stdio: ["ignore", "pipe", "ignore"] });
      owned.defer(() => end(child));
      const late = setTimeout(() => child.kill(), READY_MS);
      let said = "";
      for await (const text of child.stdout.setEncoding("utf8")) {
        said += String(text);
        const line = said
          .split("\n")
          .slice(0, -1)
          .find((each) => ready.test(each));
        if (line === undefined) continue;
        clearTimeout(late);
        return line;
      }
      clearTimeout(late);
      throw new Error(`"${program.join(" ")}" is not ready: ${said.slice(-200)}`);
    },
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function addPlace(name: string, stack: AsyncDisposableStack): Promise<string> {
  const place = `ww-${process.pid}-${name}`;
  await run("ip", ["netns", "add", place]);
  stack.defer(async () => void (await run("ip", ["netns", "delete", place])));
  await command(place, "ip link set lo up");
  return place;
}

async function command(place: string, words: string): Promise<void> {
  await run("ip", ["netns", "exec", place, ...words.split(" ")]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = once(child, "close");
  child.kill();
  await closed;
}
