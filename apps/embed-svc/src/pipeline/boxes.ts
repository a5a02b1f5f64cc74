/** A candidate face: corners in pixels and the confidence of the last stage that saw it. */
export interface Candidate {
  x1: number;
  y1: number;
  x2: number;
  y2: number;
  score: number;
}

/**
 * Non-maximum suppression: of candidates that overlap by more than `threshold` the surest stays.
 * @param measure intersection over `union`, or over the `smaller` box
 */
export function suppress<T extends Candidate>(
  candidates: readonly T[],
  threshold: number,
  measure: "union" | "smaller" = "union",
): T[] {
  const kept: T[] = [];
  for (const candidate of [...candidates].sort((a, b) => b.score - a.score)) {
    if (kept.every((other) => overlap(candidate, other, measure) <= threshold))
      kept.push(candidate);
  }
  return kept;
}

function overlap(a: Candidate, b: Candidate, measure: "union" | "smaller"): number {
  const width = Math.min(a.x2, b.x2) - Math.max(a.x1, b.x1);
  const height = Math.min(a.y2, b.y2) - Math.max(a.y1, b.y1);
  if (width <= 0 || height <= 0) return 0;
  const shared = width * height;
  return shared / (measure === "union" ? area(a) + area(b) - shared : Math.min(area(a), area(b)));
}

export const area = ({ x1, y1, x2, y2 }: Candidate) => (x2 - x1) * (y2 - y1);

/** The box moved by a network's offsets, in units of its side. */
export function refine<T extends Candidate>(box: T, [a, b, c, d]: readonly number[]): T {
  const side = box.x2 - box.x1;
  return {
    ...box,
    x1: box.x1 + (a as number) * side,
    y1: box.y1 + (b as number) * side,
    x2: box.x2 + (c as number) * side,
    y2: box.y2 + (d as number) * side,
  };
}

/** The smallest square around a box, with its centre. */
export function square<T extends Candidate>(box: T): T {
  const half = Math.max(box.x2 - box.x1, box.y2 - box.y1) / 2;
  const x = (box.x1 + box.x2) / 2;
  const y = (box.y1 + box.y2) / 2;
  return { ...box, x1: x - half, y1: y - half, x2: x + half, y2: y + half };
}
