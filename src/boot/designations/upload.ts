/** Files by the browser's form control, where it has no File System Access. */

/** Called in a click. @returns none when the visitor picks nothing */
export function pickFiles(document: Document, what: "file" | "folder"): Promise<readonly File[]> {
  const input = document.createElement("input");
  input.type = "file";
  if (what === "folder") {
    input.webkitdirectory = true;
    input.multiple = true;
  }
  const { promise, resolve } = Promise.withResolvers<readonly File[]>();
  input.addEventListener("change", () => resolve([...(input.files ?? [])]));
  input.addEventListener("cancel", () => resolve([]));
  input.click();
  return promise;
}
