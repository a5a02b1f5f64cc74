const [WIDTH, HEIGHT, MARGIN] = [640, 220, 40];
const [INNER_WIDTH, INNER_HEIGHT] = [WIDTH - 2 * MARGIN, HEIGHT - 2 * MARGIN];

interface Tick {
  at: number;
  label: string;
}

const px = (value: number) => value.toFixed(1);

/** A chart's frame, its title, ticks below and the height's at the left; what is drawn stands within it. */
function frame(
  title: string,
  { ticks, top }: { ticks: readonly (Tick & { x: number })[]; top: string },
  inner: string,
): string {
  const base = HEIGHT - MARGIN;
  const height = (y: number, label: string) =>
    `<text x="${MARGIN - 6}" y="${y + 4}" text-anchor="end">${label}</text>`;
  const marks = ticks.map(
    ({ x, label }) => `<text x="${px(x)}" y="${base + 18}" text-anchor="middle">${label}</text>`,
  );
  return `<svg width="${WIDTH}" height="${HEIGHT}" role="img"><title>${title}</title>
<text x="${MARGIN}" y="20">${title}</text>
${inner}
<line x1="${MARGIN}" y1="${base}" x2="${WIDTH - MARGIN}" y2="${base}" stroke="#444"/>
<line x1="${MARGIN}" y1="${MARGIN}" x2="${MARGIN}" y2="${base}" stroke="#444"/>
${height(MARGIN, top)}
${height(base, "0")}
${marks.join("\n")}
</svg>`;
}

/** Histograms over one another, as SVG. */
export function barChart({
  title,
  from,
  to,
  series,
}: {
  title: string;
  /** Range of the bins. */
  from: number;
  to: number;
  series: readonly { colour: string; values: readonly number[] }[];
}): string {
  const most = Math.max(...series.flatMap(({ values }) => values), Number.MIN_VALUE);
  const inner = series.map(({ colour, values }) => {
    const width = INNER_WIDTH / values.length;
    const bars = values.map((value, k) => {
      const height = (INNER_HEIGHT * value) / most;
      const y = HEIGHT - MARGIN - height;
      return value > 0
        ? `M${px(MARGIN + k * width)} ${px(y)}h${px(width)}v${px(height)}h${px(-width)}z`
        : "";
    });
    return `<path d="${bars.join("")}" fill="${colour}" fill-opacity="0.6"/>`;
  });
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const at = from + share * (to - from);
    return { at, label: String(at), x: MARGIN + share * INNER_WIDTH };
  });
  return frame(title, { ticks, top: `${(100 * most).toFixed(0)} %` }, inner.join("\n"));
}

/** A line whose second coordinate goes from 0 to 1, as SVG. */
export function lineChart({
  title,
  points,
  ticks,
}: {
  title: string;
  points: readonly (readonly [number, number])[];
  /** From the first to the last, the range of the first coordinate. */
  ticks: readonly Tick[];
}): string {
  const [low, high] = [ticks[0]?.at ?? 0, ticks.at(-1)?.at ?? 1];
  const xOf = (value: number) => MARGIN + (INNER_WIDTH * (value - low)) / (high - low);
  const line = points.map(([x, y]) => `${px(xOf(x))},${px(HEIGHT - MARGIN - INNER_HEIGHT * y)}`);
  const inner = `<polyline points="${line.join(" ")}" fill="none" stroke="#2471a3" stroke-width="2"/>`;
  const placed = ticks.map((tick) => ({ ...tick, x: xOf(tick.at) }));
  return frame(title, { ticks: placed, top: "1" }, inner);
}
