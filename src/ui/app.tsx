/** The page: pure views over its state. */
import { toMessage } from "#base";
import { effect, useSignal } from "@preact/signals";
import { render } from "preact";
import type { JSX } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { createGrantViews, HeldPlace, SheetPlace } from "./grants.tsx";
import type { GrantViews } from "./grants.tsx";
import { createPageState } from "./page-state.ts";
import type { PageState } from "./page-state.ts";
import type { PagePowers } from "./powers.ts";
import { PreviewPlace } from "./preview-place.tsx";
import { openScreen } from "./screen.ts";
import type { Screen } from "./screen.ts";
import { SandboxPlace } from "./sandbox-place.tsx";
import { SharePlace } from "./share-place.tsx";
import {
  COPIED_MS,
  describeMemory,
  describePeer,
  describePeers,
  LIVE_WORDS,
  WORDS,
} from "./words.ts";

type State = PageState<Screen>;

/** Renders the page, and opens the link in its address if there is one. */
export function startApp(document: Document, powers: PagePowers): void {
  const terminals = document.createElement("div");
  terminals.id = "terminal";
  terminals.setAttribute("role", "region");
  terminals.setAttribute("aria-label", WORDS.terminal);
  const state = createPageState<Screen>(powers, {
    openTerminal: (...args) => openScreen(terminals, ...args),
    after(ms, action, until) {
      const timer = setTimeout(action, ms);
      until.addEventListener("abort", () => clearTimeout(timer), { once: true });
    },
  });
  const grants = createGrantViews();
  document.body.replaceChildren();
  render(<Page {...{ state, powers, grants, terminals }} />, document.body);
  effect(() => {
    document.body.dataset["state"] = state.status.value.kind;
  });
  effect(() => {
    const name = state.imageName.value;
    document.title = name === "" ? WORDS.title : `${name} – ${WORDS.title}`;
  });
  effect(() => {
    const selected = state.sessions.selected.value;
    for (const { terminal } of state.sessions.list.value) {
      terminal.element.hidden = terminal !== selected?.terminal;
    }
    selected?.terminal.focus();
  });
  powers.address.onChange(() => state.openAddress());
  if (powers.address.path !== "") state.openAddress();
  else document.querySelector("input")?.focus();
  void state.watchPeers(); // never rejects
}

interface Shown {
  readonly state: State;
}

interface PageProps extends Shown {
  readonly powers: PagePowers;
  readonly grants: GrantViews;
  readonly terminals: HTMLElement;
}

function Page({ state, powers, grants, terminals }: PageProps): JSX.Element {
  const place = useRef<HTMLElement>(null);
  // Terminals are not views: xterm.js owns the elements below this one.
  useLayoutEffect(() => place.current?.append(terminals), [terminals]);
  return (
    <>
      <header>
        <h1>
          <span id="page-name">{WORDS.title}</span>
          <ImageName state={state} />
        </h1>
        <SessionList state={state} />
        <OpenForm state={state} />
        <Complaint state={state} />
        <SheetPlace {...{ state, powers, grants }} />
      </header>
      <main ref={place}>
        <Welcome state={state} />
      </main>
      <footer>
        {/* First: what comes and goes beside it must not move it from under the pointer. */}
        <StopButton state={state} />
        <Progress state={state} />
        <StatusLine state={state} />
        <ReconnectButton state={state} />
        <PreviewPlace {...{ state, powers }} />
        <CopyButton state={state} />
        <HeldPlace {...{ state, powers, grants }} />
        <SharePlace {...{ state, powers }} />
        <SandboxPlace sandboxes={powers.sandboxes} />
        <Mesh {...{ state, powers }} />
      </footer>
    </>
  );
}

/** What runs in front; its whole CID is in the field. */
function ImageName({ state }: Shown): JSX.Element | null {
  const name = state.imageName.value;
  return name === "" ? null : <bdi id="image-name">{name}</bdi>;
}

function OpenForm({ state }: Shown): JSX.Element {
  const submit = (event: Event): void => {
    event.preventDefault();
    state.submit();
  };
  return (
    <form id="open" autocomplete="off" onSubmit={submit}>
      <label for="name">{WORDS.image}</label>
      <input
        id="name"
        name="name"
        placeholder={WORDS.imagePlaceholder}
        spellcheck={false}
        autocapitalize="off"
        aria-describedby="complaint"
        aria-invalid={state.complaint.value !== ""}
        required
        value={state.field}
        onInput={(event) => state.type(event.currentTarget.value)}
      />
      <button type="submit">{WORDS.run}</button>
    </form>
  );
}

function Complaint({ state }: Shown): JSX.Element {
  return (
    <p id="complaint" role="alert" hidden={state.complaint.value === ""}>
      {state.complaint}
    </p>
  );
}

