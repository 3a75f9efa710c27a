/** The page's state and the visitor's actions. Knows no document. */
import { batch, computed, signal as createSignal } from "@preact/signals";
import type { ReadonlySignal, Signal } from "@preact/signals";
import { toMessage } from "#base";
import type { Waiting } from "#base";
import type { Limits } from "#schema";
import { nameImage } from "./image-name.ts";
import type { PagePowers, PeerStatus, Sample } from "./powers.ts";
import { parseLiveLink } from "./live-link.ts";
import { createSessions } from "./sessions.ts";
import type { Sessions } from "./sessions.ts";
import type { SessionPowers, SessionTerminal } from "./session.ts";
import { describeMode, describeOutcome, describeStage, WORDS } from "./words.ts";

/** `busy` before the program runs; `bad` after a failure. */
export type StatusKind = "idle" | "busy" | "running" | "ended" | "bad";

export interface Status {
  readonly text: string;
  readonly kind: StatusKind;
  /** Bytes fetched and in total; `undefined` if unknown. */
  readonly fetched?: { readonly bytes: number; readonly totalBytes: number } | undefined;
}

export interface PageState<Terminal extends SessionTerminal> {
  readonly sessions: Sessions<Terminal>;
  /** The text of the input field. */
  readonly field: Signal<string>;
  /** The error in the field; empty if there is none. */
  readonly complaint: ReadonlySignal<string>;
  readonly status: ReadonlySignal<Status>;
  readonly samples: ReadonlySignal<readonly Sample[]>;
  readonly peers: ReadonlySignal<PeerStatus>;
  /** The name of the image in front; empty while there is none, or while it is not known. */
  readonly imageName: ReadonlySignal<string>;
  /** Whether the session in front was a link to another tab, which has ended. */
  readonly canReconnect: ReadonlySignal<boolean>;
  /** How cells wait; empty until the kernel has booted. */
  readonly cellMode: ReadonlySignal<string>;
  /** Limits of the selected session, or of the next one. */
  readonly limits: ReadonlySignal<Limits | undefined>;
  /** The name of an image by the path of its link. */
  nameImage(path: string): string;
  /** Handles input into the field. */
  type(text: string): void;
  /** Opens the name in the field. */
  submit(): void;
  /** Opens the link in the page's address; without a link, closes the selected session. */
  openAddress(): void;
  /** Stops the selected session. */
  stop(): void;
  /** Opens the link of the session in front again, in its place. */
  reconnect(): void;
  /** Deselects all sessions, so that the next image opens beside them. */
  openBeside(): void;
  select(session: Sessions<Terminal>["list"]["value"][number]): void;
  close(session: Sessions<Terminal>["list"]["value"][number]): void;
  /** Copies the selected session's link. @returns whether the browser allowed it */
  copyLink(): Promise<boolean>;
  /** Shows the peers, once what is being opened has begun: the node's scripts are larger than all that an image needs. */
  watchPeers(): Promise<void>;
}

const NO_PEERS: PeerStatus = { peerId: undefined, peers: [], failure: undefined };

