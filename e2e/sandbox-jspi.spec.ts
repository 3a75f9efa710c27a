/** The SDK against sandboxes whose cells wait by JSPI. */
import { driveAll, test } from "./sandbox-test.ts";

test.use({ cells: "jspi" });
driveAll();
