/** Entry of a cell's worker. */
import { serveCell, tellLoaded } from "#cell";

serveCell(globalThis);
tellLoaded(globalThis);
