import { expect, test } from "vitest";
import { serve } from "#capnp";
import { Clock, Randomness } from "#schema";
import { serveClock, serveRandomness } from "./small-grants.ts";

test("serveClock() tells the time in steps", async () => {
  using exact = serve(
    Clock,
    serveClock(() => 61_234, 1),
  );
  using coarse = serve(
    Clock,
    serveClock(() => 61_234, 60_000),
  );
  expect([(await exact.now()).ms, (await coarse.now()).ms]).toEqual([61_234, 60_000]);
});

test("serveRandomness() draws as many bytes as are asked for, within its limit", async () => {
  using randomness = serve(
    Randomness,
    serveRandomness((bytes) => bytes.fill(7)),
  );
  expect((await randomness.draw(3)).data).toEqual(Uint8Array.of(7, 7, 7));
  expect((await randomness.draw(65_536)).data).toHaveLength(65_536);
  await expect(randomness.draw(65_537)).rejects.toThrow("Cannot draw 65537 bytes");
});
