import { decodeText, encodeText } from "#base";
import type { FilesDevice, TreeFile, TreeItem } from "#caps";
import { expect, test } from "vitest";
import { createPathFinder } from "./find-on-path.ts";

/** Longer than the part that is read in search of a first line. */
const COMPONENT = `\0asm${" ".repeat(1000)}`;

/** Files by path. Each version of a file has its own id. */
function open(contents: Record<string, string>) {
  const reads: string[] = [];
  let version = 0;
  const files = new Map(Object.entries(contents));
  const item = (path: string): TreeItem => ({
    path,
    type: "file",
    sizeBytes: files.get(path)?.length ?? 0,
    target: "",
    modifiedNs: undefined,
    metadata: new Map(),
  });
  let readers = 0;
  let mostReaders = 0;
  const device: Pick<FilesDevice, "stat" | "read"> = {
    stat: (path) => (files.has(path) ? item(path) : "no-entry"),
    read(path): TreeFile | "no-entry" {
      const text = files.get(path);
      if (text === undefined) return "no-entry";
      return {
        sizeBytes: text.length,
        get id() {
          return `${path} ${version}`;
        },
        read(offset, lengthBytes) {
          const bytes = encodeText(text).subarray(offset, offset + lengthBytes);
          if (lengthBytes < text.length) return bytes;
          reads.push(path);
          mostReaders = Math.max(mostReaders, ++readers);
          return Promise.resolve(bytes).finally(() => readers--);
        },
        [Symbol.dispose]: () => undefined,
      };
    },
  };
  const finder = createPathFinder(device as FilesDevice);
  return {
    reads,
    mostReaders: () => mostReaders,
    change: () => void version++,
    find: (program: string, more: object = {}, signal?: AbortSignal) =>
      finder.find(
        { program, argv0: program, args: ["x"], cwd: "/srv", env: [], ...more },
        { signal },
      ),
  };
}

test("a name is looked up in the folders of PATH, a path from the folder of the process", async () => {
  const { find } = open({ "/usr/bin/tool": COMPONENT, "/srv/own/tool": COMPONENT });
  expect((await find("tool")).path).toBe("/usr/bin/tool");
  expect((await find("own/tool")).path).toBe("/srv/own/tool");
  const env = [
    ["PATH", "/nowhere"],
    ["PATH", "/none:own"],
  ];
  expect((await find("tool", { env })).path).toBe("/srv/own/tool");
  await expect(find("other")).rejects.toThrow('Cannot start "other": it was not found on PATH');
  await expect(find("/other")).rejects.toThrow("there is no such file");
  await expect(find("")).rejects.toThrow("it has no name");
});

test("a script is a program of its interpreter, which may be a script", async () => {
  const { find } = open({
    "/bin/sh": COMPONENT,
    "/bin/wrap": "#!/bin/sh -e\nexec it\n",
    "/srv/run": "#! /bin/wrap  with blanks \r\n",
    "/srv/round": "#!/srv/round",
  });
  expect(await find("/srv/run")).toMatchObject({
    path: "/bin/sh",
    argv0: "/bin/sh",
    args: ["-e", "/bin/wrap", "with blanks", "/srv/run", "x"],
  });
  await expect(find("/srv/round")).rejects.toThrow("scripts are nested more than 4 deep");
});

test("a program is read once, until its file is another", async () => {
  const { find, reads, change } = open({ "/bin/tool": COMPONENT });
  const first = await find("tool");
  const again = await find("/bin/tool");
  expect(again.component).toBe(first.component);
  expect(decodeText(again.component)).toBe(COMPONENT);
  const times = reads.length;
  change();
  expect((await find("tool")).component).not.toBe(first.component);
  expect(reads.length).toBe(times * 2);
});

test("programs are read one after the other, and one that nobody waits for not at all", async () => {
  const names = Array.from({ length: 20 }, (_, at) => `/bin/tool${at}`);
  const all = open(Object.fromEntries(names.map((name) => [name, COMPONENT])));
  const found = await Promise.all(names.map((name) => all.find(name)));
  expect(found.map(({ component }) => decodeText(component))).toEqual(names.map(() => COMPONENT));
  expect(all.reads).toEqual(names);
  expect(all.mostReaders()).toBe(1);
  const given = new AbortController();
  const waiting = ["/bin/tool1", "/bin/tool2"].map((program) => {
    all.change();
    return all.find(program, {}, given.signal);
  });
  given.abort(new Error("given up"));
  await expect(Promise.all(waiting)).rejects.toThrow("given up");
});
