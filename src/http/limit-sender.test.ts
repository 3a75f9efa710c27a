import { expect, test } from "vitest";
import type { HopOutcome, HopSender, HttpHop } from "./hop.ts";
import { limitSender } from "./limit-sender.ts";

const HOP: HttpHop = {
  method: "GET",
  url: "https://api.example/",
  headers: [],
  limitBytes: 1,
  mayBeLocal: false,
};

test("limitSender() lets so many requests through, and the next when one has ended or failed", async () => {
  const under: PromiseWithResolvers<HopOutcome>[] = [];
  const sender: HopSender = {
    way: "node",
    send() {
      const outcome = Promise.withResolvers<HopOutcome>();
      under.push(outcome);
      return outcome.promise;
    },
  };
  const limited = limitSender(sender, 2);
  expect(limited.way).toBe("node");
  const sent = Array.from({ length: 4 }, () => limited.send(HOP));
  await expect.poll(() => under.length).toBe(2);
  under[0]?.resolve({ type: "too-large" });
  expect(await sent[0]).toEqual({ type: "too-large" });
  await expect.poll(() => under.length).toBe(3);
  under[1]?.reject(new Error("broken"));
  await expect(sent[1]).rejects.toThrow("broken");
  await expect.poll(() => under.length).toBe(4);
  for (const { resolve } of under) resolve({ type: "unreadable" });
  expect(await Promise.all(sent.slice(2))).toHaveLength(2);
});
