/** The thread of the programs whose kernel's memory is measured. */
import { parentPort } from "node:worker_threads";
import { runProgram } from "./blob-programs.ts";
import type { News, Start } from "./blob-programs.ts";

const tell = (news: News): void => parentPort?.postMessage(news);

parentPort?.on("message", (start: Start) => {
  const running = runProgram(start, () => tell({ type: "reading" }));
  void running.then(() => tell({ type: "ended", id: start.id }));
});
