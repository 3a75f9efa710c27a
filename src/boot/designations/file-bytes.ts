/** Reading and changing one file by its handle. */

/** Fewer bytes only at the end of the file. */
export async function readFile(
  file: Blob,
  offset: number,
  lengthBytes: number,
): Promise<Uint8Array> {
  return new Uint8Array(await file.slice(offset, offset + lengthBytes).arrayBuffer());
}

/** Changes a file in one step: an error leaves it as it was. The browser copies the file for each change. */
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
    await writable.abort().catch(() => undefined); // it has ended by itself
    throw error;
  }
  await writable.close();
}
