import { describe, expect, test } from "vitest";
import { BOUNDS } from "#agent";
import { openTestedAgent } from "./open-agent.testing.ts";
import type { TestedAgent } from "./open-agent.testing.ts";
import { sign } from "./signature.ts";
import type { Operation } from "./signature.ts";

const TOKEN = "a-token";

function init(agent: TestedAgent, fields: object, headers: HeadersInit = {}): Promise<Response> {
  return agent.fetch("/init", { method: "POST", headers, body: JSON.stringify(fields) });
}

const body = (): ReadableStream => new ReadableStream();

describe("plain requests", () => {
  test("GET /health answers without a body, /envs and /metrics with JSON", async () => {
    await using agent = await openTestedAgent({ env: { SHARED: "yes" }, cpuCount: 2 });
    const health = await agent.fetch("/health");
    expect([health.status, health.headers.get("cache-control")]).toEqual([204, "no-store"]);
    const envs = await agent.fetch("/envs");
    expect(await envs.json()).toEqual({ E2B_SANDBOX: "true", SHARED: "yes" });
    const metrics = await agent.fetch("/metrics");
    expect(await metrics.json()).toEqual({
      ts: Date.UTC(2026, 0, 1) / 1000,
      cpu_count: 2,
      cpu_used_pct: 0,
      mem_total: 64 * 1024 * 1024,
      mem_total_mib: 64,
      mem_used: 1024 * 1024,
      mem_used_mib: 1,
      mem_cache: 0,
      disk_used: 4096,
      disk_total: 1024 * 1024 * 1024,
    });
    expect((await agent.fetch("/snapshot/prepare", { method: "POST" })).status).toBe(204);
  });

  test("refuses what is not there, other methods, and long headers", async () => {
    await using agent = await openTestedAgent();
    const missing = await agent.fetch("/none");
    expect(missing.status).toBe(404);
    expect(await missing.json()).toEqual({ code: 404, message: "there is nothing at /none" });
    expect(missing.headers.get("x-content-type-options")).toBe("nosniff");
    const method = await agent.fetch("/files", { method: "DELETE" });
    expect([method.status, method.headers.get("allow")]).toEqual([405, "GET, POST"]);
    const long = await agent.fetch("/health", {
      headers: { "x-long": "x".repeat(BOUNDS.headerBytes) },
    });
    expect(long.status).toBe(431);
  });

  test("refuses more requests than there may be at once", async () => {
    await using agent = await openTestedAgent();
    const waiting = Array.from({ length: BOUNDS.requests }, () =>
      agent.fetch("/init", { method: "POST", body: body(), duplex: "half" }),
    );
    expect((await agent.fetch("/health")).status).toBe(429);
    agent.pass(BOUNDS.bodyIdleMs);
    for (const { status } of await Promise.all(waiting)) expect(status).toBe(408);
    expect((await agent.fetch("/health")).status).toBe(204);
  });

  test("are refused once the agent has ended, and those under way end", async () => {
    const agent = await openTestedAgent();
    const stream = await agent.stream("process.Process/Start", {
      process: { cmd: "/bin/bash", args: ["-c", "sleep 600"] },
    });
    await stream.next();
    agent.agent[Symbol.dispose]();
    expect(await stream.next()).toMatchObject({ end: { error: { code: "unavailable" } } });
    expect((await agent.fetch("/health")).status).toBe(503);
    // What was started is the sandbox's.
    expect(agent.reference.processes.live.size).toBe(1);
    await agent[Symbol.asyncDispose]();
  });
});

