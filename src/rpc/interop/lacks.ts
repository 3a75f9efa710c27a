/** What the other implementations, in Debian's versions, cannot do. */
import type { Lack } from "./interop-table.ts";

const RACE =
  "Version 0.9.2 as the vat in between ends the connection when a Disembargo arrives while its own is still in " +
  "flight. Later versions wait: see the comment on that race in `handleDisembargo` of their `rpc.c++`.";

export const lacks: readonly Lack[] = [
  {
    column: "C++ between two of ours",
    check: "a promise that resolves to the caller's own capability keeps its order",
    leaves: "out",
    reason: RACE,
  },
  { column: "C++ between two of ours", check: "generic interfaces", leaves: "out", reason: RACE },
  {
    column: "Rust serves us",
    check: "cancellation",
    leaves: "in part",
    reason:
      "capnp-rpc 0.14 sends no Return for a call that was cancelled, so our question keeps its id until the connection " +
      "ends.",
  },
  {
    column: "Rust serves us",
    check: "a failed streaming call fails what follows",
    leaves: "out",
    reason: "capnp-rpc 0.14 has no streaming: a served stream is called again after a failure.",
  },
  {
    column: "Rust serves us",
    check: "tail calls",
    leaves: "out",
    reason: "capnp-rpc 0.14 has no tail calls: its `ResultsHook::tail_call` is `unimplemented!()`.",
  },
];
