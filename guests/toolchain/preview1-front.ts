/**
 * The functions of WASI preview 1 as they pass from a program to the adapter: with the addresses that it knows, asked
 * about a descriptor where the adapter would not look at it, and told where it is when reading turns to writing or back.
 *
 * The addresses are adapter-memory.ts's reason. The question can go when the adapter asks it itself, and the telling when
 * its stream for reading and that for writing move together: each keeps the place where it began, so what a program read
 * after a write was before it.
 */
import { readFile } from "node:fs/promises";

/** The module that the front imports the adapter's functions from. */
export const ADAPTER = "preview1-adapter";

/**
 * Each function's parameters: `i` is an i32, `l` an i64, `p` the address of something without addresses in it.
 *
 * `b` is a list of buffers, its address and its length; it always follows the descriptor. `s` is the address of a list
 * that the adapter fills with addresses of strings; then comes where it puts the strings, and that is all.
 *
 * @see https://github.com/WebAssembly/WASI/blob/wasi-0.1/preview1/docs.md
 */
const PARAMETERS: Readonly<Record<string, string>> = {
  args_get: "sp",
  args_sizes_get: "pp",
  clock_res_get: "ip",
  clock_time_get: "ilp",
  environ_get: "sp",
  environ_sizes_get: "pp",
  fd_advise: "illi",
  fd_allocate: "ill",
  fd_close: "i",
  fd_datasync: "i",
  fd_fdstat_get: "ip",
  fd_fdstat_set_flags: "ii",
  fd_fdstat_set_rights: "ill",
  fd_filestat_get: "ip",
  fd_filestat_set_size: "il",
  fd_filestat_set_times: "illi",
  fd_pread: "iblp",
  fd_prestat_dir_name: "ipi",
  fd_prestat_get: "ip",
  fd_pwrite: "iblp",
  fd_read: "ibp",
  fd_readdir: "ipilp",
  fd_renumber: "ii",
  fd_seek: "ilip",
  fd_sync: "i",
  fd_tell: "ip",
  fd_write: "ibp",
  path_create_directory: "ipi",
  path_filestat_get: "iipip",
  path_filestat_set_times: "iipilli",
  path_link: "iipiipi",
  path_open: "iipiillip",
  path_readlink: "ipipip",
  path_remove_directory: "ipi",
  path_rename: "ipiipi",
  path_symlink: "piipi",
  path_unlink_file: "ipi",
  poll_oneoff: "ppip",
  proc_exit: "i",
  proc_raise: "i",
  random_get: "pi",
  sched_yield: "",
  sock_accept: "iip",
  sock_recv: "ibipp",
  sock_send: "ibip",
  sock_shutdown: "ii",
};

/** What tells the length of a list of strings, and the size of them all. */
const SIZES: Readonly<Record<string, string>> = {
  args_get: "args_sizes_get",
  environ_get: "environ_sizes_get",
};

/** Those after which the adapter has a stream of that kind, at a place of its own. */
const TURNS: Readonly<Record<string, number>> = { fd_read: 1, fd_write: 2 };

/** Whether this is a function of preview 1. */
export function isPreview1(name: string): boolean {
  return Object.hasOwn(PARAMETERS, name);
}

/** The front as text, with those functions that a program imports. */
export async function frontText(names: readonly string[]): Promise<string> {
  const imports = new Set(names.flatMap((name) => [name, ...askedFirst(name)]));
  const text = await readFile(new URL("preview1-front.wat", import.meta.url), "utf8");
  return text
    .replace(";;@imports", [...imports].map(importText).join("\n  "))
    .replace(";;@functions", names.map(functionText).join("\n  "));
}

/** The functions that this one needs besides itself. */
function askedFirst(name: string): string[] {
  const sizes = SIZES[name];
  if (sizes !== undefined) return [sizes];
  const about = kindsOf(name).includes("b") ? ["fd_fdstat_set_rights"] : [];
  return name in TURNS ? [...about, "fd_seek"] : about;
}

function importText(name: string): string {
  return `(import "${ADAPTER}" "${name}" (func $${name} ${typeText(name)}))`;
}

function functionText(name: string): string {
  const call = `(call $${name} ${argumentTexts(name).join(" ")})`;
  return `(func (export "${name}") ${typeText(name)} ${bodyText(name, call)})`;
}

function bodyText(name: string, call: string): string {
  const sizes = SIZES[name];
  if (sizes !== undefined) {
    return `(local $errno i32)
    (if (local.tee $errno (call $${sizes} (i32.const 0x20408) (i32.const 0x2040c)))
      (then (return (local.get $errno))))
    (if (local.tee $errno ${call}) (then (return (local.get $errno))))
    (call $lower_strings (local.get 0) (i32.load $adapter (i32.const 0x20408))
      (i32.sub (i32.add (local.get 1) (i32.load $adapter (i32.const 0x2040c))) (i32.const 1)))
    (i32.const 0)`;
  }
  if (name === "fd_renumber") return `(call $turn (local.get 1) (i32.const 0)) ${call}`;
  if (!kindsOf(name).includes("b")) return call;
  // Seeking to where it is makes the adapter drop both streams.
  const turn =
    name in TURNS
      ? `(if (call $turns (local.get 0) (i32.const ${TURNS[name]}))
      (then (drop (call $fd_seek (local.get 0) (i64.const 0) (i32.const 1) (i32.const 0x20410)))))`
      : "";
  // Given no buffers, the adapter answers success before it looks at the descriptor. So it is asked something else about
  // it, which changes nothing: the answer is badf (8), or that rights are not supported.
  return `(if (i32.eqz (local.get 2)) (then
      (if (i32.eq (i32.const 8) (call $fd_fdstat_set_rights (local.get 0) (i64.const 0) (i64.const 0)))
        (then (return (i32.const 8))))))
    ${turn}
    ${call}`;
}

function argumentTexts(name: string): string[] {
  let at = 0;
  const next = (): string => `(local.get ${at++})`;
  return Array.from(kindsOf(name), (kind) => {
    switch (kind) {
      case "p":
      case "s":
        return `(call $lift ${next()})`;
      case "b":
        return `(i32.const 0x20400) (call $lift_buffers ${next()} ${next()})`;
      default:
        return next();
    }
  });
}

function typeText(name: string): string {
  const types = Array.from(kindsOf(name), (kind) =>
    kind === "l" ? "i64" : kind === "b" ? "i32 i32" : "i32",
  );
  // The one function that does not come back.
  const result = name === "proc_exit" ? "" : "(result i32)";
  return `(param ${types.join(" ")}) ${result}`;
}

function kindsOf(name: string): string {
  return PARAMETERS[name] ?? "";
}
