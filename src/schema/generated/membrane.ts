/** Generated from membrane.capnp, file id 0xa59e04af26eca82f. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as peer_ from "./peer.ts";

/** @see membrane.capnp:WetwareSession, 0xb6e5de82604b5669 */
export interface WetwareSession {
  readonly host: peer_.Host;
  readonly executor: peer_.Executor;
}
export const WetwareSession: $.StructType<WetwareSession> =
  /* @__PURE__ */ $.defineStruct<WetwareSession>({
    id: 0xb6e5de82604b5669n,
    name: "WetwareSession",
    dataWords: 0,
    pointers: 2,
    pipelined: { host: [0, () => peer_.Host], executor: [1, () => peer_.Executor] },
    read: (s) => ({
      host: peer_.Host.read(s.pointer(0)),
      executor: peer_.Executor.read(s.pointer(1)),
    }),
    write(s, value) {
      let f = "";
      try {
        if (value.host !== undefined) {
          f = "host";
          peer_.Host.write(s.pointer(0), value.host);
        }
        if (value.executor !== undefined) {
          f = "executor";
          peer_.Executor.write(s.pointer(1), value.executor);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
