import { MultiBar, Presets, type SingleBar } from "cli-progress";

/** Progress on standard error, so that standard output holds only the result line: bars, or lines in a log. */
export const createProgress = (stream: NodeJS.WriteStream = process.stderr) =>
  stream.isTTY ? progressBars(stream) : progressLines(stream);

function progressBars(stream: NodeJS.WriteStream) {
  const bars = new MultiBar(
    { format: "{label} {bar} {value}/{total} {note}", stream, hideCursor: true, fps: 5 },
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

/** What has no terminal gets one line of each, when it is done. */
function progressLines(stream: NodeJS.WritableStream): ReturnType<typeof progressBars> {
  return {
    start(label, total) {
      let isDone = false;
      return {
        update(value, note = "") {
          if (isDone || value < total) return;
          isDone = true;
          stream.write(`${label.padEnd(10)} ${total}/${total} ${note}`.trimEnd().concat("\n"));
        },
      };
    },
    stop() {},
  };
}
