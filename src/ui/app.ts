/** The page: one field, one terminal, at most one image at a time. */
import { Exception, toMessage } from "#base";
import type { RunOutcome } from "#kernel";
import type { BootOptions, ImageOrder, PagePowers, Stage, Stdio } from "./powers.ts";
import { openScreen } from "./screen.ts";
import {
  describeMemory,
  describeMode,
  describeOutcome,
  describePeers,
  describeStage,
} from "./text.ts";

export interface App {
  /**
   * Runs an image as if it had been opened on the page; the image before it is ended first.
   *
   * @param stdio taken over; the page's terminal when it is left out
   * @param onSaved as for `BootOptions`
   */
  run(order: ImageOrder, stdio?: Stdio, onSaved?: BootOptions["onSaved"]): Promise<RunOutcome>;
}

const IDLE = "Nothing runs yet";

/** Brings the elements of `index.html` to life, and opens the link in the page's address if there is one. */
export function startApp(document: Document, powers: PagePowers): App {
  const { address } = powers;
  const find = <T extends HTMLElement>(id: string): T => document.querySelector<T>(`#${id}`) as T;
  const form = find<HTMLFormElement>("open");
  const field = find<HTMLInputElement>("name");
  const complaint = find("complaint");
  const progress = find<HTMLProgressElement>("progress");
  const status = find("status");
  const stopButton = find<HTMLButtonElement>("stop");
  const copyButton = find<HTMLButtonElement>("copy");
  const screen = openScreen(find("terminal"));
  let current: { readonly stop: AbortController; readonly ended: Promise<RunOutcome> } | undefined;
  let openedPath = "";

  const showStatus = (text: string, state: string): void => {
    status.textContent = text;
    document.body.dataset["state"] = state;
    stopButton.disabled = state !== "busy" && state !== "running";
    progress.hidden = state !== "busy";
  };
  /** One error is shown at a time: what went wrong before is over. */
  const complain = (reason: string): void => {
    complaint.textContent = reason;
    complaint.hidden = reason === "";
    field.setAttribute("aria-invalid", String(reason !== ""));
    if (reason !== "" && document.body.dataset["state"] === "bad") showStatus(IDLE, "idle");
  };
  const showMode = async (): Promise<void> => {
    try {
      find("cell-mode").textContent = describeMode(await powers.cellMode());
    } catch (reason) {
      // Where something is run, its end says the same.
      if (current === undefined) showStatus(toMessage(reason), "bad");
    }
  };
  const showStage = (stage: Stage): void => {
    // The first attempt may have failed.
    if (stage.type === "running") void showMode();
    showStatus(describeStage(stage), stage.type === "running" ? "running" : "busy");
    if (stage.type === "fetching" && stage.totalBytes !== undefined) {
      progress.max = stage.totalBytes;
      progress.value = stage.bytes;
    } else {
      progress.removeAttribute("value");
    }
  };

  const runOne = async (
    order: ImageOrder,
    given: Stdio | undefined,
    stop: AbortController,
    before: Promise<unknown> | undefined,
    onSaved: BootOptions["onSaved"],
  ): Promise<RunOutcome> => {
    await before;
    const interrupt = (again: boolean): void => {
      if (again) stop.abort(new Exception("failed", "Stopped by Ctrl-C"));
      else flash(status, "Ctrl-C once more stops the image");
    };
    const stdio = given ?? screen.attach(interrupt);
    // Else a program could go on for as long as it takes to show what it has written.
    stop.signal.addEventListener("abort", () => screen.discard(), { once: true });
    complain("");
    showStage({ type: "opening" });
    find("memory").textContent = describeMemory(order.limits ?? {});
    screen.focus();
    const outcome = await powers.boot(order, stdio, {
      signal: stop.signal,
      onStage: showStage,
      onSaved,
    });
    screen.detach();
    if (given === undefined) await screen.drained();
    const { text, bad } = describeOutcome(outcome);
    showStatus(text, bad ? "bad" : "ended");
    return outcome;
  };
  const run: App["run"] = (order, stdio, onSaved) => {
    const before = current;
    before?.stop.abort(new Exception("failed", "Stopped for another image"));
    const stop = new AbortController();
    const ended = runOne(order, stdio, stop, before?.ended, onSaved);
    current = { stop, ended };
    return ended;
  };
  /** Says what is wrong with the name, or begins to run its image. */
  const openName = (text: string, show: (path: string) => void): void => {
    const name = powers.checkName(text);
    if (name.type === "unreadable") return complain(name.reason);
    openedPath = name.path;
    field.value = name.path;
    show(name.path);
    copyButton.disabled = false;
    void run({ layers: [name.path], args: [], env: [] }); // never rejects
  };
  /** Back to where nothing was opened yet. */
  const openHome = async (): Promise<void> => {
    const left = current;
    openedPath = "";
    field.value = "";
    copyButton.disabled = true;
    complain("");
    left?.stop.abort(new Exception("failed", "Stopped"));
    await left?.ended;
    if (current === left) showStatus(IDLE, "idle");
  };
  const openAddress = (): void => {
    if (address.path === "") return void openHome(); // never rejects
    field.value = address.path;
    openName(address.path, (path) => address.correct(path));
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    openName(field.value, (path) => address.show(path));
  });
  field.addEventListener("input", () => {
    const name = field.value === "" ? undefined : powers.checkName(field.value);
    complain(name?.type === "unreadable" ? name.reason : "");
  });
  stopButton.addEventListener("click", () => {
    current?.stop.abort(new Exception("failed", "Stopped"));
  });
  copyButton.addEventListener("click", () => {
    powers.copyText(address.linkTo(openedPath)).then(
      () => flash(copyButton, "Copied"),
      () => flash(copyButton, "Not allowed"),
    );
  });
  powers.watchPeers((status) => {
    find("peers").textContent = describePeers(status);
    find("peer-id").textContent = status.peerId ?? "not known yet";
    find("connected").textContent = status.peers.join("\n") || "nobody";
  });
  void showMode();
  void showSamples(find("samples"), powers);
  address.onChange(openAddress);
  showStatus(IDLE, "idle");
  if (address.path !== "") openAddress();
  return { run };
}

/** Offers what the page knows of; without a configuration there is nothing to offer, and opening an image says why. */
async function showSamples(
  list: HTMLElement,
  { listSamples, address }: Pick<PagePowers, "listSamples" | "address">,
): Promise<void> {
  const samples = await listSamples().catch(() => []);
  for (const { name, path } of samples) {
    const link = list.ownerDocument.createElement("a");
    link.href = address.linkTo(path);
    link.textContent = name;
    list.append(" ", link);
  }
  list.hidden = samples.length === 0;
}

/** Shows another text for a moment, unless something else comes. */
function flash(element: HTMLElement, text: string): void {
  const before = element.textContent;
  if (before === text) return;
  element.textContent = text;
  setTimeout(() => {
    if (element.textContent === text) element.textContent = before;
  }, 1500);
}
