/** Previews: HTTP handlers of this page's sessions at addresses of the local node. */
import { signal } from "@preact/signals";
import { dup, serve, whenResolved } from "#capnp";
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
  /** By session, the latest request. */
  const opened = new WeakMap<PreviewedSession, Promise<PreviewItem>>();
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
    using handler = session.handler();
    // A program that can serve nothing is refused here, where the visitor reads why.
    await whenResolved(handler);
    const { door, closed } = await node.open();
    const id = nextId++;
    using visitor = serve(PreviewVisitor, {
      came: (method, path, agent) =>
        change(id, (item) => ({
          ...item,
          visits: [`${method} ${path} ${agent}`, ...item.visits].slice(0, VISITS),
          visitCount: item.visitCount + 1,
        })),
    });
    using results = await door.open(toPreviewName(session.path), handler, visitor);
    using address = await results.preview.url();
    const { url } = address;
    shown.set(id, dup(results.preview));
    const item = { id, image: session.path, url, visits: [], visitCount: 0 };
    items.value = [...items.value, item];
    void session.ended.then(() => close(id));
    void closed.then(() => close(id));
    return item;
  };
  const showOnce = async (
    session: PreviewedSession,
    earlier: Promise<PreviewItem> | undefined,
  ): Promise<PreviewItem> => {
    const item = await earlier?.catch(() => undefined);
    return item !== undefined && shown.has(item.id) ? item : show(session);
  };
  const open = (session: PreviewedSession): Promise<PreviewItem> => {
    const opening = showOnce(session, opened.get(session));
    opened.set(session, opening);
    return opening;
  };
  return { items, open, close };
}