export function createPageState<Terminal extends SessionTerminal>(
  powers: PagePowers,
  own: Pick<SessionPowers<Terminal>, "openTerminal" | "after">,
): PageState<Terminal> {
  const { address } = powers;
  const samples = createSignal<readonly Sample[]>([]);
  const name = (path: string): string => nameImage(path, samples.value);
  const sessions = createSessions({
    ...own,
    nameImage: name,
    kernel: (waiting) => powers.kernel(waiting),
    findImage: (layers, waiting) => powers.findImage(layers, waiting),
    prefetch: (image, options) => powers.prefetch(image, options),
    openLive: (link, options) => powers.openLive(link, options),
    granting: () => powers.granting(),
    clock: powers.clock,
  });
  const field = createSignal("");
  const complaint = createSignal("");
  const peers = createSignal(NO_PEERS);
  const cellMode = createSignal("");
  const defaults = createSignal<Limits | undefined>(undefined);
  /** Why no kernel could be started. */
  const trouble = createSignal("");

  const status = computed((): Status => {
    const session = sessions.selected.value;
    if (session === undefined) {
      const text = trouble.value;
      return text === "" ? { text: WORDS.idle, kind: "idle" } : { text, kind: "bad" };
    }
    const outcome = session.outcome.value;
    if (outcome !== undefined) {
      const { text, bad } = describeOutcome(outcome);
      // One error is shown at a time: a newer one replaces the outcome.
      if (bad && complaint.value !== "") return { text: WORDS.idle, kind: "idle" };
      return { text, kind: bad ? "bad" : "ended" };
    }
    const stage = session.stage.value;
    const isRunning = stage.which === "running" || stage.which === "ended";
    const isAsking = stage.which === "preparing" && session.petitions.open.value.length > 0;
    const text = isAsking ? WORDS.waitsForAnswer : describeStage(stage, session.activity.value);
    const fetching = stage.which === "fetching" ? stage.fetching : undefined;
    return {
      text: session.note.value === "" ? text : session.note.value,
      kind: isRunning ? "running" : "busy",
      fetched: fetching !== undefined && fetching.totalBytes >= 0 ? fetching : undefined,
    };
  });
  const learn = async (waiting: Waiting = {}): Promise<void> => {
    try {
      const { owner } = await powers.kernel(waiting);
      const { mode, limits } = await owner.system();
      batch(() => {
        cellMode.value = describeMode(mode);
        defaults.value = limits;
        trouble.value = "";
      });
    } catch (reason) {
      // A running session reports the same reason as its outcome.
      trouble.value = toMessage(reason);
    }
  };
  const openName = (text: string, show: (path: string) => void): void => {
    const link = powers.checkName(text);
    if (link.type === "unreadable") return void (complaint.value = link.reason);
    const { path } = link;
    batch(() => {
      field.value = path;
      complaint.value = "";
      const session = sessions.open(link);
      // Retries after a failed first attempt.
      if (cellMode.value === "") void session.ended.then(() => learn()); // neither rejects
    });
    show(path);
  };
  type Shown = (typeof sessions.list.value)[number] | undefined;
  const select = (session: Shown): void =>
    batch(() => {
      sessions.select(session);
      field.value = session?.path ?? "";
      complaint.value = "";
    });
  const look = (session: Shown): void => {
    select(session);
    address.show(session?.path ?? "");
  };
  /** The session of a link, where one is open: Back and Forward lead to it. */
  const findSession = (text: string): Shown => {
    const link = powers.checkName(text);
    return link.type !== "unreadable"
      ? sessions.list.value.find(({ path }) => path === link.path)
      : undefined;
  };
  const state: PageState<Terminal> = {
    sessions,
    field,
    complaint,
    status,
    samples,
    peers,
    imageName: computed(() => name(sessions.selected.value?.image.value ?? "")),
    canReconnect: computed(() => {
      const session = sessions.selected.value;
      return session?.outcome.value !== undefined && parseLiveLink(session.path)?.type === "live";
    }),
    cellMode,
    limits: computed(() => sessions.selected.value?.limits.value ?? defaults.value),
    nameImage: name,
    type(text) {
      const link = text === "" ? undefined : powers.checkName(text);
      batch(() => {
        field.value = text;
        complaint.value = link?.type === "unreadable" ? link.reason : "";
      });
    },
    submit: () => openName(field.value, (path) => address.show(path)),
    openAddress() {
      if (address.path !== "") {
        const open = findSession(address.path);
        if (open !== undefined) return select(open);
        field.value = address.path;
        return openName(address.path, (path) => address.correct(path));
      }
      const [only, ...others] = sessions.list.value;
      // Several are in the list of sessions, which the page shows; one alone would go on unseen.
      if (only !== undefined && others.length === 0) sessions.close(only);
      select(undefined);
    },
    stop: () => sessions.selected.value?.stop(WORDS.stopped),
    reconnect() {
      const path = sessions.selected.value?.path;
      if (path !== undefined) openName(path, (shown) => address.show(shown));
    },
    openBeside: () => look(undefined),
    select: look,
    close(session) {
      const wasSelected = sessions.selected.value === session;
      sessions.close(session);
      if (wasSelected) look(sessions.list.value.at(-1));
    },
    async copyLink() {
      const path = sessions.selected.value?.path ?? "";
      return powers.copyText(address.linkTo(path)).then(
        () => true,
        () => false,
      );
    },
    async watchPeers() {
      await sessions.selected.value?.begun;
      powers.watchPeers((told) => (peers.value = told));
    },
  };
  void learn(); // never rejects
  powers.listSamples().then(
    (list) => (samples.value = list),
    // Without a configuration there are no samples, and opening an image reports why.
    () => undefined,
  );
  return state;
}
