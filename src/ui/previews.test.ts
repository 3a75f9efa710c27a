import { expect, test } from "vitest";
import { toPreviewName } from "./previews.ts";

test.each([
  ["/ipfs/bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi", "cell-y55fbzdi"],
  ["/ipns/My.Page", "my-page"],
  ["/ipfs/a/bin/tool.wasm?x=y", "tool-wasm"],
  ["/ipns/49983-a", "cell-49983-a"],
  ["/ipns/---", "cell"],
  ["", "cell"],
])("toPreviewName(%j) is a name for an address: %s", (path, name) => {
  expect(toPreviewName(path)).toBe(name);
  expect(toPreviewName(path)).toMatch(/^(?!\d+-)[a-z0-9](?:[a-z0-9-]{0,50}[a-z0-9])?$/);
});
