/** Entry of a cell's worker. */
import { holdScope, serveCell } from "#cell";

serveCell(holdScope(globalThis));
