import { testTransport } from "./transport.conformance.ts";
import { TRANSPORTS } from "./transports.testing.ts";

for (const [name, open] of TRANSPORTS) testTransport(name, open);
