/** Gateways fail in their several ways; the page says which, and goes on. */
import { expect, test } from "./fixtures.ts";

/** Longer than an honest gateway ever takes, on a busy machine too. */
const STALL_MS = 2000;

/** The CID of a folder that nobody has. */
const NOWHERE = "/ipfs/bafybeibwzifw52ttrkqlikfzext5akxu7lz4xiwjgwzmqcpdzmp3n5vnbe";

test("a block that nobody has", async ({ visit, world }) => {
  await visit.open(NOWHERE);
  await expect(visit.status).toHaveText(
    /^Cannot fetch "bafybei[a-z2-7]+": gateway http:\S+ has no block "bafy[a-z2-7]+"; check the CID, or configure a gateway that has it$/,
  );
  await visit.expectNothingLeft();
  await visit.expectReady(world.path("pid0"));
});

test("a gateway that is down, and comes back", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  await gateway.goDown();
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(
    /^Cannot fetch "bafy\w+": gateway http:\S+ cannot be reached; check that it runs, or configure another gateway$/,
  );
  await visit.expectNothingLeft();
  await gateway.comeUp();
  await visit.expectReady(world.path("pid0"));
});

test("a gateway that accepts and never answers", async ({ world, stage }) => {
  const { gateway, visit } = await stage({ stallMs: STALL_MS });
  gateway.behave("silent");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(
    /^Cannot fetch "bafy\w+": gateway http:\S+ accepted the request and sent nothing for 2 s; try again, or configure another gateway$/,
  );
  await visit.expectNothingLeft();
  gateway.behave("honest");
  await visit.expectReady(world.path("pid0"));
});

test("a gateway that stops in the middle", async ({ world, stage }) => {
  const { gateway, visit } = await stage({ stallMs: STALL_MS });
  gateway.behave("halting");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(
    /^Cannot fetch "bafy\w+": gateway http:\S+ accepted the request and sent nothing for 2 s; try again, or configure another gateway$/,
  );
  gateway.behave("honest");
  await visit.expectReady(world.path("pid0"));
});

test("a gateway whose bytes do not match their hash", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  gateway.behave("corrupt");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(
    /^Cannot fetch "baf\w+": gateway http:\S+ sent bytes for block "baf\w+" that do not match its hash; nothing of it was used; configure another gateway$/,
  );
  await expect(visit.terminal).not.toContainText("CHILD_OK");
  await visit.expectNothingLeft();
  gateway.behave("honest");
  await visit.expectReady(world.path("pid0"));
});

test("a gateway that is busy for a moment", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  gateway.behave("busy");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(/; the gateway is busy and asks to wait for 2 s$/);
  gateway.behave("honest");
  await expect(visit.status).toHaveText("Exited with code 0");
  await expect(visit.terminal).toContainText("CHILD_OK");
});

test("who does not want to wait for a silent gateway stops", async ({ world, stage }) => {
  const { gateway, visit } = await stage();
  gateway.behave("silent");
  await visit.open(world.path("pid0"));
  await expect(visit.status).toHaveText(/^(Fetching|Looking)/);
  await visit.stop.click();
  await expect(visit.status).toHaveText("Stopped");
  gateway.behave("honest");
  await visit.expectReady(world.path("pid0"));
});
