/** Finds or installs the reference implementation's compiler and message converter, which the tests compare with. */
import { installDebianPackages, isRoot } from "./debian.mjs";
import { run } from "./run.mjs";

/**
 * Finds the program `capnp`, or installs it as root.
 *
 * @returns {Promise<string | undefined>} undefined when it is installed, else what to do, in one sentence
 */
export async function ensureCapnp(say) {
  if (await runs()) return undefined;
  if (isRoot()) {
    say("there is no capnp: trying Debian's capnproto");
    await installDebianPackages(["capnproto"]);
    if (await runs()) return undefined;
  }
  return "install it with apt-get install capnproto";
}

async function runs() {
  return (await run("capnp", ["--version"], { quiet: true })).code === 0;
}
