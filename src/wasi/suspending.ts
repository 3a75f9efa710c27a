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
