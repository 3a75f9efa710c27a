/** The folders of the built page and of an image. */
import { fileURLToPath } from "node:url";

export const DIST_FOLDER: string = fileURLToPath(new URL("../../dist", import.meta.url));

/** The image with the shell and the tools of sandboxes. */
export const USERLAND_FOLDER: string = fileURLToPath(
  new URL("../../public/images/bash", import.meta.url),
);
