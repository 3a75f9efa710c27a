/** Images behind mutable names, which lead to others while they run. */
import { fileURLToPath } from "node:url";
import { generateKeyPair } from "@libp2p/crypto/keys";
import { CID } from "multiformats/cid";
import { startLocalNode } from "#cli";
import type { LocalNode } from "#cli";
import { toNameKey, toPath } from "#net";
import { openNames } from "../src/cli/names.ts";
import { DIST_FOLDER, expect, test } from "./fixtures.ts";
import { openVisit } from "./visit.ts";
import { start } from "./ww.ts";

const MISSING = CID.parse("bafybeiczsscdsbs7ffqz55asqdf3smv6klcw3gofszvwlyarci47bgf354");

interface Named extends AsyncDisposable {
  readonly node: LocalNode;
  /** The path of the name's link. */
  readonly path: string;
  /** Leads the name to one of the node's images, or elsewhere. */
  publish(image: "shell" | "pid0" | CID): Promise<void>;
}

/** A node with a name that leads to its shell. */
async function openNamed(namePollMs = 100): Promise<Named> {
  const images = ["shell", "pid0"].map((name) =>
    fileURLToPath(new URL(`../public/images/${name}`, import.meta.url)),
  );
  const node = await startLocalNode({ port: 0, images, distFolder: DIST_FOLDER, namePollMs });
  const key = await generateKeyPair("Ed25519");
  const names = openNames([node.url]);
  const named: Named = {
    node,
    path: toPath(toNameKey(key)),
    async publish(image) {
      const found = node.images.find(({ name }) => name === image)?.cid;
      await names.publish(key, found ?? CID.parse(String(image)));
    },
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
  await named.publish("shell");
  return named;
}

test("an image that was opened by its name goes on with the next version", async ({ page }) => {
  await using named = await openNamed();
  const visit = await openVisit(page, named.node.url);
  await visit.open(named.path);
  await expect(visit.terminal).toContainText("ww>");
  await expect(visit.field).toHaveValue(named.path);
  await named.publish("pid0");
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.status).toHaveText("Exited with code 0");
  expect(new URL(page.url()).hash).toBe(`#${named.path}`);
  // The next visit begins with it, also while no server knows the name.
  await page.route("**/ipns/**", (route) => route.fulfill({ status: 404 }));
  await page.reload();
  await expect(visit.status).toHaveText("Exited with code 0");
  await expect(visit.terminal).toContainText("CHILD_OK");
});

test("a tab hears of the next version from its relay, and need not ask", async ({ page }) => {
  await using named = await openNamed(3_600_000);
  const visit = await openVisit(page, named.node.url);
  await visit.open(named.path);
  await expect(visit.status).toHaveText(/^Running/);
  // It begins to listen when the image runs; what was said before, it asks for in an hour.
  await expect(async () => {
    await named.publish("pid0");
    await expect(visit.terminal).toContainText("CHILD_OK", { timeout: 3_000 });
  }).toPass({ timeout: 20_000 });
});

test("a version that cannot be fetched halts the image until there is a better one", async ({
  page,
}) => {
  await using named = await openNamed();
  const visit = await openVisit(page, named.node.url);
  await visit.open(`${named.path}/bin/main.wasm`);
  await expect(visit.terminal).toContainText("ww>");
  await named.publish(MISSING);
  await expect(visit.status).toHaveText(/^Waiting for the next version: Cannot fetch "bafybeiczss/);
  await named.publish("pid0");
  await expect(visit.terminal).toContainText("CHILD_OK");
  await expect(visit.status).toHaveText("Exited with code 0");
});

test("ww run resolves a name once, at the gateway that is named", async () => {
  await using named = await openNamed();
  await named.publish("pid0");
  const ran = await start(["run", named.path, "--gateway", named.node.url], "").result;
  expect(ran.out).toContain("CHILD_OK");
  expect(ran.code).toBe(0);
});

test("a name that no record is of, or that is one of DNS, does not open", async ({ page }) => {
  await using named = await openNamed();
  const visit = await openVisit(page, named.node.url);
  const unknown = toPath(toNameKey(await generateKeyPair("Ed25519")));
  await visit.open(unknown);
  await expect(visit.status).toHaveText(
    new RegExp(
      `^Cannot resolve "${unknown}": gateway \\S+ has no record, the hash table has no record$`,
    ),
  );
  await visit.paste("/ipns/example.org");
  await expect(visit.complaint).toHaveText(/^Names of DNS are not resolved/);
});
