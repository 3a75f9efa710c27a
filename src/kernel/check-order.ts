/** Checks orders, which come from links, commands and other programs. */
import { Exception } from "#base";
import type { RunLimits } from "#base";
import type { Order, SandboxOrder } from "#schema";

const MOST_LAYERS = 64;
/** Characters of arguments, variables and names together, as operating systems allow a process. */
const MOST_TEXT = 1024 * 1024;
/** The range of each limit, in the unit that its name tells; both ends are included. */
export const LIMIT_RANGES: Readonly<
  Record<keyof RunLimits, readonly [least: number, most: number]>
> = {
  memoryBytes: [64 * 1024, Infinity],
  runMemoryBytes: [64 * 1024, Infinity],
  memories: [1, Infinity],
  cpuSeconds: [0.1, Infinity],
  openFiles: [1, Infinity],
  pipeBytes: [4096, 2 ** 30],
  children: [0, Infinity],
};

/** @throws {Exception} `failed` when the order is too large, or a limit is out of range. */
export function checkOrder(order: Order, limits: RunLimits): void {
  const { layers, args, argv0, env, mounts } = order;
  if (layers.length + mounts.length > MOST_LAYERS) {
    refuse(
      `it names ${layers.length + mounts.length} layers, and at most ${MOST_LAYERS} can be opened`,
    );
  }
  const texts = [argv0, ...layers, ...args];
  for (const { name, value } of env) texts.push(name, value);
  for (const { path, layer } of mounts) texts.push(path, layer);
  const characters = texts.reduce((sum, text) => sum + text.length + 1, 0);
  if (characters > MOST_TEXT) {
    refuse(
      `its arguments have ${characters} characters together, and at most ${MOST_TEXT} are allowed`,
    );
  }
  checkLimits(limits, refuse);
}

/** Checks the order of a sandbox, which has no process yet. @throws {Exception} `failed` as `checkOrder` */
export function checkSandboxOrder({ layers, peers }: SandboxOrder, limits: RunLimits): void {
  if (layers.length > MOST_LAYERS) {
    refuseSandbox(`it names ${layers.length} layers, and at most ${MOST_LAYERS} can be opened`);
  }
  const characters = [...layers, ...peers].reduce((sum, text) => sum + text.length + 1, 0);
  if (characters > MOST_TEXT) {
    refuseSandbox(
      `its names have ${characters} characters together, and at most ${MOST_TEXT} are allowed`,
    );
  }
  checkLimits(limits, refuseSandbox);
}

function checkLimits(limits: RunLimits, refuse: (state: string) => never): void {
  for (const [name, [least, most]] of Object.entries(LIMIT_RANGES)) {
    const value = limits[name as keyof RunLimits];
    if (value === undefined || (value >= least && value <= most)) continue;
    refuse(`its limit ${name} is ${value}, and must be from ${least} to ${most}`);
  }
}

function refuse(state: string): never {
  throw new Exception("failed", `Cannot run the order: ${state}`);
}

function refuseSandbox(state: string): never {
  throw new Exception("failed", `Cannot open the sandbox: ${state}`);
}
