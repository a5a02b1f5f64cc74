import { readFile } from "node:fs/promises";

/** Of Linux's /proc/PID/stat; what a kernel is built with, nearly always. */
const TICKS_A_SECOND = 100;

/** What a process has used so far, by Linux's /proc. */
export async function readUsage(pid: number): Promise<{ cpuSeconds: number; rssMB: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name, in brackets, may have anything in it.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = Number(fields[11]) + Number(fields[12]);
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const rss = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]);
  return { cpuSeconds: ticks / TICKS_A_SECOND, rssMB: rss / 1024 };
}
