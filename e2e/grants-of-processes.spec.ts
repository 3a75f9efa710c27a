/** What processes give to those they start, in both ways of waiting. */
import type { Run } from "#schema";
import type { ProgramDoor } from "../src/boot/program-door.ts";
import { expect, test } from "./fixtures.ts";

interface Door {
  readonly ww: ProgramDoor;
  run?: Run;
  kept?: Disposable;
  said?: string;
}

/** In the page: boots the image, and reads what it says. */
async function bootInPage(layer: string): Promise<void> {
  const door = globalThis as unknown as Door;
  const booted = (await door.ww.owner()).boot({ layers: [layer] });
  door.kept = booted;
  door.run = booted.run;
  door.said = "";
  const { stream } = booted.run.stdout();
  for (;;) {
    const { data } = await stream.read(65_536);
    if (data.length === 0) break;
    door.said += String.fromCharCode(...data);
  }
  door.said += JSON.stringify((await booted.run.wait()).outcome);
}

/** In the page: the image's epoch ends, and its processes go on. */
async function renewSessions(): Promise<void> {
  await (globalThis as unknown as Door).run?.advance(new Uint8Array(0));
}

for (const cells of ["shared-memory", "jspi"]) {
  test(`children have exactly what they are given, and services are found by name: ${cells}`, async ({
    visit,
    world,
  }) => {
    await visit.page.goto(`${world.node.url}?cells=${cells}`);
    const { outcome, stdout, stderr } = await visit.run({ layers: [world.path("family")] });
    expect(stderr).toBe("");
    expect(stdout.trimEnd().split("\n")).toEqual([
      "service: 42",
      'Cannot give capabilities: two capabilities are given the name "a"',
      "Cannot give capabilities: a capability is given without a name",
      'Cannot give capabilities: the capability that is given the name "a" is null',
      'Image has no "../secret", so there is nothing to run',
      "child: host launcher",
      expect.stringContaining("There is no interface"),
      expect.stringContaining("There is no interface"),
      "grandchild: 1 grant, peer id of 38 bytes",
    ]);
    expect(outcome).toEqual({ type: "exited", code: 0 });
    await visit.expectNothingLeft();
  });
}

for (const cells of ["shared-memory", "jspi"]) {
  test(`nothing that a process kept outlives its epoch: ${cells}`, async ({ visit, world }) => {
    const { page } = visit;
    await page.goto(`${world.node.url}?cells=${cells}`);
    const done = page.evaluate(bootInPage, world.path("outlives"));
    const said = (): Promise<string> =>
      page.evaluate(() => (globalThis as unknown as Door).said ?? "");
    await expect.poll(said).toBe("ready\n");
    await page.evaluate(renewSessions);
    await done;
    const stale = "wetware/call-guard/staleEpoch: staleEpoch: session epoch no longer current";
    expect((await said()).split("\n")).toEqual([
      "ready",
      `a call in flight: ${stale}`,
      `a host that was kept: ${stale}`,
      `an executor that was kept: ${stale}`,
      `a launcher that was kept: ${stale}`,
      `a process that was kept: ${stale}`,
      `through another vat: ${stale}`,
      `called ahead on a promise: ${stale}`,
      `a promise that was kept: ${stale}`,
      "a callback that was handed out: called 0 times",
      '{"which":"exited","exited":0}',
    ]);
    await visit.expectNothingLeft();
  });

  test(`a process cannot call what it was not given: ${cells}`, async ({ visit, world }) => {
    await visit.page.goto(`${world.node.url}?cells=${cells}`);
    for (const number of ["0", "1", "4242"]) {
      const order = { layers: [world.path("outlives")], args: ["forge", number] };
      const { stdout, stderr } = await visit.run(order);
      expect(stdout + stderr).toBe(`There is no export ${number}\n`);
    }
    await visit.expectNothingLeft();
  });
}
