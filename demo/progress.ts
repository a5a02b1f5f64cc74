import { MultiBar, Presets, type SingleBar } from "cli-progress";

/** Progress bars on standard error, so that standard output holds only the result line. */
export function createProgress() {
  const bars = new MultiBar(
    {
      format: "{label} {bar} {value}/{total} {note}",
      stream: process.stderr,
      hideCursor: true,
      // A log file gets a line now and then instead of a bar that moves.
      noTTYOutput: true,
      notTTYSchedule: 5000,
      fps: 5,
    },
    Presets.shades_grey,
  );
  return {
    /** A bar that stays at its end when done. */
    start(label: string, total: number) {
      const bar: SingleBar = bars.create(total, 0, { label: label.padEnd(10), note: "" });
      return { update: (value: number, note = "") => bar.update(Math.min(value, total), { note }) };
    },
    stop: () => bars.stop(),
  };
}
