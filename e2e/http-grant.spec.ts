/** A cell that was granted servers, from the command line to the server and back. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "playwright/test";
import { createToolchain } from "../guests/toolchain/toolchain.ts";
import { root, start } from "./ww.ts";
import { test } from "./ww-test.ts";

const TOKEN = "hidden-0123456789";

for (const cells of ["shared-memory", "jspi"]) {
  test(`ww run lets an image ask the servers that --grant and --policy designate, and no others: ${cells}`, async () => {
    const asked: string[] = [];
    const server = createServer(({ url = "", headers }, response) => {
      asked.push(`${url} ${headers.authorization ?? ""}`);
      if (url === "/v1/away") {
        response.writeHead(302, { location: "http://localhost:1/" }).end();
        return;
      }
      response.writeHead(200, { "x-echo": headers.authorization ?? "none", "set-cookie": "a=b" });
      response.end("hello");
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const folder = await mkdtemp(join(tmpdir(), "ww-http-"));
    try {
      const toolchain = createToolchain(join(root, ".cache/guests/"));
      const guest = join(root, "e2e/guests/asks-servers/main.ts");
      await mkdir(join(folder, "image/bin"), { recursive: true });
      await mkdir(join(folder, "image/etc"));
      await writeFile(join(folder, "image/bin/main.wasm"), await toolchain.component(guest));
      const ask = { ask: "http", reason: "to say hello" };
      await writeFile(
        join(folder, "image/etc/grants.json"),
        JSON.stringify({ grants: { api: ask } }),
      );
      const image = join(folder, "image");

      const urls = ["/v1/a", "/v2", "/v1/away"].map((path) => origin + path);
      const more = ["http://localhost:1/", `http://127.0.0.1@evil.example/`];
      const run = ["run", image, "--cells", cells, "--grant", `api=http:${origin}`];
      const plain = await start([...run, "--", `${origin}/v1/a`, ...more]).result;
      expect(plain).toMatchObject({ code: 0 });
      const [first, ...others] = plain.out.trimEnd().split("\n");
      expect(first).toContain("200 hello x-echo=none");
      expect(first).not.toContain("a=b");
      expect(others).toEqual([
        expect.stringMatching(
          /denied: Cannot GET http:\/\/localhost:1: the host is not among those that were granted$/,
        ),
        expect.stringMatching(/denied: Cannot GET: the URL has user information before the host$/),
      ]);

      await writeFile(join(folder, "token"), `Bearer ${TOKEN}\n`);
      const headers = { Authorization: { file: "token" } };
      const api = { http: [origin], paths: ["/v1"], methods: ["GET"], headers };
      const policy = join(folder, "policy.json");
      await writeFile(policy, JSON.stringify({ grants: { api } }));
      asked.length = 0;
      const bound = await start([
        "run",
        image,
        "--cells",
        cells,
        "--verbose",
        "--policy",
        policy,
        "--",
        ...urls,
      ]).result;
      expect(bound).toMatchObject({ code: 0 });
      expect(bound.out.trimEnd().split("\n")).toEqual([
        expect.stringContaining("200 hello x-echo=[redacted]"),
        expect.stringMatching(/the path is not below one of those that were granted$/),
        expect.stringMatching(
          /a redirect leads to http:\/\/localhost:1: the host is not among those that were granted$/,
        ),
      ]);
      expect(asked).toEqual([`/v1/a Bearer ${TOKEN}`, `/v1/away Bearer ${TOKEN}`]);
      expect(bound.out + bound.err).not.toContain("hidden");

      const none = await start(["run", image, "--", `${origin}/v1/a`]).result;
      expect(none).toMatchObject({ code: 2, out: "Nobody has given me any servers\n" });
    } finally {
      server.close();
      await rm(folder, { recursive: true });
    }
  });
}