/** The tabs of the page's images; hidden while there is one. */
function SessionList({ state }: Shown): JSX.Element | null {
  const { list, selected } = state.sessions;
  const isBlank = selected.value === undefined;
  if (list.value.length === 0) return null;
  return (
    <nav id="sessions" aria-label={WORDS.sessions}>
      {(list.value.length > 1 || isBlank) &&
        list.value.map((session) => (
          <span key={session} class="session">
            <button
              type="button"
              aria-current={session === selected.value}
              onClick={() => state.select(session)}
            >
              {state.nameImage(session.image.value) || LIVE_WORDS.tab}
              {session !== selected.value && session.petitions.open.value.length > 0 && (
                <>
                  {" "}
                  <mark>{WORDS.asks}</mark>
                </>
              )}
            </button>
            <button
              type="button"
              aria-label={`${WORDS.closeSession} ${state.nameImage(session.image.value)}`}
              title={`${WORDS.closeSession} ${session.path}`}
              onClick={() => state.close(session)}
            >
              ×
            </button>
          </span>
        ))}
      <button type="button" aria-pressed={isBlank} onClick={() => state.openBeside()}>
        {isBlank ? WORDS.blankSession : WORDS.newSession}
      </button>
    </nav>
  );
}

function Welcome({ state }: Shown): JSX.Element {
  const { samples } = state;
  return (
    <section id="welcome">
      <p>{WORDS.welcome}</p>
      <p id="samples" hidden={samples.value.length === 0}>
        {WORDS.samples}
        {samples.value.map(({ name, path }) => (
          <a key={path} href={`#${path}`}>
            {name}
          </a>
        ))}
      </p>
    </section>
  );
}

function Progress({ state }: Shown): JSX.Element {
  const { kind, fetched } = state.status.value;
  const measured = fetched && { max: fetched.totalBytes, value: fetched.bytes };
  return (
    <progress id="progress" aria-label={WORDS.progress} hidden={kind !== "busy"} {...measured} />
  );
}

function StatusLine({ state }: Shown): JSX.Element {
  return (
    <output id="status" role="status">
      {state.status.value.text}
    </output>
  );
}

function StopButton({ state }: Shown): JSX.Element {
  const { kind } = state.status.value;
  return (
    <button
      id="stop"
      type="button"
      disabled={kind !== "busy" && kind !== "running"}
      onClick={() => state.stop()}
    >
      {WORDS.stop}
    </button>
  );
}

function ReconnectButton({ state }: Shown): JSX.Element | null {
  if (!state.canReconnect.value) return null;
  return (
    <button id="reconnect" type="button" onClick={() => state.reconnect()}>
      {LIVE_WORDS.connectAgain}
    </button>
  );
}

function CopyButton({ state }: Shown): JSX.Element {
  const answer = useSignal("");
  const copy = async (): Promise<void> => {
    answer.value = (await state.copyLink()) ? WORDS.copied : WORDS.notCopied;
    setTimeout(() => (answer.value = ""), COPIED_MS);
  };
  return (
    <button
      id="copy"
      type="button"
      disabled={state.sessions.selected.value === undefined}
      onClick={() => void copy()}
    >
      {answer.value === "" ? WORDS.copyLink : answer}
    </button>
  );
}

/** Dials a peer by its address, and says what came of it. */
function DialForm({ powers }: { readonly powers: PagePowers }): JSX.Element {
  const address = useSignal("");
  const answer = useSignal("");
  const dial = async (): Promise<void> => {
    answer.value = WORDS.dialling;
    answer.value = await powers.dialPeer(address.value.trim(), {}).then(
      () => WORDS.dialled,
      (error: unknown) => toMessage(error),
    );
  };
  return (
    <form
      id="dial"
      onSubmit={(event) => {
        event.preventDefault();
        void dial(); // never rejects
      }}
    >
      <input
        aria-label={WORDS.dial}
        placeholder={WORDS.dialPlaceholder}
        spellcheck={false}
        autocapitalize="off"
        required
        value={address}
        onInput={(event) => (address.value = event.currentTarget.value)}
      />
      <button type="submit">{WORDS.dialButton}</button>
      <p class="answer" aria-live="polite">
        {answer}
      </p>
    </form>
  );
}

function Mesh({ state, powers }: Pick<PageProps, "state" | "powers">): JSX.Element {
  const { peerId, peers, directConnections = 0 } = state.peers.value;
  const notice = useSignal("");
  // A refusal, and an answer, change what is connected.
  useEffect(() => {
    powers.explainNetwork().then(
      (text) => (notice.value = text),
      () => undefined, // without a configuration there is no relay
    );
  }, [peerId, peers.length]);
  const limits = state.limits.value;
  return (
    <details id="mesh">
      <summary id="peers">{describePeers(state.peers.value)}</summary>
      {notice.value !== "" && (
        <p id="network" role="note">
          {notice}
        </p>
      )}
      <dl>
        <dt>{WORDS.thisTab}</dt>
        <dd id="peer-id">{peerId ?? WORDS.unknownPeer}</dd>
        <dt>{WORDS.connectedTo}</dt>
        <dd id="connected">
          {peers.length === 0 ? WORDS.nobody : peers.map(describePeer).join("\n")}
        </dd>
        <dt>{WORDS.directConnections}</dt>
        <dd id="direct">{directConnections}</dd>
        <dt>{WORDS.dial}</dt>
        <dd>
          <DialForm powers={powers} />
        </dd>
        <dt>{WORDS.cellMode}</dt>
        <dd id="cell-mode">{state.cellMode}</dd>
        <dt>{WORDS.memory}</dt>
        <dd id="memory">{limits === undefined ? "" : describeMemory(limits)}</dd>
      </dl>
    </details>
  );
}
