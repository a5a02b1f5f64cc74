/** Rec. 601 luminance of interleaved RGB, in its units. */
export function luminance({ data }: { data: ArrayLike<number> }): Float64Array {
  const at = (k: number) => data[k] as number;
  return Float64Array.from(
    { length: data.length / 3 },
    (_, i) => 0.299 * at(3 * i) + 0.587 * at(3 * i + 1) + 0.114 * at(3 * i + 2),
  );
}
