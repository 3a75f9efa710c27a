/** A visitor's paste was cut, or is something else. */
import { expect, test } from "./fixtures.ts";

const RAW = "bafkreigh2akiscaildcqabsyg3dfr6chu3fgpregiymsck7e7aqa4s52zy";

test("what is no image's name is refused while it is typed", async ({ visit, world }) => {
  await visit.open();
  for (const [name, sentence] of [
    ["bafybeig", /^Not a CID: "bafybeig"; a CID looks like bafybei… or Qm… and is copied whole$/],
    ["hello world", /^Not a CID: "hello world"/],
    ["https://example.com/about", /^No CID in the address "https:\/\/example.com\/about"/],
    [`/ipfs/${RAW}`, /^Not an image: ".*" is a single file, an image is a folder$/],
    ["/ipns/example.com", /^Names of DNS are not resolved: give the CID or the key/],
  ] as const) {
    await visit.field.fill("");
    await expect(visit.complaint).toBeHidden();
    await visit.field.pressSequentially(name);
    await expect(visit.complaint).toHaveText(sentence);
    await visit.field.press("Enter");
    await expect(visit.complaint).toHaveText(sentence);
    await expect(visit.status).toHaveText("Nothing runs yet");
  }
  await visit.expectNothingLeft();
  await visit.field.fill(world.path("pid0"));
  await expect(visit.complaint).toBeHidden();
  await visit.expectReady(world.path("pid0"));
});

test("a link that was cut is shown with what is wrong with it", async ({ visit, world }) => {
  const cut = world.path("pid0").slice(0, -1);
  await visit.open(cut);
  await expect(visit.complaint).toHaveText(/^Not a CID: "bafybei/);
  await expect(visit.field).toHaveValue(cut);
  await visit.expectReady(world.path("pid0"));
});

test("one error is shown at a time", async ({ visit, world }) => {
  await visit.open(world.path("no-main"));
  await expect(visit.status).toHaveText(/^Cannot boot/);
  await visit.paste("nonsense");
  await expect(visit.complaint).toHaveText(/^Not a CID: "nonsense"/);
  await expect(visit.status).toHaveText("Nothing runs yet");
  await visit.paste(world.path("no-main"));
  await expect(visit.status).toHaveText(/^Cannot boot/);
  await expect(visit.complaint).toBeHidden();
});
