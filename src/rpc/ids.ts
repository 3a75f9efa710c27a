/** Allocates ids of a table. Free ids are reused, so that tables stay dense. */
export interface Ids {
  take(): number;
  give(id: number): void;
}

export function createIds(): Ids {
  const free: number[] = [];
  let next = 0;
  return {
    take: () => free.pop() ?? next++,
    give: (id) => void free.push(id),
  };
}
