import { beforeAll, describe, expect, test } from "vitest";
import { Exception } from "#base";
import { parseComponent } from "../parse-component.ts";
import { surveyComponent } from "../survey.ts";
import { listPlaces } from "./damage.ts";
import { fuzz, generateSamples, linkHarmlessly, readSamples } from "./fuzz.ts";
import type { Sample } from "./fuzz.ts";

/** A new seed each time would find more, but at unpredictable times; `npm run fuzz` is for that. */
const SEED = 1;

let samples: readonly Sample[];
beforeAll(async () => {
  samples = await readSamples();
});

describe("instantiateComponent() runs or refuses", () => {
  test("each sample as it is", () => {
    for (const sample of samples) linkHarmlessly(sample, sample.bytes);
  });

  test("6000 damaged ones", { timeout: 60_000 }, () => {
    const { linked, runs } = fuzz(samples, 6_000, SEED);
    // Some damage must be harmless, and some must pass the first checks.
    expect(linked).toBeGreaterThan(runs / 50);
    expect(linked).toBeLessThan(runs / 2);
  });

  test("2000 made of types by chance, and nearly", { timeout: 60_000 }, async () => {
    const generated = await generateSamples();
    for (const sample of generated) linkHarmlessly(sample, sample.bytes);
    const { linked, runs } = fuzz(generated, 1_600, SEED);
    expect(linked).toBeGreaterThan(runs / 50);
  });
});

describe("parseComponent() and surveyComponent() refuse", () => {
  test("each sample that is cut off somewhere", { timeout: 60_000 }, () => {
    for (const { bytes } of samples) {
      // Cuts within core modules do not matter. The survey, which takes longer, gets only some of the parsed ones.
      for (const [at, end] of listPlaces(bytes).entries()) {
        try {
          const component = parseComponent(bytes.subarray(0, end));
          if (bytes.length < 10_000 || at % 50 === 0) surveyComponent(component);
        } catch (error) {
          expect(error).toBeInstanceOf(Exception);
        }
      }
    }
  });
});
