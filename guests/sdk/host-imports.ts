/**
 * Every function that a guest asks of its host, as the component model flattens it.
 *
 * The toolchain makes the component's import section from this table, the SDK calls them by these names. The order is the
 * order of the native functions in the engine.
 *
 * @see https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md#flattening
 */

type CoreType = "i32" | "i64";

/** A core function: at most one flat result; larger ones are written to an address, the last parameter. */
export interface HostImport {
  readonly interface: string;
  readonly function: string;
  readonly params: readonly CoreType[];
  readonly result?: CoreType;
}

/** The SDK's own names for the functions. */
export type HostFunction =
  | "poll"
  | "dropPollable"
  | "errorText"
  | "dropError"
  | "read"
  | "subscribeInput"
  | "dropInput"
  | "checkWrite"
  | "write"
  | "flush"
  | "subscribeOutput"
  | "dropOutput"
  | "getEnvironment"
  | "getArguments"
  | "exitWithCode"
  | "getStdin"
  | "getStdout"
  | "getStderr"
  | "getDirectories"
  | "openAt"
  | "readFile"
  | "dropDescriptor"
  | "readDirectory"
  | "nextEntry"
  | "dropEntries"
  | "createConnection"
  | "getInput"
  | "getOutput"
  | "dropConnection";

export const HOST_IMPORTS: Readonly<Record<HostFunction, HostImport>> = {
  poll: { interface: "wasi:io/poll@0.2.12", function: "poll", params: ["i32", "i32", "i32"] },
  dropPollable: {
    interface: "wasi:io/poll@0.2.12",
    function: "[resource-drop]pollable",
    params: ["i32"],
  },
  errorText: {
    interface: "wasi:io/error@0.2.12",
    function: "[method]error.to-debug-string",
    params: ["i32", "i32"],
  },
  dropError: {
    interface: "wasi:io/error@0.2.12",
    function: "[resource-drop]error",
    params: ["i32"],
  },
  read: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]input-stream.read",
    params: ["i32", "i64", "i32"],
  },
  subscribeInput: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]input-stream.subscribe",
    params: ["i32"],
    result: "i32",
  },
  dropInput: {
    interface: "wasi:io/streams@0.2.12",
    function: "[resource-drop]input-stream",
    params: ["i32"],
  },
  checkWrite: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]output-stream.check-write",
    params: ["i32", "i32"],
  },
  write: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]output-stream.write",
    params: ["i32", "i32", "i32", "i32"],
  },
  flush: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]output-stream.flush",
    params: ["i32", "i32"],
  },
  subscribeOutput: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]output-stream.subscribe",
    params: ["i32"],
    result: "i32",
  },
  dropOutput: {
    interface: "wasi:io/streams@0.2.12",
    function: "[resource-drop]output-stream",
    params: ["i32"],
  },
  getEnvironment: {
    interface: "wasi:cli/environment@0.2.12",
    function: "get-environment",
    params: ["i32"],
  },
  getArguments: {
    interface: "wasi:cli/environment@0.2.12",
    function: "get-arguments",
    params: ["i32"],
  },
  exitWithCode: {
    interface: "wasi:cli/exit@0.2.12",
    function: "exit-with-code",
    params: ["i32"],
  },
  getStdin: {
    interface: "wasi:cli/stdin@0.2.12",
    function: "get-stdin",
    params: [],
    result: "i32",
  },
  getStdout: {
    interface: "wasi:cli/stdout@0.2.12",
    function: "get-stdout",
    params: [],
    result: "i32",
  },
  getStderr: {
    interface: "wasi:cli/stderr@0.2.12",
    function: "get-stderr",
    params: [],
    result: "i32",
  },
  getDirectories: {
    interface: "wasi:filesystem/preopens@0.2.12",
    function: "get-directories",
    params: ["i32"],
  },
  openAt: {
    interface: "wasi:filesystem/types@0.2.12",
    function: "[method]descriptor.open-at",
    params: ["i32", "i32", "i32", "i32", "i32", "i32", "i32"],
  },
  readFile: {
    interface: "wasi:filesystem/types@0.2.12",
    function: "[method]descriptor.read",
    params: ["i32", "i64", "i64", "i32"],
  },
  dropDescriptor: {
    interface: "wasi:filesystem/types@0.2.12",
    function: "[resource-drop]descriptor",
    params: ["i32"],
  },
  readDirectory: {
    interface: "wasi:filesystem/types@0.2.12",
    function: "[method]descriptor.read-directory",
    params: ["i32", "i32"],
  },
  nextEntry: {
    interface: "wasi:filesystem/types@0.2.12",
    function: "[method]directory-entry-stream.read-directory-entry",
    params: ["i32", "i32"],
  },
  dropEntries: {
    interface: "wasi:filesystem/types@0.2.12",
    function: "[resource-drop]directory-entry-stream",
    params: ["i32"],
  },
  createConnection: {
    interface: "wetware:streams/streams@0.1.0",
    function: "create-connection",
    params: [],
    result: "i32",
  },
  getInput: {
    interface: "wetware:streams/streams@0.1.0",
    function: "[method]connection.get-input-stream",
    params: ["i32"],
    result: "i32",
  },
  getOutput: {
    interface: "wetware:streams/streams@0.1.0",
    function: "[method]connection.get-output-stream",
    params: ["i32"],
    result: "i32",
  },
  dropConnection: {
    interface: "wetware:streams/streams@0.1.0",
    function: "[resource-drop]connection",
    params: ["i32"],
  },
};

