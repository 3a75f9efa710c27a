/** Installs Debian packages, if this process has the permission. */
import { run } from "./run.mjs";

export function isRoot() {
  return process.getuid?.() === 0;
}

/** @returns {Promise<boolean>} whether all are installed now */
export async function installDebianPackages(names) {
  const env = { DEBIAN_FRONTEND: "noninteractive" };
  const update = await run("apt-get", ["update", "-qq"], { env, quiet: true });
  if (update.code !== 0) return false;
  const options = ["install", "-y", "-qq", "--no-install-recommends"];
  return (await run("apt-get", [...options, ...names], { env, quiet: true })).code === 0;
}
