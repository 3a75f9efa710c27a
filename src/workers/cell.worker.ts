/** Entry of a cell's worker. */
import { holdScope, serveCell, tellLoaded } from "#cell";

serveCell(holdScope(globalThis));
tellLoaded(globalThis);