describe("POST /init", () => {
  test("sets variables, user and directory, and obeys no older request", async () => {
    await using agent = await openTestedAgent();
    const first = await init(agent, {
      envVars: { A: "1" },
      timestamp: "2026-01-01T00:00:10Z",
      accessToken: undefined,
    });
    expect([first.status, first.headers.get("x-envd-version")]).toEqual([204, "0.6.13"]);
    await init(agent, { envVars: { B: "2" }, timestamp: "2026-01-01T00:00:09Z" });
    expect(await (await agent.fetch("/envs")).json()).toEqual({ E2B_SANDBOX: "true", A: "1" });
    await init(agent, { envVars: { C: "3" }, timestamp: "2026-01-01T00:00:11Z" });
    expect(await (await agent.fetch("/envs")).json()).toEqual({ E2B_SANDBOX: "true", C: "3" });
  });

  test("takes the first token from anybody, and another from who knows it", async () => {
    await using agent = await openTestedAgent();
    const list = async (token?: string): Promise<number> => {
      const headers: Record<string, string> =
        token === undefined ? {} : { "x-access-token": token };
      return (await agent.call("process.Process/List", {}, headers)).status;
    };
    expect(await list()).toBe(200);
    expect((await init(agent, { accessToken: TOKEN })).status).toBe(204);
    expect([await list(), await list("wrong"), await list(TOKEN)]).toEqual([401, 401, 200]);
    expect((await agent.fetch("/envs")).status).toBe(401);
    expect((await agent.fetch("/health")).status).toBe(204);
    const refused = await init(agent, { accessToken: "other" });
    expect([refused.status, await refused.json()]).toEqual([
      401,
      { code: 401, message: "access token validation failed" },
    ]);
    expect((await init(agent, {})).status).toBe(401);
    agent.pass(1);
    await init(agent, { accessToken: "other" }, { "x-access-token": TOKEN });
    expect([await list(TOKEN), await list("other")]).toEqual([401, 200]);
    agent.pass(1);
    await init(agent, {}, { "x-access-token": "other" });
    expect(await list()).toBe(200);
  });

  test.each([
    ["no JSON", "{"],
    ["a list", "[]"],
    ["variables that are no texts", '{"envVars":{"A":1}}'],
    ["a token that is no text", '{"accessToken":1}'],
    ["a date that is none", '{"timestamp":"tomorrow"}'],
    ["volumes", '{"volumeMounts":[{"nfs_target":"a","path":"/b"}]}'],
    ["a user with a path", '{"defaultUser":"../root"}'],
  ])("refuses %s", async (_, body) => {
    await using agent = await openTestedAgent();
    expect((await agent.fetch("/init", { method: "POST", body })).status).toBe(400);
  });

  test("refuses a body that is too long", async () => {
    await using agent = await openTestedAgent();
    const body = " ".repeat(BOUNDS.jsonBytes + 1);
    const response = await agent.fetch("/init", { method: "POST", body });
    expect(response.status).toBe(413);
  });
});

const write = async (agent: TestedAgent, query: string, headers = {}): Promise<number> => {
  const response = await agent.fetch(`/files?${query}`, {
    method: "POST",
    headers: { "content-type": "application/octet-stream", ...headers },
    body: "x",
    duplex: "half",
  });
  return response.status;
};

const read = async (agent: TestedAgent, query: string): Promise<number> => {
  const response = await agent.fetch(`/files?${query}`);
  await response.text();
  return response.status;
};

describe("signatures", () => {
  const path = "/signed.txt";
  /** As the SDK makes one. */
  const query = async (
    operation: Operation,
    { at = path, user = "", token = TOKEN, expiration = "" } = {},
  ): Promise<string> => {
    const ends = expiration === "" ? undefined : expiration;
    const parameters = new URLSearchParams({
      path,
      signature: await sign(at, operation, user, token, ends),
    });
    if (ends !== undefined) parameters.set("signature_expiration", ends);
    return String(parameters);
  };

  test("let files be read and written by who has one, or the token", async () => {
    await using agent = await openTestedAgent({ accessToken: TOKEN });
    const now = Date.UTC(2026, 0, 1) / 1000;
    expect(await write(agent, await query("write"))).toBe(200);
    expect(await write(agent, `path=${path}`, { "x-access-token": TOKEN })).toBe(200);
    expect(await read(agent, await query("read", { expiration: `${now + 60}` }))).toBe(200);
    agent.pass(61_000);
    expect(await read(agent, await query("read", { expiration: `${now + 60}` }))).toBe(401);
  });

  test("are worth nothing for another path, user, deed, token or date", async () => {
    await using agent = await openTestedAgent({ accessToken: TOKEN });
    await write(agent, await query("write"));
    const good = await query("read");
    expect(await read(agent, good)).toBe(200);
    const bad = [
      `path=${path}`,
      `path=${path}&signature=`,
      await query("read", { at: "/other.txt" }),
      await query("read", { user: "root" }),
      await query("read", { token: "other" }),
      await query("write"),
      `${good}&username=root`,
      `${good}&signature_expiration=99999999999`,
      await query("read", { expiration: "soon" }),
      good.replace("signed", "other"),
    ];
    for (const one of bad) expect([one, await read(agent, one)]).toEqual([one, 401]);
    expect(await write(agent, good)).toBe(401);
    expect(await write(agent, await query("write"), { "x-access-token": "wrong" })).toBe(401);
  });
});
