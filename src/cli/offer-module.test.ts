import { expect, test } from "vitest";
import { makeOfferModule, OFFER_MODULE, readOfferModule } from "./offer-module.ts";

test(`${OFFER_MODULE} is what npm run gen makes`, async () => {
  expect(await readOfferModule()).toBe(await makeOfferModule());
});
