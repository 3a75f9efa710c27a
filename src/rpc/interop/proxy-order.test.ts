import { OFFERS, testCallOrder } from "./proxy-order.conformance.ts";

for (const [name, offer] of OFFERS) testCallOrder(name, offer);
