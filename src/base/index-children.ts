/** The names in each non-empty directory of a tree, by the directory's path. */
export function indexChildren(
  entries: ReadonlyMap<string, unknown>,
): ReadonlyMap<string, readonly string[]> {
  const children = new Map<string, string[]>();
  for (const path of entries.keys()) {
    if (path === "") continue;
    const cut = path.lastIndexOf("/");
    const parent = cut < 0 ? "" : path.slice(0, cut);
    const names = children.get(parent);
    if (names === undefined) children.set(parent, [path.slice(cut + 1)]);
    else names.push(path.slice(cut + 1));
  }
  return children;
}
