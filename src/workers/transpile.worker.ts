/** Entry of the worker that turns components into artefacts. */
import { serveTranspiler } from "#cell";

serveTranspiler(globalThis);
