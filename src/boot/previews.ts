/** Previews: HTTP handlers of this page's sessions at addresses of the local node. */
import { signal } from "@preact/signals";
import { dup, serve } from "#capnp";
import { PreviewVisitor } from "#schema";
import { toPreviewName } from "#ui";
import type { NodeDoor } from "./node-door.ts";
import type { PreviewedSession, PreviewItem, Previews } from "#ui";

/** Number of recent visits that are shown. */
const VISITS = 5;

/** @param node the local node; its door is borrowed */
export function openPreviews(node: NodeDoor): Previews {
  const items = signal<readonly PreviewItem[]>([]);
  const shown = new Map<number, Disposable>();
  const ids = new WeakMap<PreviewedSession, number>();
  let nextId = 1;

  const change = (id: number, to: (item: PreviewItem) => PreviewItem): void => {
    items.value = items.value.map((item) => (item.id === id ? to(item) : item));
  };
  const close = (id: number): void => {
    shown.get(id)?.[Symbol.dispose]();
    shown.delete(id);
    items.value = items.value.filter((item) => item.id !== id);
  };
  const show = async (session: PreviewedSession): Promise<PreviewItem> => {
    const { door, closed } = await node.open();
    const id = nextId++;
    using handler = session.handler();
    using visitor = serve(PreviewVisitor, {
      came: (method, path, agent) =>
        change(id, (item) => ({
          ...item,
          visits: [`${method} ${path} ${agent}`, ...item.visits].slice(0, VISITS),
          visitCount: item.visitCount + 1,
        })),
    });
    using opened = await door.open(toPreviewName(session.path), handler, visitor);
    using results = await opened.preview.url();
    shown.set(id, dup(opened.preview));
    const item = { id, image: session.path, url: results.url, visits: [], visitCount: 0 };
    items.value = [...items.value, item];
    void session.ended.then(() => close(id));
    void closed.then(() => close(id));
    return item;
  };
  const open = async (session: PreviewedSession): Promise<PreviewItem> => {
    const known = items.value.find(({ id }) => id === ids.get(session));
    if (known !== undefined) return known;
    const item = await show(session);
    ids.set(session, item.id);
    return item;
  };
  return { items, open, close };
}