const filesystem = (name: string, ...params: CoreType[]): HostImport => ({
  interface: "wasi:filesystem/types@0.2.12",
  function: name,
  params,
});

/** The SDK's own names for what a guest of a sandbox imports as well. */
export type SandboxFunction =
  | "statAt"
  | "metadataHashAt"
  | "stat"
  | "writeFile"
  | "appendViaStream"
  | "writeAndFlush"
  | "fileErrorCode"
  | "createDirectoryAt"
  | "unlinkFileAt"
  | "removeDirectoryAt"
  | "renameAt"
  | "symlinkAt"
  | "linkAt"
  | "readlinkAt"
  | "setTimesAt"
  | "subscribeDuration"
  | "randomBytes"
  | "terminalStdin"
  | "terminalStdout"
  | "terminalStderr"
  | "ttySize"
  | "ttySetMode"
  | "ttySubscribe"
  | "ttyNextEvent";

/** What a guest of a sandbox imports as well, after the others: all of its files, clocks, and its terminal. */
export const SANDBOX_IMPORTS: Readonly<Record<SandboxFunction, HostImport>> = {
  statAt: filesystem("[method]descriptor.stat-at", "i32", "i32", "i32", "i32", "i32"),
  metadataHashAt: filesystem(
    "[method]descriptor.metadata-hash-at",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
  ),
  stat: filesystem("[method]descriptor.stat", "i32", "i32"),
  writeFile: filesystem("[method]descriptor.write", "i32", "i32", "i32", "i64", "i32"),
  appendViaStream: filesystem("[method]descriptor.append-via-stream", "i32", "i32"),
  writeAndFlush: {
    interface: "wasi:io/streams@0.2.12",
    function: "[method]output-stream.blocking-write-and-flush",
    params: ["i32", "i32", "i32", "i32"],
  },
  fileErrorCode: filesystem("filesystem-error-code", "i32", "i32"),
  createDirectoryAt: filesystem(
    "[method]descriptor.create-directory-at",
    "i32",
    "i32",
    "i32",
    "i32",
  ),
  unlinkFileAt: filesystem("[method]descriptor.unlink-file-at", "i32", "i32", "i32", "i32"),
  removeDirectoryAt: filesystem(
    "[method]descriptor.remove-directory-at",
    "i32",
    "i32",
    "i32",
    "i32",
  ),
  renameAt: filesystem(
    "[method]descriptor.rename-at",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
  ),
  symlinkAt: filesystem("[method]descriptor.symlink-at", "i32", "i32", "i32", "i32", "i32", "i32"),
  linkAt: filesystem(
    "[method]descriptor.link-at",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
    "i32",
  ),
  readlinkAt: filesystem("[method]descriptor.readlink-at", "i32", "i32", "i32", "i32"),
  setTimesAt: filesystem(
    "[method]descriptor.set-times-at",
    ...(["i32", "i32", "i32", "i32", "i32", "i64", "i32", "i32", "i64", "i32", "i32"] as const),
  ),
  subscribeDuration: {
    interface: "wasi:clocks/monotonic-clock@0.2.12",
    function: "subscribe-duration",
    params: ["i64"],
    result: "i32",
  },
  randomBytes: {
    interface: "wasi:random/random@0.2.12",
    function: "get-random-bytes",
    params: ["i64", "i32"],
  },
  terminalStdin: {
    interface: "wasi:cli/terminal-stdin@0.2.12",
    function: "get-terminal-stdin",
    params: ["i32"],
  },
  terminalStdout: {
    interface: "wasi:cli/terminal-stdout@0.2.12",
    function: "get-terminal-stdout",
    params: ["i32"],
  },
  terminalStderr: {
    interface: "wasi:cli/terminal-stderr@0.2.12",
    function: "get-terminal-stderr",
    params: ["i32"],
  },
  ttySize: { interface: "wetware:tty/terminal@0.1.0", function: "size", params: ["i32"] },
  ttySetMode: {
    interface: "wetware:tty/terminal@0.1.0",
    function: "set-mode",
    params: ["i32"],
    result: "i32",
  },
  ttySubscribe: {
    interface: "wetware:tty/terminal@0.1.0",
    function: "subscribe",
    params: [],
    result: "i32",
  },
  ttyNextEvent: {
    interface: "wetware:tty/terminal@0.1.0",
    function: "next-event",
    params: ["i32"],
  },
};

/** What a first process of the later generation imports as well, after the others. */
export const KERNEL_READY: HostImport = {
  interface: "wetware:kernel-runtime/readiness@1.0.0",
  function: "kernel-ready",
  params: ["i32"],
};
