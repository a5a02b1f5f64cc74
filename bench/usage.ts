import { readFile } from "node:fs/promises";

/** Clock ticks of /proc in a second: 100 on every Linux that Node runs on. */
const TICKS = 100;

/** What a process has used so far, from /proc: Linux alone has it. */
export async function usageOf(pid: number) {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, "utf8"),
    readFile(`/proc/${pid}/stat`, "utf8"),
  ]);
  const kilobytes = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(status)?.[1]);
  // The name in brackets may have spaces: fields are counted behind it, utime and stime the 12th and 13th.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return {
    residentMB: (kilobytes("VmRSS") * 1024) / 1e6,
    peakMB: (kilobytes("VmHWM") * 1024) / 1e6,
    cpuSeconds: (Number(fields[11]) + Number(fields[12])) / TICKS,
  };
}
