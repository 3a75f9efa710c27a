import { expect, test } from "vitest";
import { serve } from "#capnp";
import { SharedTerminal } from "#schema";
import { openMirror } from "./mirror.ts";
import { serveSharedTerminal } from "./share-terminal.ts";

test("serveSharedTerminal() mirrors nothing for a visitor who has gone", async () => {
  const watchers = new Set<(text: string) => void>();
  using shared = serve(
    SharedTerminal,
    serveSharedTerminal({
      mirror: async () =>
        openMirror({
          snapshot: () => "shown",
          watch(written) {
            watchers.add(written);
            return () => watchers.delete(written);
          },
        }),
      press: async () => undefined,
    }),
  );
  {
    using output = await shared.output();
    expect((await output.stream.read(100)).data.length).toBeGreaterThan(0);
    expect(watchers.size).toBe(1);
  }
  for (const watcher of watchers) watcher("more");
  expect(watchers.size).toBe(0);
});
