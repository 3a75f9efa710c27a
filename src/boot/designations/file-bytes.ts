/** Reads and changes one file. */

/** Reads bytes of a file; a short read means the end of the file. */
export async function readFile(
  file: Blob,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(offset, offset + lengthBytes).arrayBuffer());
}

/** Changes a file atomically: an error leaves it unchanged. The browser copies the whole file for each change. */
export async function changeFile(
  handle: FileSystemFileHandle,
  change: WriteParams,
  signal: AbortSignal | undefined,
): Promise<void> {
  signal?.throwIfAborted();
  const writable = await handle.createWritable({ keepExistingData: true });
  try {
    signal?.throwIfAborted();
    await writable.write(change);
  } catch (error) {
    await writable.abort().catch(() => undefined); // the stream may have failed already
    throw error;
  }
  await writable.close();
}
