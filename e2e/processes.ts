/** The processes of this computer, where there is `/proc`. */
import { readdirSync, readFileSync } from "node:fs";

const statusOf = (pid: number): string => {
  try {
    return readFileSync(`/proc/${pid}/status`, "utf8");
  } catch {
    return "";
  }
};

export const nameOf = (pid: number): string => /^Name:\t(.*)$/m.exec(statusOf(pid))?.[1] ?? "";

/** All that a process has started, and what that has. */
export function processesBelow(parent: number): number[] {
  const children = readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0 && statusOf(pid).includes(`\nPPid:\t${parent}\n`));
  return children.flatMap((pid) => [pid, ...processesBelow(pid)]);
}
