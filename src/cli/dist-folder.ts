/** Where the built page and images are. */
import { fileURLToPath } from "node:url";

export const DIST_FOLDER: string = fileURLToPath(new URL("../../dist", import.meta.url));

/** The shell and the tools of sandboxes. */
export const USERLAND_FOLDER: string = fileURLToPath(
  new URL("../../public/images/bash", import.meta.url),
);
