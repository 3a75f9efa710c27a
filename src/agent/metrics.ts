/** `GET /metrics`: the resources that the sandbox uses. */
import type { HttpHandler } from "./http-parts.ts";

const MIB = 1024 * 1024;

/** Processor time is measured from one request to the next, so the first answer says 0 %. */
export function createMetrics(): HttpHandler {
  let last: { readonly atMs: number; readonly cpuSeconds: number } | undefined;
  return async (_request, _url, { signal }, { sandbox, settings, powers }) => {
    const { usage } = await sandbox.usage({ signal });
    const atMs = powers.now();
    const { cpuCount } = settings;
    const { memoryBytes, memoryLimitBytes, diskBytes, diskLimitBytes, cpuSeconds } = usage;
    const passed = last === undefined ? 0 : (atMs - last.atMs) / 1000;
    // The time of processes that have ended is no longer counted, so the sum can fall.
    const used = last === undefined ? 0 : Math.max(0, cpuSeconds - last.cpuSeconds);
    last = { atMs, cpuSeconds };
    const share = passed > 0 ? (used / passed / cpuCount) * 100 : 0;
    const metrics = {
      ts: Math.floor(atMs / 1000),
      cpu_count: cpuCount,
      cpu_used_pct: Math.min(100, Math.round(share * 100) / 100),
      mem_total: memoryLimitBytes,
      mem_total_mib: Math.floor(memoryLimitBytes / MIB),
      mem_used: memoryBytes,
      mem_used_mib: Math.floor(memoryBytes / MIB),
      mem_cache: 0,
      disk_used: diskBytes,
      disk_total: diskLimitBytes,
    };
    return Response.json(metrics, { headers: { "cache-control": "no-store" } });
  };
}
