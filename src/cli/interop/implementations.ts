/** The implementations that our nodes are tested with, and how their programs are built. */
import { homedir } from "node:os";
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Implementation } from "./check.ts";
import { KUBO_CHECKS } from "./kubo-checks.ts";
import { MESH_CHECKS } from "./mesh-checks.ts";
import { RELAY_CHECKS } from "./relay-checks.ts";

const SOURCES = fileURLToPath(new URL("../../net/interop", import.meta.url));
const GO = findTool("go", "/usr/local/go/bin");
/** Debian's cargo, which comes first in some paths, is too old. */
const CARGO = findTool("cargo", join(homedir(), ".cargo/bin"));

export const IMPLEMENTATIONS: readonly Implementation[] = [
  {
    name: "go-libp2p",
    tool: GO,
    async build(workshop) {
      const { root } = workshop;
      const program = join(root, "go-peer");
      const cwd = join(SOURCES, "go");
      await workshop.run(GO, ["build", "-mod=readonly", "-ldflags=-s -w", "-o", program, "."], {
        cwd,
      });
      return program;
    },
    checks: { ...MESH_CHECKS, ...RELAY_CHECKS },
  },
  {
    name: "kubo",
    tool: GO,
    async build(workshop) {
      const program = join(workshop.root, "ipfs");
      const cwd = join(SOURCES, "kubo");
      const source = "github.com/ipfs/kubo/cmd/ipfs";
      await workshop.run(GO, ["build", "-mod=readonly", "-ldflags=-s -w", "-o", program, source], {
        cwd,
      });
      return program;
    },
    checks: KUBO_CHECKS,
  },
  {
    name: "rust-libp2p",
    tool: CARGO,
    async build(workshop) {
      const { root } = workshop;
      const target = join(root, "rust-target");
      const cwd = join(SOURCES, "rust");
      // cargo uses the compiler that comes first in the path.
      const path = `${dirname(CARGO)}:${process.env["PATH"]}`;
      const env = { CARGO_TARGET_DIR: target, PATH: path };
      await workshop.run(CARGO, ["build"], { cwd, env });
      return join(target, "debug/peer");
    },
    checks: { ...MESH_CHECKS, ...RELAY_CHECKS },
  },
];

/** The tool from the folder of its own installer, else the one in the path. */
function findTool(name: string, folder: string): string {
  const own = join(folder, name);
  return existsSync(own) ? own : name;
}
