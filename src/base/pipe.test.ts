import { testDuplex } from "./duplex.conformance.ts";
import { createDuplexPair } from "./pipe.ts";

testDuplex("createDuplexPair()", createDuplexPair);
