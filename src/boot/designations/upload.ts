/** Picks files by the form control, for browsers without File System Access. */

/** Must be called in a click. @returns no files when the visitor cancels */
export function pickFiles(document: Document, kind: "file" | "folder"): Promise<readonly File[]> {
  const input = document.createElement("input");
  input.type = "file";
  if (kind === "folder") {
    input.webkitdirectory = true;
    input.multiple = true;
  }
  const { promise, resolve } = Promise.withResolvers<readonly File[]>();
  input.addEventListener("change", () => resolve([...(input.files ?? [])]));
  input.addEventListener("cancel", () => resolve([]));
  input.click();
  return promise;
}
