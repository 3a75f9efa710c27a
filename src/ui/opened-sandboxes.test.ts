import { expect, test } from "vitest";
import { Exception } from "#base";
import { createOpenedSandboxes } from "./opened-sandboxes.ts";
import type { OpenedSandbox, SandboxControl } from "./opened-sandboxes.ts";

const MINE: OpenedSandbox = {
  name: "mine",
  url: "http://page/sandbox/mine",
  nodeName: undefined,
  layers: ["/ipfs/one"],
};

interface TestControl extends SandboxControl {
  processes: number | Exception;
  ended: number;
}

function createControl(processes: number | Exception): TestControl {
  return {
    processes,
    ended: 0,
    async countProcesses() {
      if (this.processes instanceof Exception) throw this.processes;
      return this.processes;
    },
    [Symbol.dispose]() {
      this.ended++;
    },
  };
}

test("a sandbox is listed, with its processes once they were asked for, until either side ends it", async () => {
  const sandboxes = createOpenedSandboxes();
  const [first, second] = [createControl(2), createControl(0)];
  const held = sandboxes.add(MINE, first);
  sandboxes.add({ ...MINE, name: "mine-2" }, second);
  expect(sandboxes.items.value).toEqual([
    { ...MINE, id: 1, processes: undefined },
    { ...MINE, name: "mine-2", id: 2, processes: undefined },
  ]);
  await sandboxes.refresh();
  expect(sandboxes.items.value.map(({ processes }) => processes)).toEqual([2, 0]);
  sandboxes.end(1);
  held[Symbol.dispose]();
  expect([first.ended, second.ended]).toEqual([1, 0]);
  expect(sandboxes.items.value.map(({ name }) => name)).toEqual(["mine-2"]);
});

test("refresh() ends a sandbox whose kernel has ended, and no other", async () => {
  const sandboxes = createOpenedSandboxes();
  const [lost, live] = [createControl(1), createControl(1)];
  sandboxes.add(MINE, lost);
  sandboxes.add({ ...MINE, name: "other" }, live);
  lost.processes = new Exception("disconnected", "The kernel was stopped");
  await sandboxes.refresh();
  expect(sandboxes.items.value.map(({ name }) => name)).toEqual(["other"]);
  expect([lost.ended, live.ended]).toEqual([1, 0]);
});
