/** What is measured in Node, in a process of its own: prints its rows as JSON. */
import { measureBlobMemory } from "./blob-memory.ts";
import { measureRoundTrips } from "./round-trips.ts";

const rows = [...(await measureRoundTrips()), await measureBlobMemory()];
console.log(JSON.stringify(rows));
process.exit(0);
