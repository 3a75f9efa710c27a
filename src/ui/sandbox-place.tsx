/** Where the page lists the sandboxes that programs have opened in it; not there while there is none. */
import "./panels.css";
import { useSignal } from "@preact/signals";
import type { JSX } from "preact";
import { useEffect } from "preact/hooks";
import type { OpenedSandboxes, SandboxItem } from "./opened-sandboxes.ts";
import { describeProcesses, SANDBOX_WORDS, shortenPath } from "./words.ts";

/** Processes start and end without telling, so they are asked for from time to time. */
const REFRESH_MS = 1000;

export function SandboxPlace({
  sandboxes,
}: {
  readonly sandboxes: OpenedSandboxes;
}): JSX.Element | null {
  const isOpen = useSignal(false);
  const items = sandboxes.items.value;
  const isShown = isOpen.value && items.length > 0;
  useEffect(() => {
    if (!isShown) return undefined;
    const refresh = (): void => void sandboxes.refresh(); // never rejects
    refresh();
    const timer = setInterval(refresh, REFRESH_MS);
    return () => clearInterval(timer);
  }, [isShown]);
  if (items.length === 0) return null;
  return (
    <details id="sandboxes" onToggle={(event) => (isOpen.value = event.currentTarget.open)}>
      <summary>{`${SANDBOX_WORDS.sandboxes}: ${items.length}`}</summary>
      <div class="panel">
        <h2>{SANDBOX_WORDS.title}</h2>
        <p>{SANDBOX_WORDS.about}</p>
        <ul>
          {items.map((item) => (
            <Listed key={item.id} item={item} end={() => sandboxes.end(item.id)} />
          ))}
        </ul>
      </div>
    </details>
  );
}

function Listed({
  item,
  end,
}: {
  readonly item: SandboxItem;
  readonly end: () => void;
}): JSX.Element {
  const { name, url, nodeName, layers, processes } = item;
  return (
    <li>
      <p class="what">
        <bdi>{name}</bdi>
      </p>
      <p>
        <bdi>{url}</bdi>
      </p>
      {nodeName !== undefined && (
        <p class="quiet">
          {SANDBOX_WORDS.atNode} <bdi>{nodeName}</bdi>
        </p>
      )}
      <p class="quiet">
        {layers.map((layer) => (
          <bdi key={layer} title={layer}>{`${shortenPath(layer)} `}</bdi>
        ))}
        {describeProcesses(processes)}
      </p>
      <button type="button" aria-label={`${SANDBOX_WORDS.end} ${name}`} onClick={end}>
        {SANDBOX_WORDS.end}
      </button>
    </li>
  );
}
