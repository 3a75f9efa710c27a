import { expect, test } from "vitest";
import { describeMemory, describeOutcome, describePeers, describeStage } from "./words.ts";

test("describeStage() counts blocks and bytes, of how many where it is known", () => {
  const fetching = {
    layer: 1,
    layers: 1,
    blocks: 1,
    bytes: 999,
    totalBytes: -1,
    waitSeconds: 0,
    asked: [] as string[],
  };
  const describe = (more: Partial<typeof fetching>): string =>
    describeStage({ which: "fetching", fetching: { ...fetching, ...more } });
  expect(describe({})).toBe("Fetching: 1 block, 999 B");
  expect(describe({ waitSeconds: 5 })).toBe(
    "Fetching: 1 block, 999 B; the gateway is busy and asks to wait for 5 s",
  );
  expect(describe({ blocks: 0, bytes: 0, asked: ["peer 12D3", "gateway https://x/"] })).toBe(
    "Looking for the image at peer 12D3, gateway https://x/",
  );
  expect(describe({ asked: ["peer 12D3"] })).toBe("Fetching: 1 block, 999 B");
  expect(describe({ blocks: 29, bytes: 999_999, totalBytes: 3_650_000 })).toBe(
    "Fetching: 29 blocks, 1.0 MB of 3.6 MB",
  );
  expect(describe({ layer: 2, layers: 3, bytes: 0, totalBytes: 12_345 })).toBe(
    "Fetching layer 2 of 3: 1 block, 0 B of 12 kB",
  );
});

test("describeOutcome() says how it ended, and whether that is bad", () => {
  expect(describeOutcome({ type: "exited", code: 0 })).toEqual({
    text: "Exited with code 0",
    bad: false,
  });
  expect(describeOutcome({ type: "exited", code: 3 }).bad).toBe(true);
  expect(describeOutcome({ type: "killed", reason: "Stopped" })).toEqual({
    text: "Stopped",
    bad: false,
  });
  expect(describeOutcome({ type: "failed", reason: "No" })).toEqual({ text: "No", bad: true });
  expect(describeOutcome({ type: "trapped", message: "Ow" })).toEqual({ text: "Ow", bad: true });
});

test("describePeers() shortens the id, and counts", () => {
  const peerId = "12D3KooWFYQqcMoBchgSugwfUGD82Y5RvHy2K7hZSgBDfJNPn1Zj";
  const peers = [{ peerId: "a", transport: "relay" }] as const;
  const status = { peerId, peers, failure: undefined };
  expect(describePeers(status)).toBe("12D3KooW…NPn1Zj · 1 peer");
  expect(describePeers({ ...status, peers: [] })).toBe("12D3KooW…NPn1Zj · 0 peers");
  expect(describePeers({ ...status, peerId: undefined })).toBe("Joining the mesh …");
  expect(describePeers({ ...status, failure: "why" })).toBe("Not in the mesh: why");
});

function describeBoth(memoryBytes: number, runMemoryBytes: number): string {
  return describeMemory({ memoryBytes, runMemoryBytes });
}

test("describeMemory() tells what processes have, and what they have together", () => {
  const MiB = 1024 ** 2;
  expect(describeBoth(256 * MiB, 2048 * MiB)).toBe("256 MiB each, 2 GiB in all");
  expect(describeBoth(1.5 * MiB, 1536 * MiB)).toBe("1.5 MiB each, 1.5 GiB in all");
  expect(describeBoth(64 * 1024, 64 * MiB)).toBe("64 KiB each, 64 MiB in all");
});
