/** What runs in a cell's worker before its glue, which comes with it in one script. */
import { holdScope, serveCell } from "#cell";
import type { Instantiate } from "#cell";

/** Given what the glue exports. */
export const start: (instantiate: Instantiate) => void = serveCell(holdScope(globalThis));
