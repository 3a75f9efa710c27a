/** Where the built page is. */
import { fileURLToPath } from "node:url";

export const DIST_FOLDER: string = fileURLToPath(new URL("../../dist", import.meta.url));
