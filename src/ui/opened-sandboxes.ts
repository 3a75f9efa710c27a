/** The sandboxes that programs have opened in this tab: state without a browser. */
import { signal as createSignal } from "@preact/signals";
import type { ReadonlySignal } from "@preact/signals";

/** What is known of a sandbox when it is open. */
export interface OpenedSandbox {
  /** As programs name it. */
  readonly name: string;
  /** Of its agent, for programs of this browser. */
  readonly url: string;
  /** Its name at the local node's port, if it has one. */
  readonly nodeName: string | undefined;
  /** The paths of its layers, base first. */
  readonly layers: readonly string[];
}

/** A value. */
export interface SandboxItem extends OpenedSandbox {
  readonly id: number;
  /** Live ones, when it was last asked; `undefined` before that. */
  readonly processes: number | undefined;
}

/** What the list needs of a sandbox. */
export interface SandboxControl extends Disposable {
  /** How many processes live. @throws {Exception} once it has ended */
  countProcesses(): Promise<number>;
}

export interface OpenedSandboxes {
  /** The oldest first. */
  readonly items: ReadonlySignal<readonly SandboxItem[]>;
  /** Lists a sandbox, and takes its control over. Disposing what is returned ends the sandbox, as `end` does. */
  add(opened: OpenedSandbox, control: SandboxControl): Disposable;
  /** Asks each how many processes it has; those that have failed are ended. Never rejects. */
  refresh(): Promise<void>;
  end(id: number): void;
}

export function createOpenedSandboxes(): OpenedSandboxes {
  const items = createSignal<readonly SandboxItem[]>([]);
  const controls = new Map<number, SandboxControl>();
  let nextId = 1;

  const end = (id: number): void => {
    const control = controls.get(id);
    if (control === undefined) return;
    controls.delete(id);
    items.value = items.value.filter((item) => item.id !== id);
    control[Symbol.dispose]();
  };
  const refreshOne = async (id: number, control: SandboxControl): Promise<void> => {
    try {
      const processes = await control.countProcesses();
      items.value = items.value.map((item) => (item.id === id ? { ...item, processes } : item));
    } catch {
      end(id);
    }
  };
  return {
    items,
    add(opened, control) {
      const id = nextId++;
      controls.set(id, control);
      items.value = [...items.value, { ...opened, id, processes: undefined }];
      return { [Symbol.dispose]: () => end(id) };
    },
    async refresh() {
      await Promise.all([...controls].map(([id, control]) => refreshOne(id, control)));
    },
    end,
  };
}
