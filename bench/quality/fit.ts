/** Where Nelder and Mead (1965) find `f` least, from a simplex about `start`. */
export function minimise(
  f: (point: readonly number[]) => number,
  start: readonly number[],
  { step = 0.3, rounds = 3000 }: { step?: number; rounds?: number } = {},
): number[] {
  const vertex = (point: number[]) => ({ point, value: f(point) });
  const corners = start.map((_, i) => start.map((x, k) => (k === i ? x + step : x)));
  let simplex = [[...start], ...corners].map(vertex);
  for (let round = 0; round < rounds; round++) {
    simplex.sort((a, b) => a.value - b.value);
    const [best, worst] = [simplex[0], simplex.at(-1)] as [Vertex, Vertex];
    const others = simplex.slice(0, -1);
    const middle = start.map(
      (_, k) => others.reduce((sum, { point }) => sum + (point[k] as number), 0) / others.length,
    );
    const along = (t: number) =>
      vertex(middle.map((x, k) => x + t * ((worst.point[k] as number) - x)));
    const mirrored = along(-1);
    const tried = mirrored.value < best.value ? least(mirrored, along(-2)) : mirrored;
    const second = others.at(-1) as Vertex;
    const next = tried.value < second.value ? tried : least(tried, along(0.5));
    simplex =
      next.value < worst.value
        ? [...others, next]
        : simplex.map(({ point }) =>
            vertex(point.map((x, k) => (x + (best.point[k] as number)) / 2)),
          );
  }
  return simplex.reduce(least).point;
}

interface Vertex {
  point: number[];
  value: number;
}
const least = (a: Vertex, b: Vertex) => (b.value < a.value ? b : a);

/** Mean loss that is least where a share `level` of what was observed is under what was expected (Koenker and Bassett 1978). */
export function quantileLoss(
  pairs: Iterable<{ observed: number; expected: number }>,
  level: number,
): number {
  let sum = 0;
  let count = 0;
  for (const { observed, expected } of pairs) {
    const over = observed - expected;
    sum += Math.max(level * over, (level - 1) * over);
    count++;
  }
  return sum / count;
}
