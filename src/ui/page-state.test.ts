import { expect, test } from "vitest";
// oxlint-disable-next-line no-restricted-imports -- a program of a kernel over cells in memory, which no door gives
import { forever } from "../kernel/kernel-bench.testing.ts";
import { createOpenedSandboxes } from "./opened-sandboxes.ts";
import { createPageState } from "./page-state.ts";
import type { PageState } from "./page-state.ts";
import type { PagePowers, PeerStatus } from "./powers.ts";
import { linkTo, openSessions } from "./sessions-bench.testing.ts";
import type { TestTerminal } from "./sessions-bench.testing.ts";

type Programs = Parameters<typeof openSessions>[0];

interface Bench extends AsyncDisposable {
  readonly state: PageState<TestTerminal>;
  /** The path in the page's address. */
  address: string;
  readonly tellPeers: (status: PeerStatus) => void;
}

function open(programs: Programs, more: Partial<PagePowers> = {}): Bench {
  const own = openSessions(programs);
  let tellPeers: ((status: PeerStatus) => void) | undefined;
  const show = (path: string): void => void (bench.address = path);
  const state = createPageState<TestTerminal>(
    {
      kernel: async () => own.kernel,
      findImage: own.powers.findImage,
      prefetch: async () => undefined,
      checkName: (text) =>
        text.startsWith("bad")
          ? { type: "unreadable", reason: `"${text}" is no CID` }
          : { type: "name", ...linkTo(`/ipfs/${text.replace("/ipfs/", "")}`) },
      watchPeers: (told) => void (tellPeers = told),
      listSamples: async () => [{ name: "shell", path: "/ipfs/shell" }],
      granting: own.powers.granting,
      openLive: own.powers.openLive,
      sharing: () => Promise.reject(new Error("nothing is shared")),
      hasShared: async () => false,
      previews: async () => undefined,
      openTab: () => undefined,
      sandboxes: createOpenedSandboxes(),
      dialPeer: async () => undefined,
      explainNetwork: async () => "",
      clock: own.powers.clock,
      copyText: async () => undefined,
      saveFile: () => undefined,
      address: {
        get path() {
          return bench.address;
        },
        linkTo: (path) => `https://ww/#${path}`,
        show,
        correct: show,
        onChange: () => undefined,
      },
      ...more,
    },
    own.powers,
  );
  const bench: Bench = {
    state,
    address: "",
    tellPeers: (status) => tellPeers?.(status),
    [Symbol.asyncDispose]: own[Symbol.asyncDispose],
  };
  return bench;
}

test("a page shows nothing, then what it opened, then how that ended", async () => {
  await using bench = open({ main: async () => 3 });
  const { state } = bench;
  expect(state.status.value).toEqual({ text: "Nothing runs yet", kind: "idle" });
  await expect.poll(() => state.cellMode.value).toBe("JSPI");
  await expect.poll(() => state.samples.value).toEqual([{ name: "shell", path: "/ipfs/shell" }]);
  state.type("one");
  state.submit();
  expect(bench.address).toBe("/ipfs/one");
  expect(state.field.value).toBe("/ipfs/one");
  expect(state.status.value).toMatchObject({ text: "Opening the image …", kind: "busy" });
  await expect.poll(() => state.status.value).toEqual({ text: "Exited with code 3", kind: "bad" });
  expect(state.limits.value?.memoryBytes).toBe(256 * 2 ** 20);
});

test("a name that cannot be read is complained of, and what ended badly is over then", async () => {
  await using bench = open({ main: async () => 3 });
  const { state } = bench;
  state.type("one");
  state.submit();
  await expect.poll(() => state.status.value.kind).toBe("bad");
  state.type("bad name");
  expect(state.complaint.value).toBe('"bad name" is no CID');
  expect(state.status.value.kind).toBe("idle");
  state.submit();
  expect(state.sessions.list.value).toHaveLength(1);
  state.type("");
  expect(state.complaint.value).toBe("");
});

test("images are opened beside each other, looked at and closed", async () => {
  await using bench = open({ main: forever });
  const { state } = bench;
  state.type("one");
  state.submit();
  state.openBeside();
  expect([bench.address, state.field.value, state.status.value.kind]).toEqual(["", "", "idle"]);
  state.type("two");
  state.submit();
  const [first, second] = state.sessions.list.value;
  expect(state.sessions.selected.value).toBe(second);
  if (first !== undefined) state.select(first);
  expect([bench.address, state.field.value]).toEqual(["/ipfs/one", "/ipfs/one"]);
  await expect.poll(() => state.status.value.text).toBe("Running");
  state.stop();
  expect(await first?.ended).toEqual({ type: "killed", reason: "Stopped" });
  if (first !== undefined) state.close(first);
  expect(state.sessions.selected.value).toBe(second);
  expect(bench.address).toBe("/ipfs/two");
  await expect.poll(() => state.status.value.text).toBe("Running");
  bench.address = "";
  state.openAddress();
  // The only one would go on unseen.
  expect(state.sessions.list.value).toEqual([]);
  expect(await second?.ended).toMatchObject({ type: "killed" });
});

test("Back and Forward lead to the session that is open, and start none", async () => {
  await using bench = open({ main: forever });
  const { state } = bench;
  state.type("one");
  state.submit();
  state.openBeside();
  state.type("two");
  state.submit();
  const [first, second] = state.sessions.list.value;
  for (const [path, session] of [
    ["/ipfs/one", first],
    ["/ipfs/two", second],
    ["/ipfs/one", first],
    ["", undefined],
    ["/ipfs/two", second],
  ] as const) {
    bench.address = path;
    state.openAddress();
    expect(state.sessions.selected.value).toBe(session);
    expect(bench.address).toBe(path);
  }
  expect(state.sessions.list.value).toEqual([first, second]);
  expect([first?.outcome.value, second?.outcome.value]).toEqual([undefined, undefined]);
});

test("a page says why no kernel can be had, until there is one", async () => {
  let broken = true;
  const own = openSessions({ main: async () => 0 });
  await using bench = open(
    {},
    {
      kernel: async () => {
        if (broken) throw new Error("Cells cannot run here");
        return own.kernel;
      },
    },
  );
  await using _ = own;
  const { state } = bench;
  await expect
    .poll(() => state.status.value)
    .toEqual({ text: "Cells cannot run here", kind: "bad" });
  state.type("one");
  state.submit();
  await expect.poll(() => state.status.value.kind).toBe("bad");
  broken = false;
  state.submit();
  await expect.poll(() => state.status.value.text).toBe("Exited with code 0");
  await expect.poll(() => state.cellMode.value).toBe("JSPI");
});

test("peers are shown as they are told, and a link is copied", async () => {
  const copied: string[] = [];
  await using bench = open({ main: forever }, { copyText: async (text) => void copied.push(text) });
  const { state } = bench;
  const peers = [{ peerId: "a", transport: "webrtc" }] as const;
  await state.watchPeers();
  bench.tellPeers({ peerId: "12D", peers, failure: undefined });
  expect(state.peers.value.peers).toEqual(peers);
  state.type("one");
  state.submit();
  expect(await state.copyLink()).toBe(true);
  expect(copied).toEqual(["https://ww/#/ipfs/one"]);
});

test("watchPeers() waits until what is being opened has begun", async () => {
  let asked = 0;
  await using bench = open({ main: forever }, { watchPeers: () => void asked++ });
  const { state } = bench;
  state.type("one");
  state.submit();
  const watching = state.watchPeers();
  await expect.poll(() => state.status.value.text).toBe("Running");
  expect(asked).toBe(0);
  state.stop();
  await watching;
  expect(asked).toBe(1);
});
