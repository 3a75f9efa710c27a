/** Entry of a cell's worker. */
import { serveCell } from "#cell";

serveCell(globalThis);
