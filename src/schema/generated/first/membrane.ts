/** Generated from membrane.capnp, file id 0xa59e04af26eca82f. Run `npm run gen` to make it again. */
import * as $ from "#capnp/runtime";
import * as peer_ from "./peer.ts";
import * as network_ from "../common/network.ts";
import * as powerbox_ from "../common/powerbox.ts";
import * as grants_ from "../common/grants.ts";
import * as blob_ from "../common/blob.ts";

/** @see first/membrane.capnp:WetwareSession, 0xb6e5de82604b5669 */
export interface WetwareSession {
  readonly host: peer_.Host;
  readonly executor: peer_.Executor;
  readonly network: network_.Network;
  /** What the owner has granted to the image, by the names under which the image asks for it. */
  readonly grants: readonly grants_.Export[];
  readonly powerbox: powerbox_.Powerbox;
  readonly launcher: grants_.Launcher;
  readonly blobs: blob_.BlobStore;
  readonly services: grants_.Services;
}
export const WetwareSession: $.StructType<WetwareSession> =
  /* @__PURE__ */ $.defineStruct<WetwareSession>({
    id: 0xb6e5de82604b5669n,
    name: "WetwareSession",
    dataWords: 0,
    pointers: 8,
    pipelined: {
      host: [0, () => peer_.Host],
      executor: [1, () => peer_.Executor],
      network: [2, () => network_.Network],
      powerbox: [4, () => powerbox_.Powerbox],
      launcher: [5, () => grants_.Launcher],
      blobs: [6, () => blob_.BlobStore],
      services: [7, () => grants_.Services],
    },
    read: (s) => ({
      host: peer_.Host.read(s.pointer(0)),
      executor: peer_.Executor.read(s.pointer(1)),
      network: network_.Network.read(s.pointer(2)),
      grants: grants_.Export.readList(s.pointer(3)),
      powerbox: powerbox_.Powerbox.read(s.pointer(4)),
      launcher: grants_.Launcher.read(s.pointer(5)),
      blobs: blob_.BlobStore.read(s.pointer(6)),
      services: grants_.Services.read(s.pointer(7)),
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
        if (value.network !== undefined) {
          f = "network";
          network_.Network.write(s.pointer(2), value.network);
        }
        if (value.grants !== undefined) {
          f = "grants";
          grants_.Export.writeList(s.pointer(3), value.grants);
        }
        if (value.powerbox !== undefined) {
          f = "powerbox";
          powerbox_.Powerbox.write(s.pointer(4), value.powerbox);
        }
        if (value.launcher !== undefined) {
          f = "launcher";
          grants_.Launcher.write(s.pointer(5), value.launcher);
        }
        if (value.blobs !== undefined) {
          f = "blobs";
          blob_.BlobStore.write(s.pointer(6), value.blobs);
        }
        if (value.services !== undefined) {
          f = "services";
          grants_.Services.write(s.pointer(7), value.services);
        }
      } catch (error) {
        throw $.inField(f, error);
      }
    },
  });
