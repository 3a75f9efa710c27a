/** `npm run soak`: what goes on for long, outside of the tests: `mesh`, else boots in Firefox. */
import { soakMesh } from "./soak-mesh.ts";

const [kind, ...args] = process.argv.slice(2);
if (kind === "mesh") process.exitCode = await soakMesh(args);
else await import("./firefox/soak.ts");
