/** `npm run package:rpc`: builds the package `@wetware/rpc` into `build/rpc`, ready for `npm publish build/rpc`. */
import { buildRpcPackage, RPC_PACKAGE } from "./rpc-package.ts";

await buildRpcPackage(RPC_PACKAGE);
console.log(RPC_PACKAGE);
