/** What processes give to those they start, in both ways of waiting. */
import { expect, test } from "./fixtures.ts";

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
