/** The imports that may suspend the guest, as `interface#function`. */
export const SUSPENDING_IMPORTS: ReadonlySet<string> = new Set([
  "wasi:io/poll#poll",
  "wasi:io/poll#[method]pollable.block",
  "wasi:io/poll#[method]pollable.ready",
  "wasi:io/streams#[method]input-stream.blocking-read",
  "wasi:io/streams#[method]input-stream.blocking-skip",
  "wasi:io/streams#[method]output-stream.blocking-flush",
  "wasi:io/streams#[method]output-stream.blocking-splice",
  "wasi:io/streams#[method]output-stream.blocking-write-and-flush",
  "wasi:io/streams#[method]output-stream.blocking-write-zeroes-and-flush",
  "wasi:filesystem/types#[method]descriptor.read",
  "wasi:filesystem/types#[method]descriptor.write",
]);

/** The same with files that the cell shares with others: more calls may suspend, since they ask the host. */
export const SUSPENDING_FILES: ReadonlySet<string> = new Set([
  ...SUSPENDING_IMPORTS,
  ...[
    "set-size",
    "set-times",
    "set-times-at",
    "stat",
    "stat-at",
    "open-at",
    "read-directory",
    "readlink-at",
    "create-directory-at",
    "symlink-at",
    "link-at",
    "rename-at",
    "unlink-file-at",
    "remove-directory-at",
    "is-same-object",
    "metadata-hash",
    "metadata-hash-at",
  ].map((name) => `wasi:filesystem/types#[method]descriptor.${name}`),
  "wasi:filesystem/types#[method]directory-entry-stream.read-directory-entry",
]);
